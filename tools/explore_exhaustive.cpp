#include "tools/explore_exhaustive.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/assert.hpp"
#include "sim/search/exhaustive/replay.hpp"
#include "sim/search/exhaustive/saved.hpp"
#include "sim/search/exhaustive/script.hpp"
#include "tools/build_id.hpp"
#include "tools/campaign.hpp"
#include "tools/explore_common.hpp"
#include "tools/output.hpp"
#include "tools/stop_signals.hpp"
#include "tools/worker_threads.hpp"

namespace snowflk::tools {
namespace {

using sim::exhaustive::Bounds;
using sim::exhaustive::Limits;
using sim::exhaustive::Outcome;
using sim::exhaustive::Progress;
using sim::exhaustive::Replay;
using sim::exhaustive::ReplayStep;
using sim::exhaustive::Search;
using Clock = std::chrono::steady_clock;

/// A search that goes on is kept after this time at the soonest, and only so often that keeping it
/// takes less than one part in kKeepShare of the time.
constexpr std::chrono::seconds kKeepEvery{1};
constexpr int kKeepShare = 25;

std::optional<u64> parse_bytes(std::string_view text) {
  u64 number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit{rest, static_cast<std::size_t>(text.data() + text.size() - rest)};
  const unsigned shift = unit == "KiB" ? 10 : unit == "MiB" ? 20 : unit == "GiB" ? 30 : 0;
  if (shift == 0 || number == 0 || number > ~0ULL >> shift) return std::nullopt;
  return number << shift;
}

// ---- A search that is kept ------------------------------------------------------------------

std::expected<Search, Exit> begin(const ExhaustiveArguments& arguments) {
  if (arguments.resume.empty()) {
    if (const auto why = why_not(arguments.bounds)) {
      complain("bounds: " + *why);
      return std::unexpected(Exit::usage);
    }
    return Search{arguments.bounds};
  }
  std::ifstream file{arguments.resume, std::ios::binary};
  if (!file) {
    complain(fmt::format("{}: cannot be read", arguments.resume));
    return std::unexpected(Exit::usage);
  }
  auto progress = sim::exhaustive::load(build_id(), [&](MutableBytes into) {
    return static_cast<bool>(
        file.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size())));
  });
  if (progress) return Search{std::move(*progress)};
  complain(fmt::format("{}: {}", arguments.resume, progress.error()));
  return std::unexpected(Exit::usage);
}

/// Beside what was there before, and over it only when it is whole.
bool keep(const Progress& progress, const std::string& path) {
  const std::string beside = path + ".new";
  std::ofstream file{beside, std::ios::binary};
  const bool saved = sim::exhaustive::save(progress, build_id(), [&](Bytes bytes) {
    return static_cast<bool>(file.write(reinterpret_cast<const char*>(bytes.data()),
                                        static_cast<std::streamsize>(bytes.size())));
  });
  file.close();
  std::error_code error;
  if (saved && file) std::filesystem::rename(beside, path, error);
  if (saved && file && !error) return true;
  complain(fmt::format("{}: the search cannot be kept there", path));
  std::filesystem::remove(beside, error);
  return false;
}

/// The bytes that tell a search from another, whatever it has come to: all before its depth.
std::vector<std::byte> identity_of(const Bounds& bounds) {
  const auto bytes_of = [&](u64 depth) {
    Progress progress;
    progress.bounds = bounds;
    progress.depth = depth;
    std::vector<std::byte> bytes;
    static_cast<void>(sim::exhaustive::save(progress, build_id(), [&](Bytes more) {
      bytes.insert(bytes.end(), more.begin(), more.end());
      return true;
    }));
    return bytes;
  };
  std::vector<std::byte> bytes = bytes_of(0);
  bytes.erase(std::ranges::mismatch(bytes, bytes_of(~0ULL)).in1, bytes.end());
  return bytes;
}

/// Whether a search of these bounds may be kept in `path`. False: complained.
bool may_keep(const Bounds& bounds, const std::string& path) {
  std::error_code error;
  if (path == "none" || !std::filesystem::exists(path, error)) return true;
  const std::vector<std::byte> identity = identity_of(bounds);
  std::vector<std::byte> there(identity.size());
  std::ifstream file{path, std::ios::binary};
  file.read(reinterpret_cast<char*>(there.data()), static_cast<std::streamsize>(there.size()));
  complain(file && there == identity ? kept_already(path) : not_ours(path));
  return false;
}

/// Keeps a search now and then: what is lost when all is cut off is little, and so is what that
/// costs.
class Keeper {
 public:
  explicit Keeper(std::string path) : path_(std::move(path)) {}
  void operator()(const Progress& progress) {
    const Clock::time_point begun = Clock::now();
    if (failed_ || path_ == "none" || begun < next_) return;
    failed_ = !keep(progress, path_);
    const Clock::time_point ended = Clock::now();
    next_ = ended + std::max<Clock::duration>(kKeepEvery, kKeepShare * (ended - begun));
  }

