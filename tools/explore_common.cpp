#include "tools/explore_common.hpp"

#include <sys/mman.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/assert.hpp"
#include "sim/scenario/quantity.hpp"
#include "tools/explore_kept.hpp"
#include "tools/failure_file.hpp"
#include "tools/sim_report.hpp"
#include "tools/stop_signals.hpp"
#include "tools/write_whole.hpp"

namespace snowflk::tools {
namespace {

using Json = nlohmann::ordered_json;

/// Most of what can break breaks soon: so many seconds show more when they are many runs.
constexpr std::string_view kShort =
    R"({"story": "A short random world.", "swarm": true, "duration": "4s"})";

/// There is room to count on from here.
constexpr u64 kFirstSeedMax = INT64_MAX / 2;

constexpr std::size_t kNoteBytes = 65'536;

/// So much CPU time is lost at most when a search is killed.
constexpr u64 kKeepEveryNs = 1'000'000'000;

std::unexpected<Exit> refuse(const std::string& sentence) {
  complain(sentence);
  return std::unexpected(Exit::usage);
}

}  // namespace

OrExit<Loaded> load_subject(const std::string& subject) {
  if (subject.empty()) return load_text("short", std::string{kShort});
  if (subject == "swarm") return swarm_scenario(sim::Mode::swarm, sim::kGeneratorVersion);
  return load_scenario(subject);
}

u64 cpu_time_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<u64>(now.tv_sec) * 1'000'000'000 + static_cast<u64>(now.tv_nsec);
}

OrExit<std::optional<u64>> cpu_budget_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto budget = sim::scenario::parse_duration(text);
  if (budget) return static_cast<u64>(budget->value);
  return refuse(fmt::format("--budget: expected a duration such as 60s, found \"{}\"", text));
}

OrExit<SeedsOf> seeds_of(const ExploreRuns& arguments) {
  auto loaded = load_subject(arguments.subject);
  if (!loaded) return std::unexpected(loaded.error());
  const auto seed = parse_seed(arguments.seed.empty() ? "1" : arguments.seed);
  if (!seed) return refuse("--seed: " + seed.error());
  if (*seed > kFirstSeedMax) return refuse("--seed: it is too large to count on from there");
  return SeedsOf{.loaded = *std::move(loaded), .first = *seed, .next = *seed};
}

OrExit<SeedsOf> seeds_of(KeptState& kept) {
  SeedsOf seeds;
  seeds.first = kept.number("first", 0, kFirstSeedMax);
  seeds.next = kept.number("next", seeds.first, INT64_MAX);
  auto loaded = kept.subject();
  if (!loaded) return std::unexpected(loaded.error());
  seeds.loaded = *std::move(loaded);
  return seeds;
}

// ---- Items ----------------------------------------------------------------------------------

OrExit<Items> Items::of(const ExploreRuns& arguments) {
  Items items;
  items.jobs_ = std::max(1U, arguments.jobs);
  const auto budget = cpu_budget_of(arguments.budget);
  if (!budget) return std::unexpected(budget.error());
  items.budget_ns_ = *budget;
  return items;
}

ItemsEnd Items::run(u64& next, u64 end, const std::function<std::string(u64)>& work,
                    const std::function<bool(const ItemDone&)>& emit) {
  if (next >= end) return ItemsEnd::done;
  const auto timed = [&](u64 index) {
    const u64 begun = cpu_time_ns();
    const std::string text = work(index);
    return fmt::format("{:016x}{}", cpu_time_ns() - begun, text);
  };
  ItemsEnd ended = ItemsEnd::done;
  const auto take = [&](const sim::SeedResult& result) {
    ItemDone done{.index = result.seed, .status = result.status, .text = result.text};
    if (done.status == sim::RunStatus::finished) {
      u64 spent = 0;
      std::from_chars(done.text.data(), done.text.data() + 16, spent, 16);
      done.text.erase(0, 16);
      cpu_ns_ += spent;
      spent_here_ += spent;
    }
    next = result.seed + 1;
    if (!emit(done)) {
      ended = ItemsEnd::found;
      return false;
    }
    if (keep_ && spent_here_ - kept_at_ >= kKeepEveryNs) {
      kept_at_ = spent_here_;
      keep_();
    }
    if (is_spent() && next < end) ended = ItemsEnd::spent;
    return ended == ItemsEnd::done;
  };
  const auto goes_on = [&] {
    if (StopSignals::asked()) ended = ItemsEnd::stopped;
    return !StopSignals::asked();
  };
  const sim::SeedRange range{.first = next, .last = end - 1};
  if (!sim::run_seeds(range, jobs_, timed, take, goes_on)) return ItemsEnd::no_process;
  return ended;
}

