// A queue in one array: first in, first out, and no allocation once it has grown to its load.
#pragma once

#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"

namespace snowflk {

template <class T>
class Ring {
 public:
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t size() const { return count_; }

  /// The `at`-th from the front. REQUIRES: at < size().
  [[nodiscard]] T& operator[](std::size_t at) {
    SNOWFLK_ASSERT(at < count_);
    return slots_[(first_ + at) & (slots_.size() - 1)];
  }
  [[nodiscard]] const T& operator[](std::size_t at) const {
    SNOWFLK_ASSERT(at < count_);
    return slots_[(first_ + at) & (slots_.size() - 1)];
  }
  [[nodiscard]] T& front() { return (*this)[0]; }
  [[nodiscard]] const T& front() const { return (*this)[0]; }
  [[nodiscard]] T& back() { return (*this)[count_ - 1]; }
  [[nodiscard]] const T& back() const { return (*this)[count_ - 1]; }

  void push_back(T value) { extend() = std::move(value); }
  /// A new back, which is whatever an earlier element left in its slot: the caller sets all of it,
  /// and so reuses the memory that it owns.
  [[nodiscard]] T& extend() {
    if (count_ == slots_.size()) grow();
    count_ += 1;
    return back();
  }
  /// The slot keeps what it owns, for extend().
  void pop_front() {
    SNOWFLK_ASSERT(count_ > 0);
    first_ = (first_ + 1) & (slots_.size() - 1);
    count_ -= 1;
  }
  void clear() {
    first_ = 0;
    count_ = 0;
  }

  /// Drops every element for which `unwanted` holds; the others keep their order.
  template <class Predicate>
  void remove_if(Predicate unwanted) {
    std::size_t kept = 0;
    for (std::size_t at = 0; at < count_; ++at) {
      if (unwanted((*this)[at])) continue;
      if (kept != at) std::swap((*this)[kept], (*this)[at]);
      kept += 1;
    }
    count_ = kept;
  }

 private:
  void grow() {
    std::vector<T> larger(slots_.empty() ? 8 : slots_.size() * 2);
    for (std::size_t at = 0; at < count_; ++at) larger[at] = std::move((*this)[at]);
    slots_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> slots_;  // a power of two of them
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

}  // namespace snowflk
