#include "sim/scenario/run.hpp"

#include <utility>

#include <fmt/format.h>

#include "sim/scenario/run_state.hpp"
#include "sim/scenario/telling.hpp"
#include "sim/state/state.hpp"
#include "sim/swarm.hpp"

namespace snowflk::sim::scenario {
namespace {

/// The chaos of a file lasts at least for its duration, however short its script is.
bool finish_chaos(RunState& run) {
  const VirtualTime end{run.world.options().chaos.value};
  return run.world.now() >= end || run.run_for(Duration{(end - run.world.now()).value});
}

bool final_claims(RunState& run) {
  for (const Claim& claim : run.scenario->expect) {
    const auto why = broken(claim, run.world, run.tally, run.bindings);
    if (!why) continue;
    run.fail(ViolationKind::safety, "expectation",
             claim.path + " (line " + std::to_string(claim.line) + "): " + *why);
    return false;
  }
  return true;
}

/// A control that ends as it must has passed.
void judge_verdict(RunState& run) {
  const Scenario& scenario = *run.scenario;
  if (!scenario.verdict) return;
  if (run.violation && run.violation->kind == ViolationKind::mistake) return;
  const std::string wanted = scenario.property.empty() ? std::string{} : " of " + scenario.property;
  if (!run.violation) {
    run.fail(ViolationKind::safety, "verdict",
             fmt::format("every run must end in a violation of {}{}, and this one passes",
                         name_of(*scenario.verdict), wanted));
    return;
  }
  const bool as_wanted =
      run.violation->kind == *scenario.verdict &&
      (scenario.property.empty() || scenario.property == run.violation->property);
  if (!as_wanted) return;
  run.say(fmt::format("flagged, as it must be: {} does not hold: {}", run.violation->property,
                      run.violation->sentence));
  run.violation.reset();
}

/// From the end of the script on. False: something is broken.
bool do_rest(RunState& run) {
  if (run.watcher != nullptr && !run.scenario->script.empty()) {
    say_logs(run, run.world.nodes());
  }
  if (!finish_chaos(run)) return false;
  const bool as_told = !run.chaos_is_over;
  if (as_told && !all_orders_came(run)) return false;
  run.checks.look(run.world);
  if (run.adopt_finding()) return false;
  if ((run.scenario->heal || !as_told) && !converge(run)) return false;
  return !as_told || final_claims(run);
}

}  // namespace

void RunState::tell_touched() {
  if (!touched_) return;
  touched_ = false;
  if (watcher != nullptr) watcher->touched(world);
}

// The original is gone: what the copy shares with it, or has lost, shows from here on.
void RunState::go_on_from_copy() {
  if (copied_every == 0 || world_.counters().events % copied_every != 0) return;
  World copy = world_;
  world_ = std::move(copy);
}

bool RunState::advance(VirtualTime limit) {
  go_on_from_copy();
  const auto record = next(limit, false);
  return record && take_in(*record);
}

bool RunState::settle() {
  while (const auto record = next(world.now(), true)) {
    if (!take_in(*record)) return false;
  }
  return !violation;
}

std::optional<StepRecord> RunState::next(VirtualTime limit, bool ordered) {
  if (chaos_is_over && !world.healed()) return std::nullopt;
  take_detours();
  if (explorer != nullptr && !explorer->before_event(*this, limit, ordered)) {
    fail(ViolationKind::mistake, std::string{kStopped}, "whoever explored it has seen enough");
    return std::nullopt;
  }
  tell_touched();
  return ordered ? world_.step_ordered() : world_.step(limit);
}

void RunState::take_detours() {
  const Detours& detours = scenario->detours;
  const u64 events = world.counters().events;
  while (forks_done < detours.forks.size() && detours.forks[forks_done].event == events) {
    hands().fork(detours.forks[forks_done].seed);
    forks_done += 1;
  }
  const auto& point = detours.crash_point;
  if (!point || crash_trap || point->event != events + 1) return;
  if (point->node.value > world.size()) return;
  lay(trap_of(*point));
}

// A crash point that a node does not reach any more is none.
void RunState::look_for_crash(const StepRecord& record) {
  if (world.has_sprung()) return;
  if (std::holds_alternative<NodeCrashed>(record.what)) {
    chaos_is_over = !world.is_laid(*crash_trap);
  }
  hands().take_away(*crash_trap);
  crash_trap.reset();
}

bool RunState::take_in(const StepRecord& record) {
  if (crash_trap) look_for_crash(record);
  tally.observe(record);
  count_fault(record.what, fired);
  if (watcher != nullptr) watcher->event(world, record);
  if (watcher != nullptr && !watcher->goes_on()) {
    fail(ViolationKind::mistake, std::string{kStopped}, "whoever watched it has seen enough");
    return false;
  }
  if (record.stepped) {
    checks.observe(world.view(record));
    if (adopt_finding()) return false;
  }
  if (world.violation()) {
    violation = world.violation();
    return false;
  }
  return true;
}

bool RunState::run_for(Duration span) {
  const VirtualTime end = world.now() + span;
  while (advance(end)) {
  }
  return !violation;
}

void RunState::fail(ViolationKind kind, std::string property, std::string sentence) {
  violation =
      Violation{.property = std::move(property), .kind = kind, .sentence = std::move(sentence)};
}

bool RunState::mistake(const Step& step, std::string_view why) {
  if (scenario->recorded) {
    say(fmt::format("passed over: {}", why));
    passed_over = true;
    return true;
  }
  fail(ViolationKind::mistake, "script",
       fmt::format("{} (line {}): {}", step.path, step.line, why));
  return false;
}

WorldOptions run_options(const Scenario& scenario, u64 seed) {
  WorldOptions options =
      options_of(scenario, scenario.swarm ? swarm_options(seed, scenario.generator, scenario.mode)
                                          : quiet_options(scenario));
  options.seed = seed;
  return options;
}

RunResult run(const Scenario& scenario, u64 seed, Watcher* watcher, const RunManner& manner) {
  return run_in(scenario, run_options(scenario, seed), watcher, nullptr, manner);
}

namespace {

/// Which of the scenario's detours never came, in a sentence; empty: none. A run that ended by a
/// violation owes none, also one that had to (then judge_verdict() has taken it away).
std::string missed_detour(const RunState& run) {
  const Detours& detours = run.scenario->detours;
  const u64 events = run.world.counters().events;
  if (run.violation || run.scenario->verdict) return {};
  if (detours.crash_point && !run.chaos_is_over) {
    const CrashPoint& point = *detours.crash_point;
    if (events < point.event) {
      return fmt::format("its crash_point is at event {}, and the run has {}", point.event, events);
    }
    return fmt::format("its crash_point is {} {} of n{} in event {}, and no such effect was there",
                       point.before ? "before" : "after", point.effect, point.node.value,
                       point.event);
  }
  if (run.forks_done == detours.forks.size()) return {};
  return fmt::format("it has a fork after event {}, and the run has {}",
                     detours.forks[run.forks_done].event, events);
}

}  // namespace

// What was broken is said by run.violation.
void finish(RunState& run) {
  if (!run.violation) static_cast<void>(do_rest(run));
  if (!run.violation) run.checks.finish(run.world);
  static_cast<void>(run.adopt_finding());
  if (run.watcher != nullptr) run.watcher->ended(run.world);
  add_counters(run.world, run.fired);
  if (!run.chaos_is_over) judge_verdict(run);
}

RunResult run_in(const Scenario& scenario, const WorldOptions& options, Watcher* watcher,
                 Explorer* explorer, const RunManner& manner) {
  RunState run{scenario, options, watcher};
  run.explorer = explorer;
  run.copied_every = manner.copied_every;
  if (scenario.detours.priorities) run.hands().prioritize(*scenario.detours.priorities);
  static_cast<void>(do_script(run));
  finish(run);
  std::optional<Digest> state;
  if (manner.with_state) state = state::digest_of(run.world);
  return RunResult{.seed = options.seed,
                   .violation = run.violation,
                   .excuse = std::move(run.excuse),
                   .missed = missed_detour(run),
                   .search_was_cut = run.checks.search_was_cut(),
                   .events = run.world.counters().events,
                   .end = run.world.now(),
                   .digest = run.world.digest(),
                   .state = state,
                   .faults = run.fired,
                   .steps_done = run.steps_done,
                   .steps_passed_over = std::move(run.steps_passed_over),
                   .steps_began = std::move(run.steps_began),
                   .picked = std::move(run.picked)};
}

}  // namespace snowflk::sim::scenario
