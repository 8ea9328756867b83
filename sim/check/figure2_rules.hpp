// Rules of Figure 2, and of the text beside it, without which Figure 3 falls, or the cluster
// stands, only much later: a run that breaks one seldom lives to see two leaders, a lost entry or a
// log that is mended an entry a message.
#pragma once

#include <map>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

/// §5.4.1: "the voter denies its vote if its own log is more up-to-date than that of the
/// candidate." What the candidate said is read from its frames.
class ElectionRestriction {
 public:
  Finding observe(const StepView& view);

 private:
  struct Candidacy {
    Term term;
    NodeId candidate;
    friend auto operator<=>(const Candidacy&, const Candidacy&) = default;
  };
  struct LogEnd {
    Term last_term;  // compared first
    LogIndex last_index;
    friend auto operator<=>(const LogEnd&, const LogEnd&) = default;
  };
  Finding granted(const StepView& view, const Candidacy& candidacy) const;

  std::map<Candidacy, LogEnd> candidacies_;
};

/// §5.4.2: "Only log entries from the leader's current term are committed by counting replicas",
/// and when a majority has them.
class CommitRestriction {
 public:
  Finding observe(const StepView& view);

 private:
  std::map<NodeId, Term> leading_;
};

/// §5.3: "the leader can decrement nextIndex to bypass all of the conflicting entries in that term;
/// one AppendEntries RPC will be required for each term with conflicting entries, rather than one
/// RPC per entry." Who is refused probes no further up than where the follower says that the logs
/// can agree.
class WholeTermsSkipped {
 public:
  Finding observe(const StepView& view);

 private:
  struct Link {
    NodeId leader;
    NodeId follower;
    friend auto operator<=>(const Link&, const Link&) = default;
  };
  struct Probe {
    Term term;
    LogIndex prev;
  };
  [[nodiscard]] Finding judge(const StepView& view) const;

  std::map<Link, Probe> probes_;  // the last that was sent
};

}  // namespace snowflk::sim
