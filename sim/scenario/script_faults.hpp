// The verbs of a script that break networks, disks and clocks in ways that a swarm has too.
#pragma once

#include "sim/scenario/run_state.hpp"

namespace snowflk::sim::scenario {

/// REQUIRES: one of split, bridge, ring, jam, wipe, lose_file, bad_sector, stale_read,
/// misdirected_read, misdirected_write, mend, lie, honest, drift, jump. False: something is broken,
/// run.violation says what.
bool do_fault(RunState& run, const Step& step);

/// In which order a jam lets go, as a `heal` says.
ReleaseOrder release_order(const Step& step);

}  // namespace snowflk::sim::scenario
