// "If election timeout elapses without receiving AppendEntries RPC from current leader or granting
// vote to candidate: convert to candidate" (Figure 2, followers); and of candidates: "If election
// timeout elapses: start new election".
//
// Who is impatient loses no entry, but stands against the very candidate that it voted for, and
// elections go on for ever where messages are slow. So each node is held to the shortest election
// timeout, by its own clock: it asks for votes no earlier than that after it has heard of its
// leader, has voted, or has asked before.
#pragma once

#include <optional>
#include <vector>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

class ElectionPatience {
 public:
  explicit ElectionPatience(Duration timeout_min) : timeout_min_(timeout_min) {}

  /// `leader_heard`: hears_leader(view).
  Finding observe(const StepView& view, bool leader_heard);

 private:
  enum class Reason : u8 { leader_heard, vote_granted, votes_asked };
  struct Since {
    Instant clock;
    Reason reason = Reason::leader_heard;
  };

  void reset(const StepView& view, Reason reason);
  [[nodiscard]] Finding asks_for_votes(const StepView& view) const;

  Duration timeout_min_;
  std::vector<std::optional<Since>> nodes_;  // by id - 1; nothing since it was started
};

}  // namespace snowflk::sim
