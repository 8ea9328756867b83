// A node refuses what cannot be true (core/raft/contradiction.cpp). In a simulated cluster nobody
// lies: who is refused so has broken one of Figure 3's properties, or whoever refuses has.
#pragma once

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

class Contradictions {
 public:
  Finding observe(const StepView& view) const;
};

}  // namespace snowflk::sim
