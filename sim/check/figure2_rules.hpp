// Two rules of Figure 2 without which Figure 3 falls, only much later: a run that breaks one
// seldom lives to see two leaders or a lost entry.
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

}  // namespace snowflk::sim
