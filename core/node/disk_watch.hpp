// For how long the disk has ended nothing of what it has begun.
//
// Writes and reads have a watch each: a cache may answer reads while nothing reaches the platter.
#pragma once

#include "core/base/types.hpp"

namespace snowflk::node {

class DiskWatch {
 public:
  /// `owes`: something was begun and is not ended; `ended`: another number when something was.
  void look(Instant now, bool owes, u64 ended) {
    if (!owes) {
      since_ = kNever;
    } else if (since_ == kNever || ended != ended_) {
      since_ = now;
    }
    ended_ = ended;
  }
  [[nodiscard]] bool has_waited(Instant now, Duration span) const {
    return since_ != kNever && now - since_ >= span;
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  Instant since_ = kNever;
  u64 ended_ = 0;
};

}  // namespace snowflk::node
