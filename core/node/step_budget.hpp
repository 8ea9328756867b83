// What one step may still do. What is left over waits for the next step, which is wanted at once.
#pragma once

#include <algorithm>

#include "core/base/types.hpp"

namespace snowflk::node {

class StepBudget {
 public:
  StepBudget(u32 entries, u64 reply_bytes) : entries_(entries), reply_bytes_(reply_bytes) {}
  [[nodiscard]] bool spent() const { return entries_ == 0 || reply_bytes_ == 0; }
  void spend_entry() { entries_ -= std::min(entries_, 1U); }
  /// The last reply may go over what is left: a reply is never cut in two.
  void spend_reply(u64 bytes) { reply_bytes_ -= std::min(reply_bytes_, bytes); }

 private:
  u32 entries_;
  u64 reply_bytes_;
};

}  // namespace snowflk::node
