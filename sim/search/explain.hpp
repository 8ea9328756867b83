// Why a schedule fails: which of its steps are needed, and from which on nothing helps any more.
#pragma once

#include <string>
#include <vector>

#include "sim/search/trial.hpp"

namespace snowflk::sim::search {

/// What becomes of a run without one of its steps.
struct Without {
  std::size_t step = 0;
  Failure failure;  // none: it passes
};

struct Explanation {
  std::vector<Without> without;  // of each step, in order
  /// From here on the run is lost: with all steps up to this one, and then a cluster that is healed
  /// and left alone, it fails in the same way. SIZE_MAX: only the whole schedule does.
  std::size_t decided_at = SIZE_MAX;
  u64 runs = 0;
};

/// REQUIRES: `recording` fails like `failure`.
Explanation explain(const Recording& recording, const Failure& failure);

}  // namespace snowflk::sim::search
