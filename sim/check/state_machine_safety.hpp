// "State Machine Safety: if a server has applied a log entry at a given index to its state machine,
// no other server will ever apply a different log entry for the same index." (Figure 3)
//
// Over restarts too: a server that applies its log anew is another server in this. And what makes
// it so: a commit index that does not go back, entries applied one after the other and only when
// committed, and one entry at each committed index.
#pragma once

#include <map>
#include <vector>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

class StateMachineSafety {
 public:
  Finding observe(const StepView& view);

 private:
  struct Entry {
    Term term;  // zero: not known
    u64 payload_hash = 0;
    NodeId committed_by;
    NodeId applied_by;  // nobody: not applied
  };
  /// Of an incarnation.
  struct Progress {
    LogIndex commit_index;
    LogIndex applied_index;
  };
  Finding started(const StepView& view, const node::Started& started);
  Finding committed(const StepView& view, LogIndex commit_index);
  Finding applied(const StepView& view, const node::Applied& applied);
  Finding truncated(const StepView& view, LogIndex from) const;
  Entry& at(LogIndex index);

  std::vector<Entry> entries_;  // by index
  std::map<NodeId, Progress> progress_;
};

}  // namespace snowflk::sim