SharedNote::SharedNote()
    : page_(
          ::mmap(nullptr, kNoteBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
  SNOWFLK_ASSERT(page_ != MAP_FAILED);
}

SharedNote::~SharedNote() { ::munmap(page_, kNoteBytes); }

void SharedNote::write(std::string_view text) {
  const std::size_t length = std::min(text.size(), kNoteBytes - 1);
  std::memcpy(page_, text.data(), length);
  static_cast<char*>(page_)[length] = '\0';
}

std::string SharedNote::read() const { return static_cast<const char*>(page_); }

bool Items::could_start(ItemsEnd ended) {
  if (ended == ItemsEnd::no_process) complain("no process could be started");
  return ended != ItemsEnd::no_process;
}

// ---- What was found -------------------------------------------------------------------------

std::optional<Found> write_found(const Loaded& loaded, u64 seed, const std::string& members,
                                 std::string_view strategy, const std::string& directory) {
  Json file = Json::parse(loaded.text, nullptr, false);
  const Json more = Json::parse("{" + members + "}", nullptr, false);
  SNOWFLK_ASSERT(file.is_object());
  SNOWFLK_ASSERT(more.is_object());
  file.erase("$schema");
  file["seed"] = seed;
  for (const auto& [key, value] : more.items()) file[key] = value;
  const std::string text = file.dump(2) + "\n";
  const std::string name = fmt::format("{}.{}.json", file_name_of(loaded, seed), strategy);
  const std::string path = (std::filesystem::path{directory} / name).lexically_normal().string();
  const auto again = load_text(path, text);
  if (!again) return std::nullopt;
  std::error_code created;  // what is wrong with it shows when the file is written
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), created);
  Found found{.file = write_whole(path, text) ? path : "",
              .failure = sim::search::try_out(again->scenario, seed).failure,
              .how = fmt::format("seed {} of {}, with {}", seed, loaded.name, members)};
  if (!found.failure.none()) return found;
  complain(fmt::format("{}: it failed, and as a scenario it passes", path));
  return std::nullopt;
}

void add_found(nlohmann::ordered_json& json, const std::optional<Found>& found,
               const std::string& kept) {
  json["property"] = found ? found->failure.property : "";
  json["sentence"] = found ? found->failure.sentence : "";
  json["scenario"] = found ? found->file : "";
  json["resume"] = kept;
}

std::string printed(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string tell_found(const Found& found) {
  const std::string what =
      fmt::format("{} does not hold: {}\n", found.failure.property, found.failure.sentence);
  if (found.file.empty()) {
    return what + fmt::format("it could not be written as a scenario: {}\n", found.how);
  }
  const std::string word = shell_word(found.file);
  return what +
         fmt::format("written as a scenario: {}\nto repeat it: snowflk sim run {}\n", found.file,
                     word) +
         shrink_line(found.failure.property, found.file);
}

Exit exit_of(const sim::search::Failure& failure) {
  if (failure.property.starts_with("assertion: ") || failure.property.starts_with("crash: ")) {
    return Exit::assertion;
  }
  switch (failure.kind) {
    case sim::ViolationKind::mistake: return Exit::usage;
    case sim::ViolationKind::safety: return Exit::safety;
    case sim::ViolationKind::liveness: return Exit::liveness;
    case sim::ViolationKind::linearizability: return Exit::linearizability;
  }
  return Exit::safety;
}

Exit exit_of(ItemsEnd ended, const std::optional<Found>& found) {
  if (found) return exit_of(found->failure);
  return ended == ItemsEnd::stopped ? Exit::unfinished : Exit::pass;
}

std::string tell_end(ItemsEnd ended, std::string_view strategy, const std::string& kept) {
  std::string lines = ended == ItemsEnd::stopped ? "stopped: by a signal\n" : "";
  if (kept.empty()) return lines;
  return lines + fmt::format("to go on: snowflk sim explore --{} --resume {}\n", strategy,
                             shell_word(kept));
}

}  // namespace snowflk::tools
