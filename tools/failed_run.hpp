// Which run a file names: a trace that a failure left, a chain file, or a scenario with a seed.
#pragma once

#include <optional>
#include <string>

#include "sim/trace_file/trace_file.hpp"

#include "tools/sim_options.hpp"

namespace snowflk::tools {

struct FailedRun {
  Loaded loaded;
  u64 seed = 0;
  std::string origin;                                    // "seed 7 of swarm"
  std::optional<sim::trace_file::Ending> recorded = {};  // how it ended then, where the file says
};

/// A complaint has been printed, or what FILE names. `seed`: as on the command line, of a scenario;
/// empty: the one that the file has.
OrExit<FailedRun> load_failed_run(const std::string& file, const std::string& seed);

}  // namespace snowflk::tools
