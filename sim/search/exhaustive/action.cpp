// What may happen in a world. What comes of it is told in stepper.cpp.
#include "sim/search/exhaustive/action.hpp"

#include <bit>

#include "core/raft/events.hpp"
#include "core/raft/quorum.hpp"

namespace snowflk::sim::exhaustive {
namespace {

bool leads(const SmallNode& node) {
  return static_cast<raft::Role>(node.role) == raft::Role::leader;
}

/// A node that will crash decides at each change whether that will be durable before.
bool has_choice(const SmallNode& node) { return node.crashes > 0 && node.doomed == 0; }

void add(const SmallNode& node, Action action, std::vector<Action>& into) {
  into.push_back(action);
  if (!has_choice(node)) return;
  action.dooms = true;
  into.push_back(action);
}

void actions_of_node(const SmallWorld& world, const Bounds& bounds, u8 at,
                     std::vector<Action>& into) {
  const SmallNode& node = world.nodes[at];
  if (node.crashes > 0) {
    into.push_back({.kind = ActionKind::crash_losing, .node = at});
    if (node.doomed != 0) into.push_back({.kind = ActionKind::crash_keeping, .node = at});
  }
  if (leads(node) && world.entries > 0) add(node, {.kind = ActionKind::propose, .node = at}, into);
  if (leads(node) && world.heartbeats > 0) {
    into.push_back({.kind = ActionKind::heartbeat, .node = at});
  }
  if (node.now.term >= bounds.terms) return;
  // So many answers are enough to win, and one to learn of a newer term.
  const int others = static_cast<int>(raft::majority(bounds.nodes)) - 1;
  for (u32 asked = 1; asked < 1U << bounds.nodes; ++asked) {
    if ((asked >> at & 1U) != 0 || std::popcount(asked) > others) continue;
    add(node,
        {.kind = ActionKind::campaign,
         .node = at,
         .asked = static_cast<u8>(asked),
         .steps_down = leads(node)},
        into);
  }
}

void arrivals(const SmallNode& node, const SmallMessage& message, Action action,
              std::vector<Action>& into) {
  add(node, action, into);
  // A leader does not listen to who would depose it, unless it has been alone for too long.
  if (!leads(node) || message.kind != MessageKind::request_vote) return;
  if (message.term <= node.now.term) return;
  action.steps_down = true;
  add(node, action, into);
}

void actions_of_link(const SmallWorld& world, u8 from, u8 to, std::vector<Action>& into) {
  const SmallWorld::Link& link = world.links[from][to];
  if (link.size == 0) return;
  const SmallNode& node = world.nodes[to];
  Action action{.kind = ActionKind::deliver, .node = to, .other = from};
  arrivals(node, link.at[0], action, into);
  if (node.down != 0) {
    into.push_back({.kind = ActionKind::lose, .node = to, .other = from});
  } else if (world.drops > 0) {
    into.push_back({.kind = ActionKind::drop, .node = to, .other = from});
  }
  if (world.duplicates > 0) {
    action.kind = ActionKind::duplicate;
    arrivals(node, link.at[0], action, into);
  }
  if (world.overtakes == 0) return;
  action.kind = ActionKind::overtake;
  for (action.position = 1; action.position < link.size; ++action.position) {
    arrivals(node, link.at[action.position], action, into);
  }
}

}  // namespace

void actions_of(const SmallWorld& world, const Bounds& bounds, std::vector<Action>& into) {
  into.clear();
  for (u8 node = 0; node < bounds.nodes; ++node) actions_of_node(world, bounds, node, into);
  for (u8 to = 0; to < bounds.nodes; ++to) {
    for (u8 from = 0; from < bounds.nodes; ++from) actions_of_link(world, from, to, into);
  }
}

}  // namespace snowflk::sim::exhaustive
