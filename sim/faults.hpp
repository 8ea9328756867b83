// When faults happen, where, and for how long: a stream of draws for each class.
//
// Owns no state of what is broken: that is the world's, the links' and the disks'. A class that is
// off draws nothing, so that switching it changes no other.
#pragma once

#include <optional>
#include <vector>

#include "sim/options.hpp"
#include "sim/record.hpp"
#include "sim/schedule.hpp"
#include "sim/shapes.hpp"

namespace snowflk::sim {

enum class FaultClass : u8 {
  process_crash,
  machine_crash,
  power_cut,
  pause,
  partition,
  one_way,
  jam,
  client_cut,
  reset,
  clock_jump,
  stall,
  disk_full,
  rot,
  // The streams of a class have its number: what is new comes last.
  shape,
  swizzle,
  drift_change,
  effect_crash,
  bad_sector,
  stale_read,
  misdirected_read,
  misdirected_write,
  lost_file,
  wipe,
  coup,
  relapse,
  lost_vote,
  upgrade,
};
inline constexpr unsigned kFaultClassCount = 27;
constexpr std::string_view name_of(FaultClass fault) {
  switch (fault) {
    case FaultClass::process_crash: return "process_crash";
    case FaultClass::machine_crash: return "machine_crash";
    case FaultClass::power_cut: return "power_cut";
    case FaultClass::pause: return "pause";
    case FaultClass::partition: return "partition";
    case FaultClass::one_way: return "one_way";
    case FaultClass::jam: return "jam";
    case FaultClass::client_cut: return "client_cut";
    case FaultClass::reset: return "reset";
    case FaultClass::clock_jump: return "clock_jump";
    case FaultClass::stall: return "stall";
    case FaultClass::disk_full: return "disk_full";
    case FaultClass::rot: return "rot";
    case FaultClass::shape: return "shape";
    case FaultClass::swizzle: return "swizzle";
    case FaultClass::drift_change: return "drift_change";
    case FaultClass::effect_crash: return "effect_crash";
    case FaultClass::bad_sector: return "bad_sector";
    case FaultClass::stale_read: return "stale_read";
    case FaultClass::misdirected_read: return "misdirected_read";
    case FaultClass::misdirected_write: return "misdirected_write";
    case FaultClass::lost_file: return "lost_file";
    case FaultClass::wipe: return "wipe";
    case FaultClass::coup: return "coup";
    case FaultClass::relapse: return "relapse";
    case FaultClass::lost_vote: return "lost_vote";
    case FaultClass::upgrade: return "upgrade";
  }
  return "?";
}

/// One fault, drawn. Which members mean something follows from the class.
struct Fault {
  FaultClass kind = FaultClass::process_crash;
  NodeId node;      // whom it hits; nobody: the cluster
  NodeId other;     // of a link; nobody: all links of `node`
  u32 side = 0;     // of a partition: bit id - 1
  Duration length;  // zero: it has none
  Duration by;      // of a clock's jump
  i64 ppm = 0;      // of a clock's rate
  Shape shape = Shape::bridge;
  NodeOrder order;      // of a shape, or in which nodes are cut off
  NodeOrder joined;     // in which they are joined again
  bool jams = false;    // what is cut off is held, not dropped
  u32 effect = 0;       // of a crash: one of effect_name()
  u32 nth = 1;          // so many such effects from now; of a relapse: so many crashes; of an
                        // upgrade: which of the versions but the node's own
  u32 part = 0;         // of a coup: which of its cuts; of a lost vote: of which copy
  bool before = false;  // else after it
  CrashKind crash = CrashKind::process;
};

class Faults {
 public:
  Faults() = default;
  Faults(u64 seed, u32 nodes, const FaultOptions& options);

  /// Schedules the first fault of each class that is on.
  void begin(Schedule& schedule);
  /// What is drawn from here on is drawn anew; whose disks may rot stays.
  void fork(u64 number);
  /// No further fault.
  void stop() { stopped_ = true; }
  /// EventKind::fault with `argument`: draws it, and schedules the next of its class. Nothing
  /// when faults have stopped. `leader`: whom a partition or crash may aim at; nobody: unknown.
  std::optional<Fault> draw(u64 argument, NodeId leader, Schedule& schedule);

  /// How long a node stays down.
  Duration down_time(NodeId node);
  [[nodiscard]] Prng& rot_stream() { return rot_; }
  /// Of who is left out when all is healed.
  [[nodiscard]] Prng& healing_stream() { return healing_; }
  [[nodiscard]] Prng& place_stream(FaultClass kind) {
    return classes_[static_cast<unsigned>(kind)].place;
  }
  /// One that was drawn came to something: the node was up, the link open, the disk not empty.
  void count(FaultClass kind) { counts_[static_cast<unsigned>(kind)] += 1; }
  [[nodiscard]] bool enabled(FaultClass kind) const { return interval(kind) != Duration{0}; }
  [[nodiscard]] u64 counted(FaultClass kind) const { return counts_[static_cast<unsigned>(kind)]; }
  [[nodiscard]] const FaultOptions& options() const { return options_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Class {
    Prng time, place, length;
  };
  [[nodiscard]] Duration interval(FaultClass kind) const;
  NodeId draw_node(Class& of, NodeId leader) const;
  Fault draw_partition(Class& of, NodeId leader) const;
  Fault draw_link(FaultClass kind, Class& of, NodeId leader) const;
  NodeOrder draw_order(Class& of, NodeId first) const;
  Fault draw_shape(Class& of, NodeId leader) const;
  Fault draw_swizzle(Class& of) const;
  Fault draw_coup(Class& of, NodeId leader) const;
  Fault draw_relapse(Class& of, NodeId leader) const;
  Fault draw_effect_crash(Class& of, NodeId leader) const;
  Fault draw_upgrade(Class& of, NodeId leader) const;
  void schedule_next(FaultClass kind, Schedule& schedule);

  FaultOptions options_;
  u32 nodes_ = 0;
  bool stopped_ = false;
  Class classes_[kFaultClassCount];
  u64 counts_[kFaultClassCount] = {};
  std::vector<Prng> down_times_;  // by id - 1
  std::vector<NodeId> rotten_;    // the nodes whose disks may be damaged: drawn at the start
  Prng rot_;
  Prng healing_;
};

}  // namespace snowflk::sim
