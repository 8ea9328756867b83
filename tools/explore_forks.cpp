#include "tools/explore_forks.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tools/stop_signals.hpp"

namespace snowflk::tools {
namespace {

using Json = nlohmann::ordered_json;
using sim::scenario::ForkPoint;
using sim::search::Family;
using sim::search::FeatureCounts;
using sim::search::ForkLimits;

constexpr std::string_view kStrategy = "forks";
/// So many families begin with the same knowledge of what was seen: with more, those under way at
/// one time would not be enough to keep all jobs busy; with fewer, they would learn later.
constexpr u64 kFamiliesAtOnce = 16;

struct Exploration {
  SeedsOf seeds;
  ForkLimits limits;
  u64 states = 0;
  u64 forks = 0;
  u64 events = 0;
  FeatureCounts known;  // what was seen when the present batch began
  FeatureCounts seen;
  u64 found = 0;
  std::string members;  // of what was found, as a scenario has it

  [[nodiscard]] u64 families() const { return seeds.next - seeds.first; }
  [[nodiscard]] bool is_between_batches() const { return families() % kFamiliesAtOnce == 0; }
};

/// What a worker says: a line of counts, a line of what was found, and what it saw.
std::string encode(const Family& family) {
  std::string text = fmt::format("{} {} {}\n", family.states, family.forks, family.events);
  if (family.finding) text += write(family.finding->forks);
  text += '\n';
  for (const auto& [feature, times] : family.seen) {
    text += fmt::format("{} {}\n", feature, times);
  }
  return text;
}

std::string decode(const std::string& text, Exploration& exploration) {
  std::istringstream in{text};
  u64 states = 0;
  u64 forks = 0;
  u64 events = 0;
  in >> states >> forks >> events;
  exploration.states += states;
  exploration.forks += forks;
  exploration.events += events;
  std::string members;
  std::getline(in, members);
  std::getline(in, members);
  u64 feature = 0;
  u64 times = 0;
  while (in >> feature >> times) exploration.seen[feature] += times;
  return members;
}

/// Feature, times, feature, times ...
std::vector<u64> listed(const FeatureCounts& counts) {
  std::vector<u64> list;
  for (const auto& [feature, times] : counts) {
    list.push_back(feature);
    list.push_back(times);
  }
  return list;
}

FeatureCounts counts_of(const std::vector<u64>& list) {
  FeatureCounts counts;
  for (std::size_t at = 0; at + 1 < list.size(); at += 2) counts[list[at]] = list[at + 1];
  return counts;
}

Family explore_seed(const Exploration& exploration, u64 seed, SharedNote* note) {
  const sim::scenario::Scenario& scenario = exploration.seeds.loaded.scenario;
  const auto about_to = [note](const std::vector<ForkPoint>& forks) {
    if (note != nullptr) note->write(write(forks));
  };
  return explore_family(scenario, sim::scenario::run_options(scenario, seed), exploration.known,
                        exploration.limits, about_to);
}

/// An assertion ended one run of a family: which, is found by doing it again.
std::string which_run(const Exploration& exploration, u64 seed) {
  SharedNote note;
  static_cast<void>(sim::run_seeds(
      sim::SeedRange{.first = seed, .last = seed}, 1,
      [&](u64) { return encode(explore_seed(exploration, seed, &note)); },
      [](const sim::SeedResult&) { return false; }));
  return note.read();
}

OrExit<Exploration> begin(const ExploreRuns& arguments, const ForkLimits& limits, Items& items) {
  Exploration begun;
  begun.limits = limits;
  if (arguments.resume.empty()) {
    auto seeds = seeds_of(arguments);
    if (!seeds) return std::unexpected(seeds.error());
    begun.seeds = *std::move(seeds);
    return begun;
  }
  auto kept = KeptState::load(arguments.resume, kStrategy);
  if (!kept) return std::unexpected(kept.error());
  begun.limits.forks = kept->number32("forks_of_family", 1, kForksOfSeedMax);
  begun.limits.kept = kept->number32("kept", 1, kForksOfSeedMax);
  begun.states = kept->count("states");
  begun.forks = kept->count("forks");
  begun.events = kept->count("events");
  begun.known = counts_of(kept->numbers("known"));
  begun.seen = counts_of(kept->numbers("seen"));
  items.begin_at(kept->count("cpu_ns"));
  auto seeds = seeds_of(*kept);
  if (!seeds) return std::unexpected(seeds.error());
  begun.seeds = *std::move(seeds);
  return begun;
}

KeptIdentity identity_of(const Exploration& exploration) {
  Json identity;
  identity["forks_of_family"] = exploration.limits.forks;
  identity["kept"] = exploration.limits.kept;
  identity["first"] = exploration.seeds.first;
  return {
      .strategy = kStrategy, .loaded = &exploration.seeds.loaded, .identity = std::move(identity)};
}

bool keep(const Exploration& exploration, const ExploreRuns& arguments, const Items& items) {
  Json progress;
  progress["next"] = exploration.seeds.next;
  progress["states"] = exploration.states;
  progress["forks"] = exploration.forks;
  progress["events"] = exploration.events;
  progress["cpu_ns"] = items.cpu_ns();
  progress["known"] = listed(exploration.known);
  progress["seen"] = listed(exploration.seen);
  return keep_state(arguments.save, identity_of(exploration), progress);
}

/// The seed after the last: a family that is begun is done whole.
u64 end_of(const Exploration& exploration, u64 runs_max) {
  constexpr u64 kEndless = INT64_MAX;
  if (runs_max == 0) return kEndless;
  const u64 runs_of_family = u64{exploration.limits.forks} + 1;
  const u64 families = runs_max / runs_of_family + (runs_max % runs_of_family == 0 ? 0 : 1);
  const u64 next = exploration.seeds.next;
  return families < kEndless - next ? next + families : kEndless;
}

u64 rate(u64 count, u64 cpu_ns) {
  const u64 microseconds = cpu_ns / 1000;
  return microseconds == 0 ? 0 : count * 1'000'000 / microseconds;
}

Exit tell(const Exploration& exploration, const Items& items, ItemsEnd ended,
          const std::optional<Found>& found, const ExploreRuns& arguments) {
  Output out;
  const Exit verdict = exit_of(ended, found);
  std::string kept;
  if (found && !found->file.empty()) forget_state(arguments.save);
  if (!found && arguments.save != "none" && keep(exploration, arguments, items)) {
    kept = arguments.save;
  }
  if (arguments.json) {
    Json json;
    json["families"] = exploration.families();
    json["forks"] = exploration.forks;
    json["states"] = exploration.states;
    json["features"] = exploration.seen.size();
    json["events"] = exploration.events;
    json["cpu_ns"] = items.cpu_ns();
    json["violations"] = exploration.found;
    add_found(json, found, kept);
    out.line(printed(json));
    return out.finish(verdict);
  }
  out.line(fmt::format(
      "explored {} from seed {} on, each seed with {} forks from states with rare "
      "features",
      exploration.seeds.loaded.name, exploration.seeds.first, exploration.limits.forks));
  if (found) out.write(tell_found(*found));
  out.write(tell_end(ended, kStrategy, kept));
  out.line(fmt::format(
      "families={} forks={} states={} features={} events={} forks_per_cpu_s={} cpu_s={:.1f} "
      "violations={}",
      exploration.families(), exploration.forks, exploration.states, exploration.seen.size(),
      exploration.events, rate(exploration.forks, items.cpu_ns()),
      static_cast<double>(items.cpu_ns()) / 1e9, exploration.found));
  return out.finish(verdict);
}

}  // namespace

Exit explore_forks(const ExploreRuns& arguments, const ForkLimits& limits) {
  if (arguments.runs_max == 0 && arguments.budget.empty()) {
    complain("--forks: it never ends by itself: say --budget-runs N or --budget 60s");
    return Exit::usage;
  }
  const StopSignals signals;
  auto items = Items::of(arguments);
  if (!items) return items.error();
  auto exploration = begin(arguments, limits, *items);
  if (!exploration) return exploration.error();
  if (!exploration->seeds.loaded.scenario.script.empty()) {
    complain(fmt::format("--forks: {} has a script: what comes next is said there, not drawn",
                         exploration->seeds.loaded.name));
    return Exit::usage;
  }
  if (!arguments.saves_back() && !may_keep_at(arguments.save, identity_of(*exploration))) {
    return Exit::usage;
  }
  const u64 end = end_of(*exploration, arguments.runs_max);
  if (arguments.save != "none") {
    items->keep_by([&] { static_cast<void>(keep(*exploration, arguments, *items)); });
  }
  ItemsEnd ended = ItemsEnd::done;
  while (exploration->seeds.next < end && ended == ItemsEnd::done) {
    // What the families of a batch see, those of the next batch know.
    const u64 batch_first = exploration->seeds.next;
    const u64 batch_end =
        std::min(end, batch_first - exploration->families() % kFamiliesAtOnce + kFamiliesAtOnce);
    if (exploration->is_between_batches()) exploration->known = exploration->seen;
    const auto work = [&](u64 seed) { return encode(explore_seed(*exploration, seed, nullptr)); };
    const auto emit = [&](const ItemDone& done) {
      std::string members = done.status == sim::RunStatus::finished
                                ? decode(done.text, *exploration)
                                : which_run(*exploration, done.index);
      if (members.empty()) return true;
      exploration->found = 1;
      exploration->members = std::move(members);
      return false;
    };
    ended = items->run(exploration->seeds.next, batch_end, work, emit);
    if (items->is_spent() && ended == ItemsEnd::done) ended = ItemsEnd::spent;
  }
  if (!Items::could_start(ended)) return Exit::environment;
  std::optional<Found> found;
  if (ended == ItemsEnd::found) {
    found = write_found(exploration->seeds.loaded, exploration->seeds.next - 1,
                        exploration->members, "forks", arguments.found);
    if (!found) return Exit::nondeterminism;
  }
  return tell(*exploration, *items, ended, found, arguments);
}

}  // namespace snowflk::tools
