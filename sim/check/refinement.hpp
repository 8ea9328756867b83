// Refinement: whatever a node does in a step is what the specification of Raft (spec/server.hpp)
// allows it to do then, by one action or by a few in a row.
//
// Owns how a step is read as actions: the message that the node took in, then what it did by
// itself, and that what it says is so. Of the node it believes no event, but that it started and
// that it refused what it heard: what it reads are the node's variables after the step and the
// frames that reach and leave it. The cost is that of what has changed.
#pragma once

#include <vector>

#include "sim/check/spec/server.hpp"
#include "sim/check/step_view.hpp"

namespace snowflk::sim {

/// Who is told of each action, after it.
class ActionListener {
 public:
  ActionListener() = default;
  ActionListener(const ActionListener&) = delete;
  ActionListener& operator=(const ActionListener&) = delete;
  virtual ~ActionListener() = default;
  /// `peer`: whose message it was; nobody: none was.
  virtual void taken(const StepView& view, spec::Action action, NodeId peer,
                     const spec::Server& server) = 0;
};

class Refinement {
 public:
  /// Of a cluster of so many. REQUIRES: 1 <= servers <= spec::kServersMax.
  explicit Refinement(u32 servers = 3);

  /// `listener` may be null.
  Finding observe(const StepView& view, ActionListener* listener = nullptr);
  [[nodiscard]] const spec::Server& server(NodeId node) const {
    return nodes_[node.value - 1].server;
  }

 private:
  struct Of {
    spec::Server server;
    bool has_started = false;
    std::size_t next_run = 0;  // of its log: what is looked at first after a quiet step
  };
  std::vector<Of> nodes_;
  std::vector<Term> terms_;  // of a message's entries; reused
};

}  // namespace snowflk::sim
