// What a check sees of one step of one node: its events, what leaves it, and its log after it.
//
// Everything is borrowed for the length of observe(). A check keeps copies of what it needs, so
// that it stays a value and can be forked with the world.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "core/base/types.hpp"
#include "core/node/boundary.hpp"
#include "core/raft/events.hpp"
#include "core/raft/log.hpp"
#include "sim/check/violation.hpp"

namespace snowflk::node {
class Node;
}

namespace snowflk::sim {

struct StepView {
  NodeId node;
  Instant at;     // virtual time, the world's
  u64 event = 0;  // the world's id of the event that this step was
  std::span<const node::Event> events;
  std::span<const node::Send> sends;
  std::span<const node::Reply> replies;
  NodeId heard_from;         // whose frame was this step's input; nobody: none was
  Bytes heard;               // that frame, as it arrived
  bool heard_wrong = false;  // the node is to refuse it: a bit was turned, or it is foreign
  u64 client_events = 0;     // how many the clients' history has so far
  Term term;                 // the node's current term; zero until it runs
  NodeId voted_for;          // in that term
  raft::Role role = raft::Role::follower;
  LogIndex commit;                    // its commitIndex
  LogIndex applied;                   // up to where its machine is
  Instant clock;                      // the node's own, monotonic
  Instant deadline = kNever;          // when it wants to be called at the latest, by that clock
  bool woken_in_vain = false;         // by a deadline, and its next one is over as well
  const raft::Log* log = nullptr;     // null until the node runs
  const node::Node* state = nullptr;  // null in tests that need no node
};

/// What observe() returns: nothing, or the promise that this step broke.
using Finding = std::optional<Violation>;

/// Calls visit(event) for each event of the step, as what it is.
template <class Visit>
void for_each_event(const StepView& view, Visit&& visit) {
  for (const node::Event& joined : view.events) {
    std::visit([&](const auto& module) { std::visit(visit, module); }, joined);
  }
}

/// The step took in an AppendEntries of the node's current leader.
bool hears_leader(const StepView& view);

/// "3" of node 3.
inline std::string text_of(NodeId node) { return std::to_string(node.value); }
/// "1.234567 s"
std::string text_of(Instant at);

}  // namespace snowflk::sim
