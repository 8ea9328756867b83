#include "tools/explore_priorities.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/scenario/quantity.hpp"
#include "tools/stop_signals.hpp"

namespace snowflk::tools {
namespace {

using Json = nlohmann::ordered_json;
using sim::PriorityOptions;

constexpr std::string_view kStrategy = "priorities";

/// How late things may become: what a fast network and what a slow one shows, and what only a long
/// silence does.
constexpr std::array kWindows{milliseconds(20), milliseconds(200), seconds(1), seconds(5)};

struct Exploration {
  SeedsOf seeds;
  PriorityArguments priorities;
  std::optional<Duration> window;
  u64 failed = 0;
  u64 events = 0;
  u32 nodes = 0;  // of the largest world

  [[nodiscard]] PriorityOptions options_of(u64 seed) const {
    return PriorityOptions{.depth = priorities.depth,
                           .steps = priorities.steps,
                           .window = window.value_or(kWindows[seed % kWindows.size()])};
  }
  [[nodiscard]] u64 runs() const { return seeds.next - seeds.first; }
  [[nodiscard]] u32 lanes() const { return sim::lane_count(std::max(nodes, 1U)); }
  /// 1 / (n k^(d-1)), for people to read.
  [[nodiscard]] double probability() const {
    double share = 1.0 / lanes();
    for (unsigned change = 1; change < priorities.depth; ++change) {
      share /= static_cast<double>(priorities.steps);
    }
    return share;
  }
};

std::string run_seed(const Exploration& exploration, u64 seed) {
  sim::scenario::Scenario scenario = exploration.seeds.loaded.scenario;
  scenario.detours.priorities = exploration.options_of(seed);
  const auto options = sim::scenario::run_options(scenario, seed);
  const auto result = sim::scenario::run_in(scenario, options, nullptr);
  return fmt::format("{} {} {}", result.violation ? 1 : 0, result.events, options.nodes);
}

/// True: it failed.
bool take(const ItemDone& done, Exploration& exploration) {
  if (done.status != sim::RunStatus::finished) return true;
  std::istringstream in{done.text};
  u64 failed = 0;
  u64 events = 0;
  u32 nodes = 0;
  in >> failed >> events >> nodes;
  exploration.events += events;
  exploration.nodes = std::max(exploration.nodes, nodes);
  return failed != 0;
}

OrExit<std::optional<Duration>> window_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto window = sim::scenario::parse_duration(text);
  if (window) return *window;
  complain(fmt::format("--window: expected a duration such as 200ms, found \"{}\"", text));
  return std::unexpected(Exit::usage);
}

OrExit<Exploration> begin(const ExploreRuns& arguments, const PriorityArguments& priorities,
                          Items& items) {
  Exploration begun;
  begun.priorities = priorities;
  OrExit<SeedsOf> seeds;
  if (arguments.resume.empty()) {
    seeds = seeds_of(arguments);
  } else {
    auto kept = KeptState::load(arguments.resume, kStrategy);
    if (!kept) return std::unexpected(kept.error());
    begun.priorities.depth = kept->number32("depth", 1, sim::kPriorityDepthMax);
    begun.priorities.steps = kept->number("steps", 1, kPriorityStepsMax);
    begun.priorities.window = kept->text("window");
    begun.events = kept->count("events");
    begun.nodes = kept->number32("nodes", 0, sim::kNodesMax);
    items.begin_at(kept->count("cpu_ns"));
    seeds = seeds_of(*kept);
  }
  if (!seeds) return std::unexpected(seeds.error());
  begun.seeds = *std::move(seeds);
  const auto window = window_of(begun.priorities.window);
  if (!window) return std::unexpected(window.error());
  begun.window = *window;
  return begun;
}

KeptIdentity identity_of(const Exploration& exploration) {
  Json identity;
  identity["depth"] = exploration.priorities.depth;
  identity["steps"] = exploration.priorities.steps;
  identity["window"] = exploration.priorities.window;
  identity["first"] = exploration.seeds.first;
  return {
      .strategy = kStrategy, .loaded = &exploration.seeds.loaded, .identity = std::move(identity)};
}

bool keep(const Exploration& exploration, const ExploreRuns& arguments, const Items& items) {
  Json progress;
  progress["next"] = exploration.seeds.next;
  progress["events"] = exploration.events;
  progress["nodes"] = exploration.nodes;
  progress["cpu_ns"] = items.cpu_ns();
  return keep_state(arguments.save, identity_of(exploration), progress);
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
  const PriorityArguments& of = exploration.priorities;
  if (arguments.json) {
    Json json;
    json["runs"] = exploration.runs();
    json["failed"] = exploration.failed;
    json["events"] = exploration.events;
    json["depth"] = of.depth;
    json["steps"] = of.steps;
    json["lanes"] = exploration.lanes();
    json["probability"] = exploration.probability();
    json["cpu_ns"] = items.cpu_ns();
    add_found(json, found, kept);
    out.line(printed(json));
    return out.finish(verdict);
  }
  out.line(
      fmt::format("explored {} from seed {} on, by priorities of up to {} lanes that change at "
                  "{} of the first {} steps",
                  exploration.seeds.loaded.name, exploration.seeds.first, exploration.lanes(),
                  of.depth - 1, of.steps));
  out.line(fmt::format(
      "within the window, {}, an order of {} events that breaks something is met with a "
      "probability of at least 1/({} * {}^{}) = {:.2g} in each run",
      of.window.empty() ? "drawn for each seed" : of.window, of.depth, exploration.lanes(),
      of.steps, of.depth - 1, exploration.probability()));
  if (found) out.write(tell_found(*found));
  out.write(tell_end(ended, kStrategy, kept));
  out.line(fmt::format("runs={} failed={} events={} d={} k={} n={} p={:.2g} cpu_s={:.1f}",
                       exploration.runs(), exploration.failed, exploration.events, of.depth,
                       of.steps, exploration.lanes(), exploration.probability(),
                       static_cast<double>(items.cpu_ns()) / 1e9));
  return out.finish(verdict);
}

}  // namespace

