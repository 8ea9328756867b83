// A run that is under way: the world, and all that watches it. Shared by the phases and the verbs.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/checks.hpp"
#include "sim/scenario/claims.hpp"
#include "sim/scenario/run.hpp"

namespace snowflk::sim::scenario {

/// What is known of a run beside its world.
struct RunParts {
  const Scenario* scenario;
  Watcher* watcher;
  Explorer* explorer = nullptr;
  Checks checks;
  Tally tally;
  FiredFaults fired;
  Bindings bindings;
  u64 copied_every = 0;  // see RunManner
  Term named;            // the latest term of a leader that was named
  std::optional<Violation> violation;
  std::string excuse;  // the certificate of a cluster that could not converge, and need not

  /// A crash or a failure that waits for its effect, and the step that asked for it.
  struct Order {
    const Step* step = nullptr;
    NodeId node;
    std::optional<Trap> trap;  // nothing: the next `fails` fails
    DiskActionKind fails = DiskActionKind::sync;
  };
  std::vector<Order> orders;
  std::size_t steps_done = 0;  // of the script, the present one included
  bool passed_over = false;    // the present one finds nothing to act on
  // Of a recorded schedule:
  std::vector<std::size_t> steps_passed_over;
  std::vector<VirtualTime> steps_began;  // before they waited
  std::vector<PickedMessage> picked;
  std::vector<OperationId> proposals;

  // Of the scenario's detours:
  std::size_t forks_done = 0;
  std::optional<Trap> crash_trap;  // laid, and the event is the next one
  bool chaos_is_over = false;      // a crash point has come: what is left is to converge

  RunParts(const Scenario& of, const WorldOptions& options, Watcher* by)
      : scenario(&of), watcher(by), checks(options) {}
};

/// A value: a copy goes on by itself.
struct RunState : RunParts {
 private:
  World world_;
  bool touched_ = false;  // by hand, since the last event

 public:
  const World& world;

  RunState(const Scenario& of, const WorldOptions& options, Watcher* by)
      : RunParts(of, options, by), world_(options), world(world_) {}
  RunState(const RunState& other)
      : RunParts(other), world_(other.world_), touched_(other.touched_), world(world_) {}
  RunState& operator=(const RunState&) = delete;
  ~RunState() = default;

  /// The world, to be changed now by other than its events. Whoever watches hears of it before the
  /// next one: what cannot be had by going on from an earlier copy.
  World& hands() {
    touched_ = true;
    return world_;
  }
  /// A crash at an effect of the next event, which ends the chaos.
  void lay(const Trap& trap) {
    crash_trap = trap;
    hands().lay_trap(trap);
  }
  /// The next event that is due by `limit`. False: there is none, or a check has spoken.
  bool advance(VirtualTime limit);
  /// What the script has ordered happens now; no time passes. False: a check has spoken.
  bool settle();
  /// False: a check has spoken.
  bool run_for(Duration span);
  /// Until done(), which is asked after each event, and after `pace` without one. False: a check
  /// has spoken, or `limit` has come.
  template <class Done>
  bool run_until(VirtualTime limit, Duration pace, Done done) {
    while (!done()) {
      if (chaos_is_over) return true;
      if (advance(std::min(limit, world.now() + pace))) continue;
      if (violation) return false;
      if (world.now() >= limit) return done();
    }
    return true;
  }
  /// What the checks found is what is broken. False: they found nothing.
  bool adopt_finding() {
    if (!violation) violation = checks.violation();
    return violation.has_value();
  }
  void say(std::string_view text) const {
    if (watcher != nullptr) watcher->say(world, text);
  }
  void fail(ViolationKind kind, std::string property, std::string sentence);
  /// The script asks for what cannot be: no verdict on the core. False; but of a recorded schedule,
  /// or a part of one, such a step is passed over, and it is true.
  bool mistake(const Step& step, std::string_view why);

 private:
  void tell_touched();
  std::optional<StepRecord> next(VirtualTime limit, bool ordered);
  void take_detours();
  void look_for_crash(const StepRecord& record);
  void go_on_from_copy();
  bool take_in(const StepRecord& record);
};

/// The rest of a run, from the end of its script on: chaos, healing, claims.
void finish(RunState& run);

/// Does the whole script. False: something is broken, run.violation says what.
bool do_script(RunState& run);
/// Of a recorded schedule: all that is not by hand has happened. False as above.
bool come_to_rest(RunState& run);
/// No proposal of the script waits for its answer.
bool all_answered(const RunState& run);
/// Every crash and failure that the script ordered for a later effect has come. False as above.
bool all_orders_came(RunState& run);

/// Faults stop; the cluster must come to rest. False as above.
bool converge(RunState& run);

}  // namespace snowflk::sim::scenario
