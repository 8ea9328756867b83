// One run of a scenario: its script, its two phases, its checks, and the verdict.
#pragma once

#include <string>
#include <string_view>

#include "core/base/hash.hpp"
#include "sim/check/violation.hpp"
#include "sim/scenario/fault_report.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/world.hpp"

namespace snowflk::sim::scenario {

/// Who looks on while a run goes on: a story, a trace. What is passed is borrowed for the call.
class Watcher {
 public:
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  virtual ~Watcher() = default;
  /// After every event.
  virtual void event(const World& world, const StepRecord& record) = 0;
  /// The script does something, or the run enters a phase.
  virtual void say(const World& world, std::string_view text) = 0;
  /// Before an event: since the last one the world was changed by hand, by the script or the
  /// healing. Between two such calls its own steps alone have changed it.
  virtual void touched(const World&) {}
  /// After the last event.
  virtual void ended(const World&) {}
  /// Asked after every event. False: the run ends here, and its violation is kStopped.
  [[nodiscard]] virtual bool goes_on() const { return true; }
};

/// The property of a run that its watcher ended: no verdict.
inline constexpr std::string_view kStopped = "stopped";

struct RunState;

/// Who looks for other ways that a run could go: it is asked before each event, and may copy the
/// run and go on with the copy (go_on(), finish_chaos_of()).
class Explorer {
 public:
  Explorer() = default;
  Explorer(const Explorer&) = delete;
  Explorer& operator=(const Explorer&) = delete;
  virtual ~Explorer() = default;
  /// The next event comes if it is due by `limit`; with `ordered`, if a script ordered it for now.
  /// False: the run ends here, and its violation is kStopped.
  virtual bool before_event(const RunState& run, VirtualTime limit, bool ordered) = 0;
};

/// Which of the messages that fitted a step was meant, counted from the oldest, 1.
struct PickedMessage {
  std::size_t step = 0;
  u64 place = 0;
  u64 of = 0;       // so many fitted
  u64 frame = 0;    // frame_hash() of it
  u64 ordinal = 0;  // its number among those of its kind on its link
};

struct RunResult {
  u64 seed = 0;
  std::optional<Violation> violation;  // nothing: it passed
  /// The certificate of a cluster that could not converge, and need not; empty: it converged, or
  /// did not have to.
  std::string excuse;
  /// A crash point or fork of the scenario that never came, so that the run shows nothing of it, in
  /// a sentence; empty: all came.
  std::string missed;
  /// The search for an order of the clients' operations was ended by its bound; the committed log
  /// alone has judged them.
  bool search_was_cut = false;
  u64 events = 0;
  VirtualTime end;
  Digest digest;
  std::optional<Digest> state;  // of the world at the end, where it was asked for
  FiredFaults faults;           // how often which came
  std::size_t steps_done = 0;   // of the script, the one that broke something included
  // Of a recorded schedule:
  std::vector<std::size_t> steps_passed_over;  // they found nothing to act on
  std::vector<VirtualTime> steps_began;        // each, before it waited
  std::vector<PickedMessage> picked;           // by steps that mean one message, in order
};

/// The options of a run: those of the file, over none or over the seed's draw.
WorldOptions run_options(const Scenario& scenario, u64 seed);

/// How a run goes on, beside what happens in it: nothing that it does may depend on that.
struct RunManner {
  u64 copied_every = 0;     // after so many events it goes on with a copy of its world; 0: never
  bool with_state = false;  // its result tells the state at the end
};

/// `watcher` may be null.
RunResult run(const Scenario& scenario, u64 seed, Watcher* watcher, const RunManner& manner = {});
/// The same in a world of these options, whatever the scenario says of them.
RunResult run_in(const Scenario& scenario, const WorldOptions& options, Watcher* watcher,
                 Explorer* explorer = nullptr, const RunManner& manner = {});

}  // namespace snowflk::sim::scenario
