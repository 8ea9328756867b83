// `snowflk sim explore --priorities`: many seeds, each scheduled by random priorities.
#pragma once

#include "sim/priorities.hpp"
#include "tools/explore_common.hpp"

namespace snowflk::tools {

inline constexpr u64 kPriorityStepsMax = 1'000'000'000;

struct PriorityArguments {
  unsigned depth = 3;
  u64 steps = 2000;
  std::string window;  // empty: drawn for each seed
};

Exit explore_priorities(const ExploreRuns& arguments, const PriorityArguments& priorities);

}  // namespace snowflk::tools
