// Majorities: how many are enough, and what a majority has reached.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"

namespace snowflk::raft {

/// The most members a cluster may have: votes fit a mask, matches fit the stack.
inline constexpr std::size_t kVotersMax = 9;

/// The smallest count of which any two sets out of `voters` share a member.
constexpr std::size_t majority(std::size_t voters) { return voters / 2 + 1; }

/// The highest value that a majority of `reached` is at or above. REQUIRES: 1 to kVotersMax values.
template <class T>
constexpr T reached_by_majority(std::span<const T> reached) {
  SNOWFLK_ASSERT(!reached.empty());
  SNOWFLK_ASSERT(reached.size() <= kVotersMax);
  std::array<T, kVotersMax> sorted{};
  std::copy(reached.begin(), reached.end(), sorted.begin());
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(reached.size());
  std::sort(sorted.begin(), end);  // Equal values are interchangeable: no tie to break.
  // Descending, position majority - 1 is the lowest of the best majority.
  return sorted[reached.size() - majority(reached.size())];
}

static_assert(majority(1) == 1);
static_assert(majority(2) == 2);
static_assert(majority(3) == 2);
static_assert(majority(4) == 3);
static_assert(reached_by_majority<LogIndex>(std::array{LogIndex{4}, LogIndex{9}, LogIndex{2}}) ==
              LogIndex{4});
static_assert(reached_by_majority<LogIndex>(std::array{LogIndex{4}, LogIndex{9}, LogIndex{2},
                                                       LogIndex{7}}) == LogIndex{4});

/// Who of the voters said yes, each counted once however often it says so.
class VoteSet {
 public:
  /// `position`: the voter's place in the configuration.
  constexpr void add(std::size_t position) {
    SNOWFLK_ASSERT(position < kVotersMax);
    granted_ = static_cast<u16>(granted_ | (1U << position));
  }
  [[nodiscard]] constexpr std::size_t count() const {
    return static_cast<std::size_t>(__builtin_popcount(granted_));
  }
  [[nodiscard]] constexpr bool contains(std::size_t position) const {
    return (granted_ >> position & 1U) != 0;
  }
  constexpr void clear() { granted_ = 0; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  u16 granted_ = 0;
};

}  // namespace snowflk::raft
