// "Election Safety: at most one leader can be elected in a given term." (Figure 3)
#pragma once

#include <map>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

class ElectionSafety {
 public:
  Finding observe(const StepView& view);

 private:
  struct Elected {
    NodeId node;
    Instant at;
  };
  std::map<Term, Elected> leaders_;
};

}  // namespace snowflk::sim
