// What one step may still do. What is left over waits for the next step, which is wanted at once.
#pragma once

#include <algorithm>

#include "core/base/types.hpp"
#include "core/node/limits.hpp"

namespace snowflk::node {

class StepBudget {
 public:
  [[nodiscard]] bool spent() const { return entries_ == 0 || reply_bytes_ == 0; }
  void spend_entry() { entries_ -= std::min(entries_, 1U); }
  /// The last reply may go over what is left: a reply is never cut in two.
  void spend_reply(u64 bytes) { reply_bytes_ -= std::min(reply_bytes_, bytes); }

 private:
  u32 entries_ = limits::kAppliesPerStepMax;
  u64 reply_bytes_ = limits::kReplyBytesPerStepMax;
};

}  // namespace snowflk::node
