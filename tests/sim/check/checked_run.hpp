// A world with all checks on: faults, healing, rest, and the verdict. For tests of checks and for
// properties; `sim run` has its own loop, with scripts and stories.
#pragma once

#include "sim/check/checks.hpp"
#include "sim/world.hpp"

namespace snowflk::sim::testing {

struct CheckedRun {
  explicit CheckedRun(const WorldOptions& options) : world(options), checks(options) {}

  World world;
  Checks checks;

  /// False: a promise is broken.
  bool run_until(VirtualTime end) {
    while (const auto record = world.step(end)) {
      if (record->stepped) checks.observe(world.view(*record));
      if (checks.violation()) return false;
    }
    return true;
  }
  bool run_for(Duration span) { return run_until(world.now() + span); }

  /// Chaos, and then as long after the healing as clients still ask, at most converge_within.
  const std::optional<Violation>& run() {
    if (!run_for(world.options().chaos)) return checks.violation();
    checks.look(world);
    world.heal();
    world.limit_operations(5 * world.options().workload.clients);
    const VirtualTime limit = world.now() + world.options().converge_within;
    while (world.now() < limit && !world.clients().done()) {
      if (!run_for(milliseconds(50))) return checks.violation();
    }
    checks.finish(world);
    return checks.violation();
  }
};

}  // namespace snowflk::sim::testing
