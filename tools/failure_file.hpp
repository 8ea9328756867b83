// What a run that failed leaves behind: its trace, as a file that `sim replay` reads.
#pragma once

#include <string>

#include "tools/sim_report.hpp"

namespace snowflk::tools {

/// What the files of a run are called, before what they are: "snowflk-fig8-seed1". What the
/// scenario's own name, if it was made so, says already is not said again.
std::string file_name_of(const Loaded& loaded, u64 seed);

/// Runs the seed again, with its trace written into `directory`, and completes `run`: the file, and
/// whether it went the same way. A file that cannot be written is complained of and left out. Where
/// an assertion ends the run, so does the trace.
void leave_failure_file(const Loaded& loaded, const std::string& directory, Finished& run);

/// Runs the seed and writes every event into `file`, with `also` looking on (or null). False: the
/// file could not be written, and that has been complained of.
bool run_traced(const Loaded& loaded, u64 seed, const std::string& file,
                sim::scenario::Watcher* also, Finished& run);

}  // namespace snowflk::tools
