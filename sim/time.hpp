// Virtual time: the one clock of a simulated world. No node ever sees it (sim/clock.hpp).
#pragma once

#include "core/base/types.hpp"

namespace snowflk::sim {

/// A point in virtual time, in nanoseconds since the world began.
struct VirtualTime {
  static constexpr bool kScalar = true;
  i64 value = 0;
  [[nodiscard]] constexpr VirtualTime operator+(Duration span) const {
    return VirtualTime{value + span.value};
  }
  [[nodiscard]] constexpr VirtualTime operator-(Duration span) const {
    return VirtualTime{value - span.value};
  }
  [[nodiscard]] constexpr Duration operator-(VirtualTime other) const {
    return Duration{value - other.value};
  }
  friend constexpr auto operator<=>(VirtualTime, VirtualTime) = default;
};

/// After everything: what happens then, never happens.
inline constexpr VirtualTime kEndOfTime{INT64_MAX};

/// The n-th event of a run, from 1. Zero: no event; the cause of what came from outside.
struct EventId {
  static constexpr bool kScalar = true;
  u64 value = 0;
  friend constexpr auto operator<=>(EventId, EventId) = default;
};

}  // namespace snowflk::sim
