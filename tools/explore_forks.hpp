// `snowflk sim explore --forks`: seeds, and from rare states of theirs other futures.
#pragma once

#include "sim/search/forks.hpp"
#include "tools/explore_common.hpp"

namespace snowflk::tools {

inline constexpr u32 kForksOfSeedMax = 100'000;

Exit explore_forks(const ExploreRuns& arguments, const sim::search::ForkLimits& limits);

}  // namespace snowflk::tools
