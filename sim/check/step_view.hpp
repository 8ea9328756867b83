// What a check sees of one step of one node: its events, what leaves it, and its log after it.
//
// Everything is borrowed for the length of observe(). A check keeps copies of what it needs, so
// that it stays a value and can be forked with the world.
#pragma once

#include <span>

#include "core/base/types.hpp"
#include "core/node/boundary.hpp"

namespace snowflk::raft {
class Log;
}
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
  const raft::Log* log = nullptr;     // null until the node runs
  const node::Node* state = nullptr;  // null in tests that need no node
};

}  // namespace snowflk::sim
