// Threads that do the pieces of a search, for sim/search, which knows of none.
//
// An assertion of the core that fails in a piece ends that piece, not the process.
#pragma once

#include "sim/search/exhaustive/search.hpp"

namespace snowflk::tools {

/// `jobs` threads, for as long as a call lasts.
sim::exhaustive::Workers worker_threads(u32 jobs);

}  // namespace snowflk::tools
