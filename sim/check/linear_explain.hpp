// Of a history that no order explains, the few operations that show why.
#pragma once

#include <span>
#include <vector>

#include "sim/check/linear_search.hpp"

namespace snowflk::sim {

/// The operations without which there would be an order, in the order of invocation. Small, not
/// always smallest: after `steps_max` steps what is left is not made smaller. `blocked_at` as the
/// search told it. REQUIRES: `members` have no order.
std::vector<OperationId> explain(const LinearProblem& problem, LinearSearch& search,
                                 std::span<const u32> members, std::span<const Part> parts,
                                 u64 blocked_at, u64 steps_max);

}  // namespace snowflk::sim