Exit explore_priorities(const ExploreRuns& arguments, const PriorityArguments& priorities) {
  if (arguments.runs_max == 0 && arguments.budget.empty()) {
    complain("--priorities: it never ends by itself: say --budget-runs N or --budget 60s");
    return Exit::usage;
  }
  const StopSignals signals;
  auto items = Items::of(arguments);
  if (!items) return items.error();
  auto exploration = begin(arguments, priorities, *items);
  if (!exploration) return exploration.error();
  if (!arguments.saves_back() && !may_keep_at(arguments.save, identity_of(*exploration))) {
    return Exit::usage;
  }
  u64 end = INT64_MAX;
  if (arguments.runs_max > 0 && arguments.runs_max < end - exploration->seeds.next) {
    end = exploration->seeds.next + arguments.runs_max;
  }
  const auto work = [&](u64 seed) { return run_seed(*exploration, seed); };
  const auto emit = [&](const ItemDone& done) { return !take(done, *exploration); };
  if (arguments.save != "none") {
    items->keep_by([&] { static_cast<void>(keep(*exploration, arguments, *items)); });
  }
  const ItemsEnd ended = items->run(exploration->seeds.next, end, work, emit);
  if (!Items::could_start(ended)) return Exit::environment;
  std::optional<Found> found;
  if (ended == ItemsEnd::found) {
    exploration->failed = 1;
    const u64 seed = exploration->seeds.next - 1;
    found = write_found(exploration->seeds.loaded, seed,
                        sim::scenario::write(exploration->options_of(seed)), "priorities",
                        arguments.found);
    if (!found) return Exit::nondeterminism;
  }
  return tell(*exploration, *items, ended, found, arguments);
}

}  // namespace snowflk::tools
