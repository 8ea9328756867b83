// All replicas agree on the state at every index: equal indexes, equal digests, whoever applied
// them, and however often a node was started.
#pragma once

#include <vector>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

class StateDigest {
 public:
  Finding observe(const StepView& view);

 private:
  struct State {
    u64 digest = 0;
    NodeId node;  // who had it first; nobody: not known
  };
  std::vector<State> states_;  // by index
};

}  // namespace snowflk::sim
