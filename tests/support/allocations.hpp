// How often the running test program has allocated: for tests that say "this allocates nothing".
#pragma once

#include "core/base/types.hpp"

namespace snowflk::testing {

/// Calls of operator new so far, of any kind and by any thread. Every test program counts.
u64 allocations();

}  // namespace snowflk::testing
