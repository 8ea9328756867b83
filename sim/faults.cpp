#include "sim/faults.hpp"

#include <algorithm>
#include <utility>

#include "sim/clock.hpp"
#include "sim/script_hooks.hpp"

namespace snowflk::sim {

Faults::Faults(u64 seed, u32 nodes, const FaultOptions& options)
    : options_(options),
      nodes_(nodes),
      rot_(stream_of(seed, 0, Stream::rot)),
      healing_(stream_of(seed, 0, Stream::healing)) {
  for (unsigned kind = 0; kind < kFaultClassCount; ++kind) {
    classes_[kind].time = stream_of(seed, kind, Stream::fault_time);
    classes_[kind].place = stream_of(seed, kind, Stream::fault_place);
    classes_[kind].length = stream_of(seed, kind, Stream::fault_length);
  }
  for (u32 id = 1; id <= nodes; ++id) down_times_.push_back(stream_of(seed, id, Stream::restart));
  // Drawn once a run, so that rot stays within the nodes that the cluster can do without.
  for (u32 id = 1; id <= nodes; ++id) rotten_.push_back(NodeId{id});
  while (rotten_.size() > options.rot_nodes_max) {
    rotten_.erase(rotten_.begin() + static_cast<std::ptrdiff_t>(rot_.below(rotten_.size())));
  }
}

Duration Faults::interval(FaultClass kind) const {
  const i64 nodes = nodes_;
  const auto damaging = [&](Duration every) { return rotten_.empty() ? Duration{0} : every; };
  switch (kind) {
    case FaultClass::process_crash: return options_.process_crash_every / nodes;
    case FaultClass::machine_crash: return options_.machine_crash_every / nodes;
    case FaultClass::power_cut: return options_.power_cut_every;
    case FaultClass::pause: return options_.pause_every / nodes;
    case FaultClass::partition: return options_.partition_every;
    case FaultClass::one_way: return options_.one_way_every;
    case FaultClass::jam: return options_.jam_every;
    case FaultClass::client_cut: return options_.client_cut_every;
    case FaultClass::reset: return options_.reset_every;
    case FaultClass::clock_jump: return options_.clock_jump_every / nodes;
    case FaultClass::stall: return options_.stall_every / nodes;
    case FaultClass::disk_full: return options_.disk_full_every / nodes;
    case FaultClass::shape: return options_.shape_every;
    case FaultClass::swizzle: return options_.swizzle_every;
    case FaultClass::drift_change: return options_.drift_change_every / nodes;
    case FaultClass::effect_crash: return options_.effect_crash_every / nodes;
    case FaultClass::bad_sector: return options_.bad_sector_every / nodes;
    case FaultClass::rot: return damaging(options_.rot_every);
    case FaultClass::stale_read: return damaging(options_.stale_read_every);
    case FaultClass::misdirected_read: return damaging(options_.misdirected_read_every);
    case FaultClass::misdirected_write: return damaging(options_.misdirected_write_every);
    case FaultClass::lost_file: return damaging(options_.lost_file_every);
    case FaultClass::wipe: return damaging(options_.wipe_every);
    case FaultClass::coup: return options_.coup_every;
    case FaultClass::relapse: return options_.relapse_every;
    case FaultClass::lost_vote: return damaging(options_.lost_vote_every);
    case FaultClass::upgrade: return options_.upgrade_every / nodes;
  }
  return Duration{0};
}

void Faults::begin(Schedule& schedule) {
  for (unsigned kind = 0; kind < kFaultClassCount; ++kind) {
    schedule_next(static_cast<FaultClass>(kind), schedule);
  }
}

void Faults::schedule_next(FaultClass kind, Schedule& schedule) {
  const Duration mean = interval(kind);
  if (mean == Duration{0}) return;
  Prng& time = classes_[static_cast<unsigned>(kind)].time;
  schedule.push(Pending{.at = schedule.now() + geometric(time, mean),
                        .cause = {},
                        .argument = static_cast<u64>(kind),
                        .kind = EventKind::fault});
}

std::optional<Fault> Faults::draw(u64 argument, NodeId leader, Schedule& schedule) {
  if (stopped_) return std::nullopt;
  SNOWFLK_ASSERT(argument < kFaultClassCount);
  const FaultClass kind = static_cast<FaultClass>(argument);
  Class& of = classes_[argument];
  schedule_next(kind, schedule);
  Fault fault;
  fault.kind = kind;
  switch (kind) {
    case FaultClass::process_crash:
    case FaultClass::machine_crash: fault.node = draw_node(of, leader); return fault;
    case FaultClass::power_cut: return fault;
    case FaultClass::pause:
      fault.node = draw_node(of, leader);
      fault.length = geometric(of.length, options_.pause_mean);
      return fault;
    case FaultClass::partition: return draw_partition(of, leader);
    case FaultClass::one_way:
    case FaultClass::jam: return draw_link(kind, of, leader);
    case FaultClass::client_cut:
      fault.node = draw_node(of, leader);
      fault.length = geometric(of.length, options_.cut_mean);
      return fault;
    case FaultClass::reset:
      fault.node = draw_node(of, {});
      fault.other = draw_node(of, {});
      return fault;
    case FaultClass::clock_jump:
      fault.node = draw_node(of, {});
      fault.by = of.length.between(seconds(-10), seconds(10));
      return fault;
    case FaultClass::stall:
      fault.node = draw_node(of, leader);
      fault.length = geometric(of.length, options_.stall_mean);
      return fault;
    case FaultClass::disk_full:
      fault.node = draw_node(of, leader);
      fault.length = geometric(of.length, options_.disk_full_mean);
      return fault;
    case FaultClass::rot:
    case FaultClass::stale_read:
    case FaultClass::misdirected_read:
    case FaultClass::misdirected_write:
    case FaultClass::lost_file:
    case FaultClass::wipe:
    case FaultClass::lost_vote: fault.node = rotten_[of.place.below(rotten_.size())]; return fault;
    case FaultClass::bad_sector: fault.node = draw_node(of, leader); return fault;
    case FaultClass::drift_change:
      fault.node = draw_node(of, leader);
      fault.ppm = of.length.between(Duration{-kDriftPpmMax}, Duration{kDriftPpmMax}).value;
      return fault;
    case FaultClass::shape: return draw_shape(of, leader);
    case FaultClass::swizzle: return draw_swizzle(of);
    case FaultClass::effect_crash: return draw_effect_crash(of, leader);
    case FaultClass::coup: return draw_coup(of, leader);
    case FaultClass::relapse: return draw_relapse(of, leader);
    case FaultClass::upgrade: return draw_upgrade(of, leader);
  }
  return std::nullopt;
}

// Any node; the leader far more often than its turn, for there most can go wrong.
NodeId Faults::draw_node(Class& of, NodeId leader) const {
  const bool aimed = of.place.chance({1, 2});
  const NodeId any{static_cast<u32>(1 + of.place.below(nodes_))};
  return aimed && !leader.nobody() ? leader : any;
}

Fault Faults::draw_partition(Class& of, NodeId leader) const {
  const bool isolates = of.place.chance({2, 3});
  const NodeId alone = draw_node(of, leader);
  const u32 split = static_cast<u32>(of.place.below(1ULL << nodes_));
  const u32 side = isolates ? 1U << (alone.value - 1) : split;
  const Duration length = geometric(of.length, options_.cut_mean);
  Fault fault;
  fault.kind = FaultClass::partition;
  fault.side = side;
  fault.length = length;
  return fault;
}

// One direction of one link, or all that a node sends, or all that it hears.
Fault Faults::draw_link(FaultClass kind, Class& of, NodeId leader) const {
  const NodeId node = draw_node(of, leader);
  const u64 shape = of.place.below(4);
  const NodeId other{static_cast<u32>(1 + of.place.below(nodes_))};
  Fault fault;
  fault.kind = kind;
  fault.node = node;
  fault.other = other;
  if (shape == 0 || other == node) fault.other = NodeId{};
  if (shape == 1) {
    fault.node = NodeId{};
    fault.other = node;
  }
  fault.length = geometric(of.length, options_.cut_mean);
  return fault;
}

/// `first`, if it is somebody, and the others in a drawn order.
NodeOrder Faults::draw_order(Class& of, NodeId first) const {
  NodeOrder order;
  order.count = nodes_;
  for (u32 at = 0; at < nodes_; ++at) order.ids[at] = static_cast<u8>(at + 1);
  for (u32 left = nodes_; left > 1; --left) {
    std::swap(order.ids[left - 1], order.ids[of.place.below(left)]);
  }
  if (!first.nobody()) std::swap(order.ids[0], *std::ranges::find(order.ids, first.value));
  return order;
}

Fault Faults::draw_shape(Class& of, NodeId leader) const {
  Fault fault;
  fault.kind = FaultClass::shape;
  fault.shape = static_cast<Shape>(of.place.below(kShapeCount));
  fault.node = draw_node(of, leader);
  fault.order = draw_order(of, fault.node);
  fault.length = geometric(of.length, options_.cut_mean);
  return fault;
}

// Some nodes, one at least, in one order; joined in another.
Fault Faults::draw_swizzle(Class& of) const {
  Fault fault;
  fault.kind = FaultClass::swizzle;
  fault.order = draw_order(of, {});
  fault.order.count = static_cast<u32>(1 + of.place.below(nodes_));
  fault.joined = fault.order;
  for (u32 left = fault.joined.count; left > 1; --left) {
    std::swap(fault.joined.ids[left - 1], fault.joined.ids[of.place.below(left)]);
  }
  fault.jams = of.place.chance({3, 4});
  fault.length = geometric(of.length, options_.cut_mean);
  return fault;
}

// What comes often is waited for longer: of a hundred syncs the first is no better than the last.
Fault Faults::draw_effect_crash(Class& of, NodeId leader) const {
  constexpr Duration kWaitMean = seconds(1);
  Fault fault;
  fault.kind = FaultClass::effect_crash;
  fault.node = draw_node(of, leader);
  fault.effect = static_cast<u32>(of.place.below(kEffectCount));
  fault.nth = static_cast<u32>(1 + of.place.below(8));
  fault.before = of.place.chance({1, 2});
  const bool machine = of.place.chance({1, 2});
  fault.crash = machine ? CrashKind::machine : CrashKind::process;
  fault.length = geometric(of.length, kWaitMean);
  return fault;
}

// Whom it deposes, and who is cut off with it, are the first of the order. Without a leader there
// is nobody to depose.
Fault Faults::draw_coup(Class& of, NodeId leader) const {
  Fault fault;
  fault.kind = FaultClass::coup;
  fault.node = leader;
  fault.order = draw_order(of, leader);
  return fault;
}

Fault Faults::draw_relapse(Class& of, NodeId leader) const {
  Fault fault;
  fault.kind = FaultClass::relapse;
  fault.node = draw_node(of, leader);
  fault.nth = static_cast<u32>(2 + of.place.below(7));
  const bool machine = of.place.chance({1, 4});
  fault.crash = machine ? CrashKind::machine : CrashKind::process;
  fault.length = geometric(of.length, options_.relapse_mean);
  return fault;
}

// Upgrades and downgrades: 0 to upgrade_ahead_max minors ahead of ours, but never behind, for who
// is behind and who is ahead have no version in common.
Fault Faults::draw_upgrade(Class& of, NodeId leader) const {
  Fault fault;
  fault.kind = FaultClass::upgrade;
  fault.node = draw_node(of, leader);
  fault.nth = static_cast<u32>(1 + of.place.below(options_.upgrade_ahead_max));
  return fault;
}

Duration Faults::down_time(NodeId node) {
  return milliseconds(10) + geometric(down_times_[node.value - 1], options_.down_mean);
}

void Faults::fork(u64 number) {
  for (Class& of : classes_) {
    for (Prng* random : {&of.time, &of.place, &of.length}) random->fork(number);
  }
  for (Prng& random : down_times_) random.fork(number);
  rot_.fork(number);
  healing_.fork(number);
}

}  // namespace snowflk::sim
