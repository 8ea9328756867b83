// "Updated on stable storage before responding to RPCs" (Figure 2), in one place.
//
// A message that speaks for stored state (a vote, an append's acknowledgement or refusal, the
// node's own vote and match index) waits here until every change made before it is durable. Raft
// says which messages those are; nobody else needs to know.
//
// Changes are numbered by the store's tickets, which are never used twice: the completion of an old
// write cannot make a newer, overwriting one durable.
#pragma once

#include "core/base/ring.hpp"
#include "core/raft/output.hpp"

namespace snowflk::node {

class DurabilityGate {
 public:
  /// `ticket`: the last change made before the message was. Never falls.
  void hold(u64 ticket, const raft::Outgoing& message) {
    SNOWFLK_ASSERT(held_.empty() || held_.back().ticket <= ticket);
    held_.push_back(Held{.ticket = ticket, .message = message});
  }

  /// Whether the first message may leave: all changes up to `durable_ticket` are durable.
  [[nodiscard]] bool open(u64 durable_ticket) const {
    return !held_.empty() && held_.front().ticket <= durable_ticket;
  }

  /// REQUIRES: open().
  raft::Outgoing release() {
    SNOWFLK_ASSERT(!held_.empty());
    const raft::Outgoing message = held_.front().message;
    held_.pop_front();
    return message;
  }

  [[nodiscard]] bool empty() const { return held_.empty(); }
  void clear() { held_.clear(); }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Held {
    u64 ticket = 0;
    raft::Outgoing message;
  };
  Ring<Held> held_;
};

}  // namespace snowflk::node
