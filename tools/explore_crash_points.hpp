// `snowflk sim explore --crash-points`: a run, and at each effect of it each way to crash.
#pragma once

#include "sim/search/crash_points.hpp"
#include "tools/explore_common.hpp"

namespace snowflk::tools {

Exit explore_crash_points(const ExploreRuns& arguments, const sim::search::CrashLimits& limits);

}  // namespace snowflk::tools