 private:
  std::string path_;
  bool failed_ = false;  // and complained
  Clock::time_point next_ = Clock::now() + kKeepEvery;
};

// ---- What is said ---------------------------------------------------------------------------

class Watch {
 public:
  bool operator()(const Progress& progress) {
    if (wanted_ && Clock::now() - shown_ > std::chrono::milliseconds(200)) {
      shown_ = Clock::now();
      fmt::print(stderr, "\r\x1b[Kdepth {}: {} states, {} not gone on from, {} a second ",
                 progress.depth, progress.states(), progress.layer.count() + progress.next.count(),
                 rate(progress));
    }
    keeper_(progress);
    return !StopSignals::asked() && !is_spent();
  }
  /// The budget is, if there is one.
  [[nodiscard]] bool is_spent() const { return budget_ns_ && cpu_time_ns() >= *budget_ns_; }
  /// What the search cost. It is no part of the result, which is the same everywhere.
  void tell_cost(const Progress& progress) const {
    if (wanted_) fmt::print(stderr, "\r\x1b[K");
    fmt::print(stderr, "{} states a second, {} bytes a state, {} MiB, {} s\n", rate(progress),
               progress.bytes() / std::max<u64>(progress.states(), 1), progress.bytes() >> 20U,
               nanoseconds_spent() / 1'000'000'000);
  }
  [[nodiscard]] u64 nanoseconds_spent() const {
    return static_cast<u64>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begun_).count());
  }
  [[nodiscard]] u64 rate(const Progress& progress) const {
    const u64 spent = nanoseconds_spent() / 1000;
    return spent == 0 ? 0 : (progress.states() - resumed_) * 1'000'000 / spent;
  }
  /// `resumed`: so many states were seen by an earlier call.
  Watch(u64 resumed, std::optional<u64> budget_ns, const std::string& save)
      : resumed_(resumed), budget_ns_(budget_ns), keeper_(save) {}

 private:
  u64 resumed_;
  std::optional<u64> budget_ns_;
  Keeper keeper_;
  bool wanted_ = stderr_is_terminal();
  Clock::time_point begun_ = Clock::now();
  Clock::time_point shown_ = begun_;
};

std::string why_stopped(Outcome outcome, const ExhaustiveArguments& arguments) {
  switch (outcome) {
    case Outcome::states_spent:
      return fmt::format("stopped: the budget of {} states is spent", arguments.states_max);
    case Outcome::memory_spent:
      return fmt::format("stopped: the search holds the {} that --memory allows", arguments.memory);
    case Outcome::stopped:
      if (StopSignals::asked()) return "stopped: by a signal";
      return fmt::format("stopped: the budget of {} is spent", arguments.budget);
    case Outcome::incomplete:
      return fmt::format(
          "not complete: a link holds {} messages at most here, and some steps "
          "would have put more on one",
          sim::exhaustive::kLinkMax);
    case Outcome::complete:
    case Outcome::broken: break;
  }
  return {};
}

std::string summary(const Progress& progress, Outcome outcome) {
  return fmt::format("states={} transitions={} depth={} complete={} violations={}",
                     progress.states(), progress.transitions, progress.depth,
                     outcome == Outcome::complete ? "yes" : "no",
                     outcome == Outcome::broken ? 1 : 0);
}

Exit exit_of(Outcome outcome, const Replay& replay) {
  switch (outcome) {
    case Outcome::complete: return Exit::pass;
    case Outcome::broken: return replay.property == "assertion" ? Exit::assertion : Exit::safety;
    case Outcome::incomplete:
    case Outcome::states_spent:
    case Outcome::memory_spent:
    case Outcome::stopped: break;
  }
  return Exit::unfinished;
}

struct Report {
  Outcome outcome = Outcome::complete;
  Replay replay;
  std::string scenario;  // the file; empty: none
  std::string verdict;   // what came of it when it was run here
  std::string kept;      // the file; empty: none
};

/// Writes the counterexample as a scenario and runs it, on the core that was searched.
void write_scenario(const Bounds& bounds, const ExhaustiveArguments& arguments, Report& report) {
  if (arguments.scenario == "none") return;
  const auto text = scenario_of(bounds, report.replay);
  if (!text) {
    complain("no scenario was written: " + text.error());
    return;
  }
  std::ofstream file{arguments.scenario, std::ios::binary};
  file << *text;
  file.close();
  if (!file) {
    complain(fmt::format("{}: cannot be written", arguments.scenario));
    return;
  }
  report.scenario = arguments.scenario;
  const auto loaded = load_text(arguments.scenario, *text);
  if (!loaded) return;
  CampaignOptions options;
  options.seeds = {.first = 1, .last = 1};
  const auto run_seed = [&](u64 seed, const sim::scenario::RunManner& manner) {
    return run_timed(*loaded, seed, nullptr, manner);
  };
  run_campaign(run_seed, options, [&](Finished& run) {
    report.verdict = fmt::format("{} {}", verdict_of(run), property_of(run));
    return true;
  });
}

