// `snowflk sim explore --crash-points`: a run, and at each effect of it each way to crash.
#pragma once

#include "sim/search/crash_points.hpp"
#include "tools/explore_common.hpp"

namespace snowflk::tools {

inline constexpr u32 kCrashChoicesMax = 20;
inline constexpr u32 kCrashSamplesMax = 1'000'000;

Exit explore_crash_points(const ExploreRuns& arguments, const sim::search::CrashLimits& limits);

}  // namespace snowflk::tools
