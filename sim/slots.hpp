// Payloads of pending events: values in numbered slots, reused so that a warm step allocates
// nothing.
#pragma once

#include <vector>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"

namespace snowflk::sim {

template <class T>
class Slots {
 public:
  /// A slot that holds whatever it last held: its buffers are there to be filled again.
  u64 take() {
    if (free_.empty()) {
      values_.emplace_back();
      return values_.size() - 1;
    }
    const u64 slot = free_.back();
    free_.pop_back();
    return slot;
  }
  /// REQUIRES: `slot` was taken and not given back.
  void give_back(u64 slot) {
    SNOWFLK_ASSERT(slot < values_.size());
    SNOWFLK_ASSERT(free_.size() < values_.size());
    free_.push_back(slot);
  }
  /// Borrowed until the next take().
  [[nodiscard]] T& operator[](u64 slot) {
    SNOWFLK_ASSERT(slot < values_.size());
    return values_[slot];
  }
  [[nodiscard]] const T& operator[](u64 slot) const {
    SNOWFLK_ASSERT(slot < values_.size());
    return values_[slot];
  }
  [[nodiscard]] std::size_t in_use() const { return values_.size() - free_.size(); }

 private:
  template <class>
  friend struct snowflk::StateOf;

  std::vector<T> values_;
  std::vector<u64> free_;
};

}  // namespace snowflk::sim
