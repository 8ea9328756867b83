// A step is bounded: it applies so many entries, and gives so many bytes of replies, as Options say
// (core/node/options.hpp). A node that does all that is due in one step is deaf meanwhile, and its
// followers stand for election. What is left over is asked for at once, or it would wait for
// somebody to knock.
#pragma once

#include "sim/check/step_view.hpp"
#include "sim/options.hpp"

namespace snowflk::sim {

class BoundedSteps {
 public:
  explicit BoundedSteps(const NodeTimes& node)
      : applies_max_(node.applies_per_step_max), reply_bytes_max_(node.reply_bytes_per_step_max) {}

  [[nodiscard]] Finding observe(const StepView& view) const;

 private:
  u32 applies_max_;
  u64 reply_bytes_max_;
};

}  // namespace snowflk::sim
