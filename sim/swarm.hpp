// The swarm: which faults exist in a run, how strong they are, and how large everything is, all
// drawn from the seed.
//
// Each class of faults is off in half of all seeds; three runs in ten have no disk fault at all.
// What is on has a rate drawn evenly over octaves. Rot stays on fewer nodes than half, so that the
// rest can, and must, converge when the faults have stopped.
#pragma once

#include "sim/options.hpp"

namespace snowflk::sim {

/// Valid options; equal seeds, equal options.
WorldOptions swarm_options(u64 seed);

}  // namespace snowflk::sim
