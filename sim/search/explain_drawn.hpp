// Why a seed fails: which of the classes of faults that it draws are needed, and by when it is
// lost.
#pragma once

#include <string_view>
#include <vector>

#include "sim/search/trial.hpp"

namespace snowflk::sim::search {

/// What becomes of a run without one class of its faults.
struct WithoutClass {
  std::string_view name;
  Failure failure;  // none: it passes
};

struct DrawnExplanation {
  std::vector<WithoutClass> without;     // of each class that is on
  std::vector<std::string_view> enough;  // with these alone it fails alike
  /// With faults up to this time it fails alike; a millisecond less, and it does not. 0: it does
  /// with no time for faults.
  Duration decided_at;
  u64 runs = 0;
};

/// REQUIRES: a run of `scenario` in a world of `options` fails like `failure`.
DrawnExplanation explain_drawn(const scenario::Scenario& scenario, const WorldOptions& options,
                               const Failure& failure, u32 jobs);

}  // namespace snowflk::sim::search
