// A node that is kept busy by nothing: it asks for a deadline that is over, again and again, or is
// stepped without end while no time passes. On a real machine that is a core at 100 %, for ever.
//
// Time is data here, so such a run would go on and might even pass: the check makes it a finding of
// liveness.
#pragma once

#include <vector>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

class SpinningNode {
 public:
  /// A node whose work does not end asks for a past deadline too, but applies something each time;
  /// so many times without are no accident.
  static constexpr u64 kWakesMax = 1000;
  static constexpr Duration kWindow = milliseconds(10);
  /// What a paused node finds when it goes on, or a jam lets go, comes at one instant, and is less.
  static constexpr u64 kInputsPerInstantMax = 100'000;

  Finding observe(const StepView& view);

 private:
  struct Of {
    Instant instant;
    u64 inputs = 0;  // at `instant`
    Instant window;  // where it began
    u64 wakes = 0;   // since then, without anything applied
    LogIndex applied;
  };
  std::vector<Of> nodes_;  // by id - 1
};

}  // namespace snowflk::sim
