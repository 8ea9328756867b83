// What a driver's part tells: something happened, let the core take a step.
#pragma once

#include "core/node/boundary.hpp"

namespace snowflk::real {

/// Steps the node and carries out its effects before it returns. What the effects do to sockets is
/// append to their buffers and no more: whoever is stepping may still be reading from one.
class StepTarget {
 public:
  virtual void step(const node::Input& input) = 0;

 protected:
  StepTarget() = default;
  StepTarget(const StepTarget&) = default;
  StepTarget& operator=(const StepTarget&) = default;
  ~StepTarget() = default;
};

}  // namespace snowflk::real