void print_text(const Search& search, const Report& report, const ExhaustiveArguments& arguments,
                Output& out) {
  out.line("explored " + print(search.progress().bounds));
  if (report.outcome == Outcome::broken) {
    out.line(fmt::format("{}: {}", report.replay.property, report.replay.sentence));
    out.line(fmt::format("a shortest way to it has {} steps:", report.replay.steps.size()));
    for (std::size_t at = 0; at < report.replay.steps.size(); ++at) {
      out.line(fmt::format("{:4}  {}", at + 1, telling(report.replay.steps[at])));
    }
  }
  if (!report.scenario.empty()) {
    out.line(fmt::format("written as a scenario, which ends in: {}", report.verdict));
    out.line(fmt::format("to repeat it: snowflk sim run {} --seed 1", report.scenario));
  }
  if (const std::string why = why_stopped(report.outcome, arguments); !why.empty()) out.line(why);
  if (!report.kept.empty()) {
    out.line(fmt::format("to go on: snowflk sim explore --exhaustive --resume {}",
                         shell_word(report.kept)));
  }
  out.line(summary(search.progress(), report.outcome));
}

void print_json(const Search& search, const Report& report, const Watch& watch, Output& out) {
  const Progress& progress = search.progress();
  nlohmann::ordered_json json;
  json["bounds"] = print(progress.bounds);
  json["states"] = progress.states();
  json["transitions"] = progress.transitions;
  json["depth"] = progress.depth;
  json["complete"] = report.outcome == Outcome::complete;
  json["violations"] = report.outcome == Outcome::broken ? 1 : 0;
  json["property"] = report.replay.property;
  json["sentence"] = report.replay.sentence;
  json["steps"] = nlohmann::ordered_json::array();
  for (const ReplayStep& step : report.replay.steps) json["steps"].push_back(telling(step));
  json["scenario"] = report.scenario;
  json["scenario_verdict"] = report.verdict;
  json["resume"] = report.kept;
  json["states_per_s"] = watch.rate(progress);
  json["bytes"] = progress.bytes();
  json["wall_ns"] = watch.nanoseconds_spent();
  using Json = nlohmann::ordered_json;
  out.line(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Exit without_symmetry(ExhaustiveArguments arguments, const Bounds& bounds) {
  SNOWFLK_ASSERT(bounds.symmetry);  // else the way that was found is one
  complain(
      "something is broken, but the way to it holds for other names of the nodes alone: this core "
      "does not treat them alike; searched again as with --no-symmetry");
  arguments.bounds = bounds;
  arguments.bounds.symmetry = false;
  arguments.resume.clear();
  forget_state(arguments.save);
  return explore_exhaustive(arguments);
}

}  // namespace

Exit explore_exhaustive(const ExhaustiveArguments& arguments) {
  const StopSignals signals;
  const auto memory = parse_bytes(arguments.memory);
  if (!memory) {
    complain(fmt::format("--memory: expected a size such as 4GiB or 512MiB, found \"{}\"",
                         arguments.memory));
    return Exit::usage;
  }
  const auto budget = cpu_budget_of(arguments.budget);
  if (!budget) return budget.error();
  auto search = begin(arguments);
  if (!search) return search.error();
  const bool saves_back = !arguments.resume.empty() && arguments.save == arguments.resume;
  if (!saves_back && !may_keep(search->progress().bounds, arguments.save)) return Exit::usage;

  Limits limits{.memory_bytes = *memory};
  if (arguments.states_max > 0) limits.states = arguments.states_max;
  Watch watch{arguments.resume.empty() ? 0 : search->progress().states(), *budget, arguments.save};
  Report report;
  report.outcome = search->run(limits, worker_threads(arguments.jobs), std::ref(watch));
  if (report.outcome == Outcome::broken) {
    auto way = replay(search->progress().bounds, search->finding());
    if (!way) return without_symmetry(arguments, search->progress().bounds);
    report.replay = std::move(*way);
    write_scenario(search->progress().bounds, arguments, report);
  }
  const bool stopped = report.outcome == Outcome::states_spent ||
                       report.outcome == Outcome::memory_spent ||
                       report.outcome == Outcome::stopped;
  if (!stopped) forget_state(arguments.save);
  if (stopped && arguments.save != "none" && keep(search->progress(), arguments.save)) {
    report.kept = arguments.save;
  }
  watch.tell_cost(search->progress());
  Output out;
  if (arguments.json) {
    print_json(*search, report, watch, out);
  } else {
    print_text(*search, report, arguments, out);
  }
  return out.finish(exit_of(report.outcome, report.replay));
}

}  // namespace snowflk::tools
