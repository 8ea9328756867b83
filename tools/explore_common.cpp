#include "tools/explore_common.hpp"

#include <sys/mman.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/assert.hpp"
#include "sim/scenario/quantity.hpp"
#include "tools/build_id.hpp"
#include "tools/read_file.hpp"
#include "tools/sim_report.hpp"

namespace snowflk::tools {
namespace {

using Json = nlohmann::ordered_json;

/// Most of what can break breaks soon: so many seconds show more when they are many runs.
constexpr std::string_view kShort =
    R"({"story": "A short random world.", "swarm": true, "duration": "4s"})";

constexpr std::size_t kNoteBytes = 65'536;

/// So much CPU time is lost at most when a search is killed.
constexpr u64 kKeepEveryNs = 1'000'000'000;

// The one thing a signal may do is to set this.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::sig_atomic_t stop_wanted = 0;

u64 cpu_time_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<u64>(now.tv_sec) * 1'000'000'000 + static_cast<u64>(now.tv_nsec);
}

bool write_whole(const std::string& path, std::string_view text) {
  const std::string beside = path + ".new";
  std::ofstream file{beside, std::ios::binary};
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(beside, path, error);
  if (file && !error) return true;
  complain(fmt::format("{}: cannot be written", path));
  std::filesystem::remove(beside, error);
  return false;
}

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

// ---- Items ----------------------------------------------------------------------------------

OrExit<Items> Items::of(const ExploreRuns& arguments) {
  Items items;
  items.jobs_ = std::max(1U, arguments.jobs);
  if (arguments.budget.empty()) return items;
  const auto budget = sim::scenario::parse_duration(arguments.budget);
  if (!budget) {
    return refuse(
        fmt::format("--budget: expected a duration such as 60s, found \"{}\"", arguments.budget));
  }
  items.budget_ns_ = static_cast<u64>(budget->value);
  return items;
}

ItemsEnd Items::run(u64& next, u64 end, const std::function<std::string(u64)>& work,
                    const std::function<bool(const ItemDone&)>& emit) {
  if (next >= end) return ItemsEnd::done;
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stop_wanted = 1; });
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
    if (stop_wanted != 0) ended = ItemsEnd::stopped;
    return stop_wanted == 0;
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

// ---- What is kept ---------------------------------------------------------------------------

bool keep_state(const std::string& path, std::string_view strategy, const Loaded& loaded,
                nlohmann::ordered_json state) {
  state["strategy"] = strategy;
  state["build"] = build_id();
  state["scenario"] = loaded.name;
  state["scenario_text"] = loaded.text;
  return write_whole(path, state.dump() + "\n");
}

void forget_state(const std::string& path) {
  std::error_code error;
  if (path != "none") std::filesystem::remove(path, error);
}

OrExit<nlohmann::ordered_json> load_state(const std::string& path, std::string_view strategy) {
  const auto text = read_file(path);
  if (!text) {
    complain(text.error().sentence);
    return std::unexpected(text.error().exit);
  }
  Json kept = Json::parse(*text, nullptr, false);
  if (!kept.is_object() || kept.value("strategy", "") != strategy) {
    return refuse(fmt::format("{}: it is no search by {} that was kept", path, strategy));
  }
  if (kept.value("build", "") != build_id()) {
    return refuse(fmt::format("{}: it was kept by build {}, and this is {}", path,
                              kept.value("build", ""), build_id()));
  }
  return kept;
}

OrExit<Loaded> subject_of(const nlohmann::ordered_json& kept) {
  return load_text(kept.value("scenario", ""), kept.value("scenario_text", ""));
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
  const std::string stem = std::filesystem::path{loaded.name}.stem().string();
  const std::string name = fmt::format("snowflk-{}-seed{}.{}.json", stem, seed, strategy);
  const std::string path = (std::filesystem::path{directory} / name).lexically_normal().string();
  const auto again = load_text(path, text);
  if (!again || !write_whole(path, text)) return std::nullopt;
  Found found{.file = path, .failure = sim::search::try_out(again->scenario, seed).failure};
  if (!found.failure.none()) return found;
  complain(fmt::format("{}: it failed, and as a scenario it passes", path));
  return std::nullopt;
}

std::string tell_found(const Found& found) {
  const std::string word = shell_word(found.file);
  return fmt::format(
      "{} does not hold: {}\nwritten as a scenario: {}\nto repeat it: snowflk sim run {}\n"
      "to make it small: snowflk sim shrink {}\n",
      found.failure.property, found.failure.sentence, found.file, word, word);
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

}  // namespace snowflk::tools
