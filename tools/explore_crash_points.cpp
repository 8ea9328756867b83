#include "tools/explore_crash_points.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/assert.hpp"
#include "tools/sim_report.hpp"
#include "tools/stop_signals.hpp"

namespace snowflk::tools {
namespace {

using Json = nlohmann::ordered_json;
using sim::scenario::CrashPoint;
using sim::search::CrashCounts;
using sim::search::CrashLimits;
using sim::search::CrashTrial;

constexpr u64 kPointsPerItem = 8;  // the run up to them is done once for all
constexpr std::string_view kStrategy = "crash-points";

struct Exploration {
  Loaded loaded;
  u64 seed = 0;
  CrashLimits limits;
  std::vector<CrashPoint> points;
  u64 next_item = 0;
  u64 found = 0;
  CrashCounts counts;
  std::string members;  // of what was found, as a scenario has it

  [[nodiscard]] u64 items() const { return (points.size() + kPointsPerItem - 1) / kPointsPerItem; }
  [[nodiscard]] std::span<const CrashPoint> points_of(u64 item) const {
    const std::span all{points};
    const u64 first = item * kPointsPerItem;
    return all.subspan(first, std::min(kPointsPerItem, points.size() - first));
  }
};

constexpr std::array<std::string_view, 6> kCountNames{"points",           "forks",   "events",
                                                      "subsets_complete", "sampled", "drawn"};

std::array<u64*, 6> members_of(CrashCounts& counts) {
  return {&counts.points,   &counts.forks,   &counts.events,
          &counts.complete, &counts.sampled, &counts.drawn};
}

void add(CrashCounts& sum, CrashCounts more) {
  const auto to = members_of(sum);
  const auto from = members_of(more);
  for (std::size_t i = 0; i < to.size(); ++i) *to[i] += *from[i];
}

/// One line of counts, and one of what was found.
std::string encode(CrashTrial trial) {
  std::string text;
  for (const u64* count : members_of(trial.counts)) text += fmt::format("{} ", *count);
  text += '\n';
  if (trial.finding) text += write(trial.finding->point);
  return text;
}

std::string decode(const std::string& text, CrashCounts& counts) {
  std::istringstream in{text};
  CrashCounts more;
  for (u64* count : members_of(more)) in >> *count;
  add(counts, more);
  return text.substr(text.find('\n') + 1);
}

CrashTrial try_item(const Exploration& exploration, u64 item, SharedNote* note) {
  const auto options = sim::scenario::run_options(exploration.loaded.scenario, exploration.seed);
  const auto about_to = [note](const CrashPoint& point) {
    if (note != nullptr) note->write(write(point));
  };
  return try_crash_points(exploration.loaded.scenario, options, exploration.points_of(item),
                          exploration.limits, about_to);
}

/// An assertion ended one of its forks: which, is found by doing it again.
std::string which_fork(const Exploration& exploration, u64 item) {
  SharedNote note;
  static_cast<void>(sim::run_seeds(
      sim::SeedRange{.first = item, .last = item}, 1,
      [&](u64) { return encode(try_item(exploration, item, &note)); },
      [](const sim::SeedResult&) { return false; }));
  return note.read();
}

OrExit<Exploration> begin(const ExploreRuns& arguments, const CrashLimits& limits, Items& items) {
  Exploration begun;
  if (arguments.resume.empty()) {
    auto loaded = load_subject(arguments.subject);
    if (!loaded) return std::unexpected(loaded.error());
    begun.loaded = *std::move(loaded);
    begun.limits = limits;
    begun.seed = begun.loaded.scenario.seed;
    if (!arguments.seed.empty()) {
      const auto seed = parse_seed(arguments.seed);
      if (!seed) {
        complain("--seed: " + seed.error());
        return std::unexpected(Exit::usage);
      }
      begun.seed = *seed;
    }
    return begun;
  }
  auto kept = KeptState::load(arguments.resume, kStrategy);
  if (!kept) return std::unexpected(kept.error());
  begun.seed = kept->number("seed", 0, UINT64_MAX);
  begun.limits.choices_max = kept->number32("choices_max", 0, kCrashChoicesMax);
  begun.limits.samples = kept->number32("samples", 2, kCrashSamplesMax);
  begun.next_item = kept->count("next");
  const auto counts = members_of(begun.counts);
  for (std::size_t i = 0; i < counts.size(); ++i) *counts[i] = kept->count(kCountNames[i]);
  items.begin_at(kept->count("cpu_ns"));
  auto loaded = kept->subject();
  if (!loaded) return std::unexpected(loaded.error());
  begun.loaded = *std::move(loaded);
  return begun;
}

KeptIdentity identity_of(const Exploration& exploration) {
  Json identity;
  identity["seed"] = exploration.seed;
  identity["choices_max"] = exploration.limits.choices_max;
  identity["samples"] = exploration.limits.samples;
  return {.strategy = kStrategy, .loaded = &exploration.loaded, .identity = std::move(identity)};
}

bool keep(const Exploration& exploration, const ExploreRuns& arguments, const Items& items) {
  Json progress;
  progress["next"] = exploration.next_item;
  progress["cpu_ns"] = items.cpu_ns();
  CrashCounts counts = exploration.counts;
  const auto members = members_of(counts);
  for (std::size_t i = 0; i < members.size(); ++i) progress[kCountNames[i]] = *members[i];
  return keep_state(arguments.save, identity_of(exploration), progress);
}

/// The item after the last that `runs_max` points (0: all) are in.
u64 end_of(const Exploration& exploration, u64 runs_max) {
  const u64 left = exploration.items() - exploration.next_item;
  const u64 wanted = runs_max / kPointsPerItem + (runs_max % kPointsPerItem == 0 ? 0 : 1);
  return exploration.next_item + (runs_max == 0 ? left : std::min(left, wanted));
}

std::string summary(const Exploration& exploration, const Items& items, bool complete) {
  const CrashCounts& counts = exploration.counts;
  return fmt::format(
      "points={} of={} forks={} events={} subsets_complete={} sampled={} drawn={} cpu_s={:.1f} "
      "complete={} violations={}",
      counts.points, exploration.points.size(), counts.forks, counts.events, counts.complete,
      counts.sampled, counts.drawn, static_cast<double>(items.cpu_ns()) / 1e9,
      complete ? "yes" : "no", exploration.found);
}

Exit tell(const Exploration& exploration, const Items& items, ItemsEnd ended,
          const std::optional<Found>& found, const ExploreRuns& arguments) {
  Output out;
  const bool complete = ended == ItemsEnd::done;
  Exit verdict = complete ? Exit::pass : Exit::unfinished;
  if (found) verdict = exit_of(found->failure);
  std::string kept;
  if (verdict == Exit::unfinished && arguments.save != "none") {
    if (keep(exploration, arguments, items)) kept = arguments.save;
  }
  if (complete || (found && !found->file.empty())) forget_state(arguments.save);
  if (arguments.json) {
    Json json;
    CrashCounts counts = exploration.counts;
    const auto members = members_of(counts);
    for (std::size_t i = 0; i < members.size(); ++i) json[kCountNames[i]] = *members[i];
    json["of"] = exploration.points.size();
    json["cpu_ns"] = items.cpu_ns();
    json["complete"] = complete;
    json["violations"] = exploration.found;
    add_found(json, found, kept);
    out.line(printed(json));
    return out.finish(verdict);
  }
  out.line(
      fmt::format("explored {}, seed {}: each effect, a crash of the process, and of the "
                  "machine with all subsets of up to {} unsynced sectors, {} of more",
                  exploration.loaded.name, exploration.seed, exploration.limits.choices_max,
                  exploration.limits.samples));
  if (found) out.write(tell_found(*found));
  out.write(tell_end(ended, kStrategy, kept));
  out.line(summary(exploration, items, complete));
  return out.finish(verdict);
}

}  // namespace

Exit explore_crash_points(const ExploreRuns& arguments, const CrashLimits& limits) {
  const StopSignals signals;
  auto items = Items::of(arguments);
  if (!items) return items.error();
  auto exploration = begin(arguments, limits, *items);
  if (!exploration) return exploration.error();
  if (!arguments.saves_back() && !may_keep_at(arguments.save, identity_of(*exploration))) {
    return Exit::usage;
  }
  const sim::scenario::Scenario& scenario = exploration->loaded.scenario;
  const auto itself = sim::search::try_out(scenario, exploration->seed).failure;
  if (!itself.none()) {
    complain(
        fmt::format("{} fails without any crash: {}", exploration->loaded.name, itself.sentence));
    return exit_of(itself);
  }
  exploration->points = sim::search::crash_points_of(
      scenario, sim::scenario::run_options(scenario, exploration->seed));
  if (exploration->next_item > exploration->items()) {  // only a file can say so
    complain(fmt::format("{}: $.next: expected a whole number from 0 to {}", arguments.resume,
                         exploration->items()));
    return Exit::usage;
  }
  const u64 end = end_of(*exploration, arguments.runs_max);
  std::optional<Found> found;
  const auto work = [&](u64 item) { return encode(try_item(*exploration, item, nullptr)); };
  const auto emit = [&](const ItemDone& done) {
    std::string members = done.status == sim::RunStatus::finished
                              ? decode(done.text, exploration->counts)
                              : which_fork(*exploration, done.index);
    if (members.empty()) return true;
    exploration->found = 1;
    exploration->members = std::move(members);
    return false;
  };
  if (arguments.save != "none") {
    items->keep_by([&] { static_cast<void>(keep(*exploration, arguments, *items)); });
  }
  ItemsEnd ended = items->run(exploration->next_item, end, work, emit);
  if (!Items::could_start(ended)) return Exit::environment;
  if (ended == ItemsEnd::done && end < exploration->items()) ended = ItemsEnd::spent;
  if (ended == ItemsEnd::found) {
    found = write_found(exploration->loaded, exploration->seed, exploration->members, "crash",
                        arguments.found);
    if (!found) return Exit::nondeterminism;
  }
  return tell(*exploration, *items, ended, found, arguments);
}

}  // namespace snowflk::tools
