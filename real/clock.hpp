// The machine's clocks and its entropy: the only place where the server asks for either.
#pragma once

#include "core/node/boundary.hpp"

namespace snowflk::real {

Instant monotonic_now();
WallTime wall_now();
node::Now now();

/// 64 bits that nobody can guess, from the kernel. Ends the process if there are none.
u64 entropy();

}  // namespace snowflk::real
