// The verbs of a script that drive disks: operation by operation, read by read, with failures and
// rot.
#pragma once

#include "sim/scenario/run_state.hpp"

namespace snowflk::sim::scenario {

/// REQUIRES: one of hold_disk, release_disk, finish, finish_read, fail, rot. False: something is
/// broken, run.violation says what.
bool do_on_disk(RunState& run, const Step& step);

}  // namespace snowflk::sim::scenario
