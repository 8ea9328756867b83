// Which failed run a file names: a trace that a failure left, or a scenario with a seed.
#pragma once

#include <string>

#include "tools/sim_options.hpp"

namespace snowflk::tools {

struct FailedRun {
  Loaded loaded;
  u64 seed = 0;
  std::string origin;  // "seed 7 of swarm"
};

/// A complaint has been printed, or what FILE names. `seed`: as on the command line; empty: the one
/// that the file has.
OrExit<FailedRun> load_failed_run(const std::string& file, const std::string& seed);

}  // namespace snowflk::tools
