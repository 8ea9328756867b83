// The swarm: which faults exist in a run, how strong they are, and how large everything is, all
// drawn from the seed.
//
// Each class of faults is off in half of all seeds or more; three runs in ten have no disk fault at
// all. What is on has a rate drawn evenly over octaves. What damages disks stays on fewer nodes
// than half, so that the rest can, and must, converge when the faults have stopped; but for
// `beyond`, where it need not. Disks that lie about a sync are in none. In half of all worlds fewer
// nodes than half stay in a fault for good when the others are healed.
#pragma once

#include "sim/options.hpp"
#include "sim/random.hpp"

namespace snowflk::sim {

enum class Mode : u8 {
  lite,    // small worlds, few and mild faults: 100,000 seeds are cheap
  swarm,   // every fault, within the bounds that a cluster must recover from
  beyond,  // beyond those bounds: whatever comes, nothing acknowledged is contradicted
};
constexpr std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::lite: return "lite";
    case Mode::swarm: return "swarm";
    case Mode::beyond: return "beyond";
  }
  return "?";
}

/// Whether that generator version knows the mode: versions from 1, lite and beyond from 2.
bool draws(u32 generator, Mode mode);

/// Valid options; equal arguments, equal options, for ever. REQUIRES: draws(generator, mode).
WorldOptions swarm_options(u64 seed, u32 generator = kGeneratorVersion, Mode mode = Mode::swarm);

}  // namespace snowflk::sim
