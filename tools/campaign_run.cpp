#include "tools/campaign_run.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include <fmt/format.h>

#include "core/trace/json.hpp"
#include "tools/campaign.hpp"
#include "tools/campaign_results.hpp"
#include "tools/failure_file.hpp"
#include "tools/output.hpp"
#include "tools/progress.hpp"
#include "tools/stop_signals.hpp"

namespace snowflk::tools {
namespace {

/// Traces are large: so many are kept of failures of one kind.
constexpr u64 kTracesPerSignature = 4;

/// Failures of one kind: the same check and rule, or the same assertion.
std::string signature_of(const Finished& run) {
  std::string signature = fmt::format("{}/{}", verdict_of(run), property_of(run));
  const auto& violation = run.result.violation;
  if (violation && !violation->rule.empty()) signature += "/" + violation->rule;
  return run.crash.empty() ? signature : fmt::format("{}: {}", signature, run.crash);
}

/// Runs a seed that failed once more, in a process of its own, and leaves its trace in `directory`.
/// Empty: it could not be written.
std::string leave_trace(const Loaded& loaded, const std::string& directory, Finished& run) {
  const u64 seed = run.result.seed;
  std::string name = fmt::format("fail-{}.trace", seed);
  const std::string path = directory + "/" + name;
  const std::string temporary = temporary_name(path);
  const auto work = [&](u64 /*seed*/) {
    Finished again;
    const bool written = run_traced(loaded, seed, temporary, nullptr, again);
    return written ? sim::trace_file::print(again.result.digest) : std::string{};
  };
  std::optional<Digest> digest;
  const auto emit = [&](const sim::SeedResult& result) {
    if (result.status == sim::RunStatus::finished) digest = parse_digest(result.text);
    return true;
  };
  static_cast<void>(sim::run_seeds({.first = seed, .last = seed}, 1, work, emit));
  if (!digest || std::rename(temporary.c_str(), path.c_str()) != 0) {
    std::remove(temporary.c_str());  // of a disk that is full, or a run that crashed this time
    return {};
  }
  if (*digest != run.result.digest && !run.other_digest) run.other_digest = *digest;
  return name;
}

/// What is known of a shard's runs, and what becomes of the next one.
class ShardRunner {
 public:
  ShardRunner(const Loaded& loaded, const ShardOptions& options, ShardResults& results,
              const ShardIdentity& identity)
      : loaded_(&loaded),
        options_(&options),
        results_(&results),
        before_(results.so_far()),
        ways_(identity.ledger),
        progress_(size_of(seeds_of(identity)), before_.ran) {}

  /// The next seed's result. False: it is not to go on.
  bool take(Finished& run) {
    ShardTotals so_far = results_->so_far();
    so_far.ran += 1;
    so_far.twice += run.twice ? 1 : 0;
    so_far.events += run.result.events;
    so_far.wall_ns = wall_ns();
    so_far.digests.add(run.result.digest.high);
    so_far.digests.add(run.result.digest.low);
    so_far.excused += is_excused(run) ? 1U : 0U;
    so_far.undecided += is_undecided(run) ? 1U : 0U;
    if (ways_ != 0) add_row(so_far.ledger, row_of(run));
    if (exit_of(run) == Exit::pass) {
      so_far.passed += 1;
      problem_ = results_->add_pass(so_far);
    } else {
      so_far.failed += 1;
      problem_ = add_failure(run, so_far);
    }
    progress_.show(so_far.ran, so_far.failed);
    return !problem_ && !enough_failures();
  }
  [[nodiscard]] bool enough_failures() const {
    return options_->failures_max && results_->so_far().failed >= *options_->failures_max;
  }
  [[nodiscard]] const std::optional<FileProblem>& problem() const { return problem_; }
  void clear_progress() { progress_.clear(); }
  Output& out() { return out_; }

 private:
  [[nodiscard]] u64 wall_ns() const {
    const auto here = std::chrono::steady_clock::now() - begun_;
    return before_.wall_ns + static_cast<u64>(here / std::chrono::nanoseconds{1});
  }

  /// A run that an assertion ended has counted nothing.
  [[nodiscard]] std::vector<u64> row_of(const Finished& run) const {
    return run.ledger ? sim::scenario::ledger_row(*run.ledger) : std::vector<u64>(ways_);
  }

  std::optional<FileProblem> add_failure(Finished& run, const ShardTotals& so_far) {
    std::string file;
    const bool judged = run.crash.empty() && exit_of(run) != Exit::usage;
    if (judged && results_->traces_of(signature_of(run)) < kTracesPerSignature) {
      file = leave_trace(*loaded_, results_->directory(), run);
      if (!file.empty()) run.failure_file = results_->directory() + "/" + file;
    }
    const CampaignFailure failure{.seed = run.result.seed,
                                  .signature = signature_of(run),
                                  .verdict = std::string{verdict_of(run)},
                                  .property = property_of(run),
                                  .sentence = sentence_of(run),
                                  .events = run.result.events,
                                  .virtual_ns = static_cast<u64>(run.result.end.value),
                                  .digest = sim::trace_file::print(run.result.digest),
                                  .repro = repeat_command(*loaded_, run),
                                  .file = file};
    progress_.clear();
    if (options_->json) {
      ShardTotals shown = so_far;
      shown.ledger.clear();  // it is in the file
      out_.line(progress_line({.failure = failure, .so_far = shown}));
    } else {
      out_.write(failure_lines(*loaded_, run));
      out_.line(verdict_line(run));
    }
    out_.flush();
    return results_->add_failure(failure, so_far);
  }

