// A node's own clocks: a monotonic one with an origin and a rate of its own, and a wall clock that
// may jump.
//
// monotonic(t) = base + (t - since) * (1 + drift / 10^6), in whole nanoseconds; it never goes back,
// not even when the rate changes. A paused node's clock goes on.
#pragma once

#include "core/base/assert.hpp"
#include "core/node/boundary.hpp"
#include "sim/time.hpp"

namespace snowflk::sim {

inline constexpr i64 kDriftPpmMax = 50'000;

class Clock {
 public:
  Clock() = default;
  /// REQUIRES: |drift_ppm| <= kDriftPpmMax; origin and wall_offset not negative by more than what
  /// the clock has run (they are chosen at the start).
  Clock(Instant origin, i64 drift_ppm, Duration wall_offset)
      : base_(origin), drift_ppm_(drift_ppm), wall_offset_(wall_offset) {
    SNOWFLK_ASSERT(drift_ppm <= kDriftPpmMax);
    SNOWFLK_ASSERT(drift_ppm >= -kDriftPpmMax);
  }

  [[nodiscard]] Instant monotonic(VirtualTime at) const {
    SNOWFLK_ASSERT(at >= since_);
    return base_ + elapsed(at - since_);
  }

  [[nodiscard]] WallTime wall(VirtualTime at) const {
    constexpr i64 kWorldBeganMs = 1'700'000'000'000;
    return WallTime{kWorldBeganMs + (monotonic(at).value + wall_offset_.value) / 1'000'000};
  }

  [[nodiscard]] node::Now now(VirtualTime at) const {
    return node::Now{.monotonic = monotonic(at), .wall = wall(at)};
  }

  /// The first virtual time, not before `from`, at which the monotonic clock shows `deadline` or
  /// later. kNever: kEndOfTime.
  [[nodiscard]] VirtualTime when(Instant deadline, VirtualTime from) const {
    if (deadline == kNever) return kEndOfTime;
    if (monotonic(from) >= deadline) return from;
    const i64 ahead = (deadline - base_).value;  // positive: monotonic(from) >= base_
    const i64 rate = kMillion + drift_ppm_;
    VirtualTime at = since_ + Duration{ahead / rate * kMillion + ahead % rate * kMillion / rate};
    while (monotonic(at) < deadline) at.value += 1;
    while (at > from && monotonic(VirtualTime{at.value - 1}) >= deadline) at.value -= 1;
    return at;
  }

  void jump_wall(Duration by) { wall_offset_ = wall_offset_ + by; }

  /// The clock shows `by` more at once, as if time had passed. REQUIRES: by >= 0.
  void advance(VirtualTime at, Duration by) {
    SNOWFLK_ASSERT(by.value >= 0);
    base_ = monotonic(at) + by;
    since_ = at;
  }

  /// From `at` on, the clock runs at another rate.
  void set_drift(VirtualTime at, i64 drift_ppm) {
    SNOWFLK_ASSERT(drift_ppm <= kDriftPpmMax);
    SNOWFLK_ASSERT(drift_ppm >= -kDriftPpmMax);
    base_ = monotonic(at);
    since_ = at;
    drift_ppm_ = drift_ppm;
  }

  [[nodiscard]] i64 drift_ppm() const { return drift_ppm_; }
  [[nodiscard]] Duration wall_offset() const { return wall_offset_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  static constexpr i64 kMillion = 1'000'000;

  /// `span` by this clock's rate, without overflow. Monotone in `span`: whole millionths are exact,
  /// and the rest moves by less than a nanosecond a nanosecond.
  [[nodiscard]] Duration elapsed(Duration span) const {
    const i64 whole = span.value / kMillion * drift_ppm_;
    const i64 rest = span.value % kMillion * drift_ppm_ / kMillion;
    return Duration{span.value + whole + rest};
  }

  VirtualTime since_;
  Instant base_;
  i64 drift_ppm_ = 0;
  Duration wall_offset_;
};

}  // namespace snowflk::sim
