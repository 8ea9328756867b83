#include "sim/scenario/script_faults.hpp"

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "sim/scenario/targets.hpp"

namespace snowflk::sim::scenario {
namespace {

NodeOrder order_of(const std::vector<NodeId>& nodes) {
  NodeOrder order;
  for (const NodeId node : nodes) {
    if (order.count == order.ids.size()) break;
    order.ids[order.count] = static_cast<u8>(node.value);
    order.count += 1;
  }
  return order;
}

u32 set_of(const std::vector<NodeId>& nodes) {
  u32 set = 0;
  for (const NodeId node : nodes) set |= 1U << (node.value - 1);
  return set;
}

/// `first`, then all others by their numbers.
NodeOrder order_around(const World& world, NodeId first) {
  std::vector<NodeId> nodes{first};
  for (const NodeId node : world.nodes()) {
    if (node != first) nodes.push_back(node);
  }
  return order_of(nodes);
}

bool do_ring(RunState& run, const Step& step) {
  const std::vector<NodeId> nodes = nodes_of(run, step);
  u32 seen = 0;
  for (const NodeId node : nodes) {
    const u32 bit = 1U << (node.value - 1);
    if ((seen & bit) != 0) {
      return run.mistake(step,
                         fmt::format("{} stands twice in the ring", run.bindings.print(node)));
    }
    seen |= bit;
  }
  if (nodes.size() == run.world.size() && run.hands().shape(Shape::ring, order_of(nodes))) {
    return true;
  }
  return run.mistake(step, "a ring is made of all nodes, four or more");
}

bool do_bridge(RunState& run, const Step& step) {
  const NodeOrder order = order_around(run.world, run.bindings.node(step.nodes[0]));
  if (run.hands().shape(Shape::bridge, order)) return true;
  return run.mistake(step, "a bridge needs three nodes or more");
}

/// What is done to a directory is done while nobody has it open.
bool stop_first(RunState& run, NodeId node, CrashKind kind) {
  run.hands().crash(node, kind);
  return run.settle();
}

bool do_wipe(RunState& run, const Step& step) {
  for (const NodeId node : nodes_of(run, step)) {
    if (!stop_first(run, node, CrashKind::process)) return false;
    run.hands().wipe(node);
  }
  return true;
}

bool do_lose_file(RunState& run, const Step& step) {
  const NodeId node = run.bindings.node(step.nodes[0]);
  if (!stop_first(run, node, CrashKind::machine)) return false;
  if (run.hands().lose_file(node, file_named(step.text))) return true;
  return run.mistake(step, fmt::format("{} has no file {}", run.bindings.print(node), step.text));
}

BlemishKind blemish_of(Verb verb) {
  if (verb == Verb::stale_read) return BlemishKind::stale_read;
  if (verb == Verb::misdirected_read) return BlemishKind::misdirected_read;
  if (verb == Verb::misdirected_write) return BlemishKind::misdirected_write;
  SNOWFLK_ASSERT(verb == Verb::bad_sector);
  return BlemishKind::bad_sector;
}

/// A sector goes bad alone; whatever else happens to a page happens to all of it.
bool do_blemish_by_file(RunState& run, const Step& step, NodeId node) {
  DiskBlemished told{.kind = blemish_of(step.verb),
                     .file = file_named(step.text),
                     .offset = step.byte,
                     .once = step.once};
  if (step.verb == Verb::bad_sector) {
    told.sectors = static_cast<u8>(1U << step.byte % kPageBytes / kSectorBytes);
  }
  if (!step.other_file.empty()) told.other = file_named(step.other_file);
  told.other_offset = step.other_byte;
  if (run.hands().blemish_place(node, told)) return true;
  const std::string other = step.other_file.empty() ? ""
                                                    : fmt::format(", or no byte {} in a file {}",
                                                                  step.other_byte, step.other_file);
  return run.mistake(step, fmt::format("{} has no byte {} in a file {}{}", run.bindings.print(node),
                                       step.byte, step.text, other));
}

bool do_blemish(RunState& run, const Step& step) {
  const NodeId node = run.bindings.node(step.nodes[0]);
  if (!step.text.empty()) return do_blemish_by_file(run, step, node);
  const LogIndex other{step.other};
  if (run.hands().blemish_entry(node, blemish_of(step.verb), LogIndex{step.number}, other,
                                step.once)) {
    return true;
  }
  return run.mistake(step, fmt::format("{} has no durable entry {}{} that holds something",
                                       run.bindings.print(node), step.number,
                                       step.other == 0 ? "" : fmt::format(" or {}", step.other)));
}

LastingFault lasting_fault(std::string_view word) {
  for (unsigned at = 1; at <= kLastingFaultCount; ++at) {
    if (word == name_of(static_cast<LastingFault>(at))) return static_cast<LastingFault>(at);
  }
  SNOWFLK_ASSERT(false);  // Another word does not pass the gate.
  return LastingFault::none;
}

/// Who is left out stays in the first fault that was said.
bool do_leave_out(RunState& run, const Step& step) {
  for (const NodeId node : nodes_of(run, step)) {
    if (run.world.is_left_out(node)) {
      return run.mistake(step, fmt::format("{} is left out already", run.bindings.print(node)));
    }
    run.hands().leave_out(node, lasting_fault(step.word));
    if (!run.settle()) return false;
  }
  return true;
}

bool do_jam(RunState& run, const Step& step) {
  for (const auto& [from, to] : links_of(run, step)) run.hands().cut(from, to, LinkState::jam);
  return true;
}

}  // namespace

ReleaseOrder release_order(const Step& step) {
  if (step.text == "kept") return ReleaseOrder::kept;
  if (step.text == "reversed") return ReleaseOrder::reversed;
  return ReleaseOrder::drawn;
}

bool do_fault(RunState& run, const Step& step) {
  World& world = run.hands();
  const std::vector<NodeId> nodes = nodes_of(run, step);
  if (step.verb == Verb::jam) return do_jam(run, step);
  if (step.verb == Verb::bridge) return do_bridge(run, step);
  if (step.verb == Verb::ring) return do_ring(run, step);
  if (step.verb == Verb::leave_out) return do_leave_out(run, step);
  if (step.verb == Verb::wipe) return do_wipe(run, step);
  if (step.verb == Verb::lose_file) return do_lose_file(run, step);
  if (step.verb == Verb::split) {
    world.split(set_of(nodes));
  } else if (step.verb == Verb::mend) {
    for (const NodeId node : nodes) world.lift_faults(node);
  } else if (step.verb == Verb::lie || step.verb == Verb::honest) {
    for (const NodeId node : nodes) world.set_lying(node, step.verb == Verb::lie);
  } else if (step.verb == Verb::drift) {
    world.set_drift(nodes[0], step.amount);
  } else if (step.verb == Verb::jump) {
    world.jump_clock(nodes[0], Duration{step.amount});
  } else {
    return do_blemish(run, step);
  }
  return true;
}

}  // namespace snowflk::sim::scenario
