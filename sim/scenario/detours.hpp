// Where a run leaves the way that its seed would go: what `sim explore` tries, as plain values, so
// that what it finds is a scenario like any other (docs/EXPLORE.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/priorities.hpp"
#include "sim/record.hpp"
#include "sim/script_hooks.hpp"

namespace snowflk::sim::scenario {

/// A node crashes at one effect of one event. With it the chaos ends: the node is started again,
/// all faults stop, and the cluster must converge. Script and expectations end there too.
struct CrashPoint {
  u64 event = 0;  // the one that has, or would have had, the effect
  NodeId node;
  bool before = false;  // else after it
  std::string effect;   // as in Trap
  u32 nth = 1;          // of its kind, in this event
  CrashKind crash = CrashKind::process;
  std::string keep = {};  // of a machine: Disk::choose
  friend bool operator==(const CrashPoint&, const CrashPoint&) = default;
};

/// From this event on, all that is drawn is drawn anew.
struct ForkPoint {
  u64 event = 0;  // so many have happened
  u64 seed = 0;
  friend bool operator==(const ForkPoint&, const ForkPoint&) = default;
};

struct Detours {
  std::optional<CrashPoint> crash_point;
  std::vector<ForkPoint> forks;  // by ascending events
  std::optional<PriorityOptions> priorities;
};

/// What brings it about, laid right before its event.
Trap trap_of(const CrashPoint& point);

/// As members of a scenario file's object: `"crash_point": {...}`.
std::string write(const CrashPoint& point);
std::string write(const std::vector<ForkPoint>& forks);
std::string write(const PriorityOptions& priorities);

}  // namespace snowflk::sim::scenario
