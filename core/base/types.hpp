// The quantities of the system, each a type of its own with only the arithmetic that means
// something.
//
// Owns no behaviour. A scalar type has one member, `value`, and the mark `kScalar`, by which codec,
// printer and digest (base/describe.hpp) know it.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace snowflk {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

/// Borrowed bytes. Whoever takes them says for how long.
using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

/// What a value is made of, private members too: a friend of each class whose whole state may be
/// compared. The lists are the simulator's (sim/state).
template <class T>
struct StateOf;

inline Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span{text}); }
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Raft's logical clock (§5.1). Zero: before the first election.
struct Term {
  static constexpr bool kScalar = true;
  u64 value = 0;
  [[nodiscard]] constexpr Term next() const { return Term{value + 1}; }
  friend constexpr auto operator<=>(Term, Term) = default;
};

/// A position in the log. The first entry has index 1; zero: before the first entry.
struct LogIndex {
  static constexpr bool kScalar = true;
  u64 value = 0;
  [[nodiscard]] constexpr LogIndex next() const { return LogIndex{value + 1}; }
  /// REQUIRES: value > 0.
  [[nodiscard]] constexpr LogIndex previous() const { return LogIndex{value - 1}; }
  [[nodiscard]] constexpr LogIndex operator+(u64 count) const { return LogIndex{value + count}; }
  [[nodiscard]] constexpr u64 operator-(LogIndex other) const { return value - other.value; }
  friend constexpr auto operator<=>(LogIndex, LogIndex) = default;
};

/// A member of the cluster. Zero is nobody: no leader, no vote, the empty sender.
struct NodeId {
  static constexpr bool kScalar = true;
  u32 value = 0;
  [[nodiscard]] constexpr bool nobody() const { return value == 0; }
  friend constexpr auto operator<=>(NodeId, NodeId) = default;
};

/// Which cluster a frame or a directory belongs to.
struct ClusterId {
  static constexpr bool kScalar = true;
  u64 value = 0;
  friend constexpr auto operator<=>(ClusterId, ClusterId) = default;
};

/// How often a node's directory has been started. The first start is 1.
struct Incarnation {
  static constexpr bool kScalar = true;
  u64 value = 0;
  [[nodiscard]] constexpr Incarnation next() const { return Incarnation{value + 1}; }
  friend constexpr auto operator<=>(Incarnation, Incarnation) = default;
};

/// A span of time, in nanoseconds.
struct Duration {
  static constexpr bool kScalar = true;
  i64 value = 0;
  [[nodiscard]] constexpr Duration operator+(Duration other) const {
    return Duration{value + other.value};
  }
  [[nodiscard]] constexpr Duration operator-(Duration other) const {
    return Duration{value - other.value};
  }
  [[nodiscard]] constexpr Duration operator*(i64 factor) const { return Duration{value * factor}; }
  [[nodiscard]] constexpr Duration operator/(i64 divisor) const {
    return Duration{value / divisor};
  }
  friend constexpr auto operator<=>(Duration, Duration) = default;
};

constexpr Duration nanoseconds(i64 count) { return Duration{count}; }
constexpr Duration microseconds(i64 count) { return Duration{count * 1'000}; }
constexpr Duration milliseconds(i64 count) { return Duration{count * 1'000'000}; }
constexpr Duration seconds(i64 count) { return Duration{count * 1'000'000'000}; }

/// A point on a node's own monotonic clock, in nanoseconds since an origin of no meaning.
struct Instant {
  static constexpr bool kScalar = true;
  i64 value = 0;
  [[nodiscard]] constexpr Instant operator+(Duration span) const {
    return Instant{value + span.value};
  }
  [[nodiscard]] constexpr Instant operator-(Duration span) const {
    return Instant{value - span.value};
  }
  [[nodiscard]] constexpr Duration operator-(Instant other) const {
    return Duration{value - other.value};
  }
  friend constexpr auto operator<=>(Instant, Instant) = default;
};

/// Later than every instant a clock shows: no deadline.
inline constexpr Instant kNever{INT64_MAX};

/// Milliseconds since 1970, from a wall clock that may jump. Only stamps; it never decides.
struct WallTime {
  static constexpr bool kScalar = true;
  i64 value = 0;
  friend constexpr auto operator<=>(WallTime, WallTime) = default;
};

}  // namespace snowflk
