// What a node says of its stored state must be so after every crash.
//
// Two promises leave a node in messages (Figure 2: "Updated on stable storage before responding to
// RPCs"): a vote, which it gives to one candidate in a term; and that its log equals the leader's
// up to an index. This check believes no event: it reads the frames that leave the node, and holds
// them against those of earlier incarnations and against the log that comes back from the disk.
#pragma once

#include <map>
#include <vector>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

/// Votes: a node votes for one candidate in a term, over all its incarnations; and one that starts
/// again knows of the last vote that it told of.
class VoteOnce {
 public:
  Finding observe(const StepView& view);

 private:
  Finding voted(const StepView& view, Term term, NodeId candidate);
  [[nodiscard]] Finding started(const StepView& view) const;

  struct Vote {
    NodeId node;
    Term term;
    friend auto operator<=>(const Vote&, const Vote&) = default;
  };
  std::map<Vote, NodeId> candidates_;  // of all votes that were told of
};

/// Entries: what a node acknowledged to a leader is in its log when it starts again.
class AcknowledgedEntries {
 public:
  Finding observe(const StepView& view);

 private:
  void promised(const StepView& view, LogIndex match_index);
  void truncated(NodeId node, LogIndex from);
  Finding started(const StepView& view);

  std::map<NodeId, std::vector<Term>> terms_;  // of what was acknowledged; index 1 first
};

}  // namespace snowflk::sim
