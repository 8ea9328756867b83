// Two values that one register would have had to hold at once: found without a search.
//
// Where each value is written by one operation at most, a key held it for one span of time, which
// covers what lies between the first return and the last invocation of those who wrote or read it,
// its zone (Gibbons and Korach, "Testing Shared Memories", SIAM J. Comput. 26(4), 1997, section 3).
// A search may go back for ever over orders that such a pair rules out.
#pragma once

#include <vector>

#include "sim/check/linear_problem.hpp"

namespace snowflk::sim {

/// Operations of two values of one key, the fewest that show it, in the order of invocation; or one
/// that read what nobody has written. Empty: there are none, which alone says nothing. Looks at
/// keys of which all that may write is a plain set. In time n log n.
std::vector<OperationId> conflicting_zones(const LinearProblem& problem);

}  // namespace snowflk::sim
