#include "sim/faults.hpp"

#include <algorithm>

namespace snowflk::sim {

Faults::Faults(u64 seed, u32 nodes, const FaultOptions& options)
    : options_(options), nodes_(nodes), rot_(stream_of(seed, 0, Stream::rot)) {
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
    case FaultClass::rot: return rotten_.empty() ? Duration{0} : options_.rot_every;
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
  Fault fault{.kind = kind, .node = {}, .other = {}, .side = 0, .length = {}, .by = {}};
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
    case FaultClass::rot: fault.node = rotten_[of.place.below(rotten_.size())]; return fault;
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
  return Fault{.kind = FaultClass::partition,
               .node = {},
               .other = {},
               .side = side,
               .length = length,
               .by = {}};
}

// One direction of one link, or all that a node sends, or all that it hears.
Fault Faults::draw_link(FaultClass kind, Class& of, NodeId leader) const {
  const NodeId node = draw_node(of, leader);
  const u64 shape = of.place.below(4);
  const NodeId other{static_cast<u32>(1 + of.place.below(nodes_))};
  Fault fault{.kind = kind, .node = node, .other = other, .side = 0, .length = {}, .by = {}};
  if (shape == 0 || other == node) fault.other = NodeId{};
  if (shape == 1) {
    fault.node = NodeId{};
    fault.other = node;
  }
  fault.length = geometric(of.length, options_.cut_mean);
  return fault;
}

Duration Faults::down_time(NodeId node) {
  return milliseconds(10) + geometric(down_times_[node.value - 1], options_.down_mean);
}

}  // namespace snowflk::sim
