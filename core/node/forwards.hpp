// Commands that went to the leader for our clients, until it answers.
//
// The stream is ordered and never doubled; when it breaks, whether the leader has the command is
// unknown, and so is the outcome. Nothing is ever forwarded twice.
#pragma once

#include <algorithm>
#include <optional>

#include "core/base/ring.hpp"
#include "core/node/origin.hpp"

namespace snowflk::node {

struct Forwarded {
  ForwardId id;
  NodeId leader;
  u64 epoch = 0;
  Origin origin;
  Instant deadline;
};

class Forwards {
 public:
  /// Returns the id under which the answer will come.
  ForwardId add(NodeId leader, u64 epoch, const Origin& origin, Instant deadline) {
    last_.value += 1;
    waiting_.push_back(Forwarded{
        .id = last_, .leader = leader, .epoch = epoch, .origin = origin, .deadline = deadline});
    return last_;
  }

  /// Who waits for `id`, no longer; nothing if nobody does.
  std::optional<Forwarded> answered(NodeId leader, ForwardId id) {
    std::optional<Forwarded> found;
    waiting_.remove_if([&](const Forwarded& forwarded) {
      if (forwarded.id != id || forwarded.leader != leader) return false;
      found = forwarded;
      return true;
    });
    return found;
  }

  /// Calls unknown(forwarded) for all that went out on the stream to `peer` up to `epoch`.
  template <class Unknown>
  void broken(NodeId peer, u64 epoch, Unknown unknown) {
    waiting_.remove_if([&](const Forwarded& forwarded) {
      if (forwarded.leader != peer || forwarded.epoch > epoch) return false;
      unknown(forwarded);
      return true;
    });
  }

  /// `leader` leads now. If that is news, all others have until `until` to answer: who is deposed
  /// without knowing it yet, or is gone, would keep our clients waiting for nothing.
  void followed(NodeId leader, Instant until) {
    if (leader == leader_) return;
    leader_ = leader;
    superseded_until_ = waiting_.empty() ? kNever : until;
  }

  template <class Unknown>
  void expire(Instant now, Unknown unknown) {
    while (!waiting_.empty() && waiting_.front().deadline <= now) {
      unknown(waiting_.front());
      waiting_.pop_front();
    }
    if (superseded_until_ > now) return;
    superseded_until_ = kNever;
    waiting_.remove_if([&](const Forwarded& forwarded) {
      if (forwarded.leader == leader_) return false;
      unknown(forwarded);
      return true;
    });
  }

  void forget(ClientId client) {
    waiting_.remove_if(
        [&](const Forwarded& forwarded) { return forwarded.origin.is_client(client); });
  }

  [[nodiscard]] Instant deadline() const {
    if (waiting_.empty()) return kNever;
    return std::min(waiting_.front().deadline, superseded_until_);
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  Ring<Forwarded> waiting_;
  NodeId leader_;                      // the newest that is known
  Instant superseded_until_ = kNever;  // the others' time to answer
  ForwardId last_;
};

}  // namespace snowflk::node
