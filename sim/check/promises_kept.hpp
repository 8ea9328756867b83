// What a node says of its stored state must be so after every crash.
//
// Two promises leave a node in messages (Figure 2: "Updated on stable storage before responding to
// RPCs"): a vote, which it gives to one candidate in a term; and that its log equals the leader's
// up to an index. This check believes no event: it reads the frames that leave the node, and holds
// them against those of earlier incarnations and against the log that comes back from the disk.
#pragma once

#include <map>
#include <vector>

#include "core/wire/frame.hpp"
#include "sim/check/step_view.hpp"

namespace snowflk::sim {

/// Votes: a node votes for one candidate in a term, over all its incarnations.
class VoteOnce {
 public:
  Finding observe(const StepView& view);

 private:
  Finding voted(const StepView& view, Term term, NodeId candidate);

  struct Vote {
    NodeId node;
    Term term;
    friend auto operator<=>(const Vote&, const Vote&) = default;
  };
  std::map<Vote, NodeId> candidates_;
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

/// What kind of frame `bytes` are; nothing if they are too few. For skipping frames cheaply.
std::optional<wire::FrameKind> peek_kind(Bytes bytes);

}  // namespace snowflk::sim
