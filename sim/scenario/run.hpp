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
};

struct RunResult {
  u64 seed = 0;
  std::optional<Violation> violation;  // nothing: it passed
  u64 events = 0;
  VirtualTime end;
  Digest digest;
  FiredFaults faults;  // how often which came
};

/// The options of a run: those of the file, over none or over the seed's draw.
WorldOptions run_options(const Scenario& scenario, u64 seed);

/// `watcher` may be null.
RunResult run(const Scenario& scenario, u64 seed, Watcher* watcher);

}  // namespace snowflk::sim::scenario
