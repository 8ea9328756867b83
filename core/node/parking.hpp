// Requests that cannot go on yet: no leader is known, no stream stands to it, or the log has no
// room. Nothing of them has happened, so when their time is up they are refused, not "unknown".
#pragma once

#include <vector>

#include "core/base/ring.hpp"
#include "core/node/limits.hpp"
#include "core/node/origin.hpp"

namespace snowflk::node {

struct Parked {
  Origin origin;
  std::vector<std::byte> command;
  Instant deadline;
};

class Parking {
 public:
  [[nodiscard]] bool full() const { return parked_.size() >= limits::kParkedRequestsMax; }
  [[nodiscard]] bool empty() const { return parked_.empty(); }

  /// Keeps a copy of `command`. REQUIRES: !full().
  void add(const Origin& origin, Bytes command, Instant deadline) {
    SNOWFLK_ASSERT(!full());
    Parked& parked = parked_.extend();
    parked.origin = origin;
    parked.command.assign(command.begin(), command.end());
    parked.deadline = deadline;
  }

  /// Calls admit(parked) from the front, in the order they came, until one must go on waiting.
  template <class Admit>
  void retry(Admit admit) {
    while (!parked_.empty() && admit(parked_.front())) parked_.pop_front();
  }

  /// Calls refuse(parked) for each whose deadline has passed.
  template <class Refuse>
  void expire(Instant now, Refuse refuse) {
    parked_.remove_if([&](const Parked& parked) {
      if (parked.deadline > now) return false;
      refuse(parked);
      return true;
    });
  }

  void forget(ClientId client) {
    parked_.remove_if([&](const Parked& parked) { return parked.origin.is_client(client); });
  }

  [[nodiscard]] Instant deadline() const {
    Instant earliest = kNever;
    for (std::size_t at = 0; at < parked_.size(); ++at) {
      earliest = parked_[at].deadline < earliest ? parked_[at].deadline : earliest;
    }
    return earliest;
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  Ring<Parked> parked_;
};

}  // namespace snowflk::node
