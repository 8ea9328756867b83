// "Leader Completeness: if a log entry is committed in a given term, then that entry will be
// present in the logs of the leaders for all higher-numbered terms." (Figure 3)
//
// Of the entries that were committed in lower terms the last is looked at: with Log Matching it
// stands for all before it. A leader of a lower term, elected late by votes that were long under
// way, need not have them.
#pragma once

#include <map>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

class LeaderCompleteness {
 public:
  Finding observe(const StepView& view);

 private:
  struct Committed {
    LogIndex index;
    Term term;  // of the entry
    NodeId leader;
  };
  void committed(const StepView& view, LogIndex commit_index);
  [[nodiscard]] Finding elected(const StepView& view, Term term) const;

  std::map<NodeId, Term> leading_;
  std::map<Term, Committed> last_committed_;  // by the term in which a leader committed it
};

}  // namespace snowflk::sim