  const Loaded* loaded_;
  const ShardOptions* options_;
  ShardResults* results_;
  ShardTotals before_;
  std::size_t ways_;  // of the ledger; 0: none
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  Progress progress_;
  Output out_;
  std::optional<FileProblem> problem_;
};

std::string last_line(const ShardIdentity& identity, const ShardResults& results, bool json) {
  const ShardTotals& so_far = results.so_far();
  const u64 seeds = size_of(seeds_of(identity));
  const u64 never = so_far.ran == 0 ? identity.ledger : zeros_of(so_far.ledger);
  const u64 wall_ms = so_far.wall_ns / 1'000'000;
  const u64 rate = wall_ms == 0 ? 0 : so_far.ran * 1000 / wall_ms;
  if (!json) {
    std::string line = fmt::format(
        "campaign={} shard={} seeds={} passed={} failed={} twice={} events={} seeds_per_s={}",
        identity.campaign, print(identity.shard), so_far.ran, so_far.passed, so_far.failed,
        so_far.twice, so_far.events, rate);
    if (so_far.excused > 0) line += fmt::format(" excused={}", so_far.excused);
    if (so_far.undecided > 0) line += fmt::format(" undecided={}", so_far.undecided);
    if (identity.ledger > 0) line += fmt::format(" ways={} never={}", identity.ledger, never);
    if (so_far.ran < seeds) line += fmt::format(" not_run={}", seeds - so_far.ran);
    return line + fmt::format(" results={}/{}", results.directory(), kResultsName);
  }
  std::string line;
  trace::JsonWriter out{line};
  out.begin_object()
      .member("campaign", identity.campaign)
      .member("shard", print(identity.shard))
      .member("seeds", so_far.ran)
      .member("passed", so_far.passed)
      .member("failed", so_far.failed)
      .member("twice", so_far.twice)
      .member("events", so_far.events)
      .member("wall_ns", so_far.wall_ns)
      .member("excused", so_far.excused)
      .member("undecided", so_far.undecided)
      .member("not_run", seeds - so_far.ran);
  if (identity.ledger > 0) out.member("ways", identity.ledger).member("never", never);
  out.member("results", results.directory() + "/" + kResultsName).end_object();
  return line;
}

/// What is left of the shard. False: there were no processes.
bool run_rest(const Loaded& loaded, const ShardIdentity& identity, const ShardOptions& options,
              const sim::SeedRange& rest, ShardRunner& runner) {
  const CampaignOptions campaign{.seeds = rest,
                                 .jobs = options.jobs,
                                 .twice_ppm = identity.twice_ppm,
                                 .budget = options.budget,
                                 .stop_asked = StopSignals::asked};
  const auto summary = run_campaign(
      [&](u64 seed, const sim::scenario::RunManner& manner) {
        return identity.ledger == 0 ? run_timed(loaded, seed, nullptr, manner)
                                    : run_with_ledger(loaded, seed, manner);
      },
      campaign, [&](Finished& run) { return runner.take(run); });
  runner.clear_progress();
  return summary.could_start;
}

Exit give_up(const FileProblem& problem) {
  complain(problem.sentence);
  return problem.exit;
}

}  // namespace

std::string campaign_name(const ShardIdentity& identity) {
  ShardIdentity whole = identity;
  whole.campaign.clear();
  whole.shard.index = 0;
  const u64 hash = hash64(as_bytes(begin_line(whole, 0)), 0);
  std::string stem = std::filesystem::path{identity.scenario}.stem().string();
  if (identity.scenario == "swarm" && identity.mode != name_of(sim::Mode::swarm)) {
    stem += "-" + identity.mode;
  }
  return fmt::format("{}-{}-{}-{:08x}", stem, identity.seeds.first, identity.seeds.last,
                     hash >> 32);
}

std::string shard_directory(const std::string& out, const ShardIdentity& identity) {
  return (std::filesystem::path{out} / identity.campaign /
          fmt::format("shard-{:05}-of-{:05}", identity.shard.index, identity.shard.count))
      .string();
}

Exit run_shard(const Loaded& loaded, const ShardIdentity& identity, const ShardOptions& options) {
  const StopSignals signals;
  const auto ways =
      identity.ledger == 0 ? std::vector<std::string>{} : sim::scenario::ledger_ways();
  auto results = ShardResults::open(shard_directory(options.out, identity), identity, ways,
                                    static_cast<u64>(std::time(nullptr)));
  if (!results) return give_up(results.error());
  const sim::SeedRange seeds = seeds_of(identity);
  ShardRunner runner{loaded, options, *results, identity};
  if (results->so_far().ran < size_of(seeds) && !runner.enough_failures()) {
    const sim::SeedRange rest{.first = seeds.first + results->so_far().ran, .last = seeds.last};
    if (!run_rest(loaded, identity, options, rest, runner)) {
      complain("no process could be started for the seeds");
      return Exit::environment;
    }
    if (runner.problem()) return give_up(*runner.problem());
  }
  const bool done = results->so_far().ran == size_of(seeds);
  if (!done) {
    if (const auto problem = results->save_state()) return give_up(*problem);
  }
  Output& out = runner.out();
  out.line(last_line(identity, *results, options.json));
  if (!done && StopSignals::asked()) return out.finish(Exit::unfinished);
  if (results->so_far().failed > 0) return out.finish(Exit::found);
  return out.finish(done ? Exit::pass : Exit::unfinished);
}

}  // namespace snowflk::tools
