// A run that is written into a file as it goes: between the line that says which run it is and the
// line that says how it ended stands what its tracer writes.
#pragma once

#include <string_view>

#include "tools/sim_report.hpp"
#include "tools/sim_watchers.hpp"

namespace snowflk::tools {

/// Runs `seed` with `watcher` looking on, some part of which writes into `sink`. `sink`: open, and
/// empty; its error() tells whether all of it was written, and that has been complained of.
void run_into_file(const Loaded& loaded, u64 seed, FileSink& sink, std::string_view schema,
                   sim::scenario::Watcher& watcher, Finished& run);

}  // namespace snowflk::tools
