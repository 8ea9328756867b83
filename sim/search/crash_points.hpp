// All crash points of a run: at each effect of it the world is copied, the node ends there in each
// way in which it may, and the copy must heal, converge, and have lost nothing.
//
// Effects are disk operations that are done, messages and replies. Of each step with messages, the
// points are before the first and after each: right after one is right before the next.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/violation.hpp"
#include "sim/scenario/run.hpp"

namespace snowflk::sim::search {

/// Where a node may end, in the order of events. How it ends is left open.
/// REQUIRES: the run passes, or ends in a check.
std::vector<scenario::CrashPoint> crash_points_of(const scenario::Scenario& scenario,
                                                  const WorldOptions& options);

struct CrashLimits {
  u32 choices_max = 12;  // so many sectors, lengths and names: all subsets of them are tried
  u32 samples = 64;      // of more: none of them, all of them, and others to this number
};

struct CrashCounts {
  u64 points = 0;
  u64 forks = 0;
  u64 events = 0;    // of all forks together, from where they began
  u64 complete = 0;  // points of which all subsets were tried
  u64 sampled = 0;   // points that had more
  u64 drawn = 0;     // subsets that were tried of those
};

struct CrashFinding {
  scenario::CrashPoint point;
  Violation violation;
};

struct CrashTrial {
  CrashCounts counts;
  std::optional<CrashFinding> finding;  // the first; nothing was tried after it
};

/// Tries `points`, which are some of crash_points_of(), in their order. `about_to` is told of each
/// fork before it goes on: it may end in an assertion.
CrashTrial try_crash_points(const scenario::Scenario& scenario, const WorldOptions& options,
                            std::span<const scenario::CrashPoint> points, const CrashLimits& limits,
                            const std::function<void(const scenario::CrashPoint&)>& about_to);

}  // namespace snowflk::sim::search
