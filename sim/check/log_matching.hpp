// "Log Matching: if two logs contain an entry with the same index and term, then the logs are
// identical in all entries up through the given index." (Figure 3)
//
// Looked at entry by entry, when it is appended: whoever has an entry of this index and term must
// have the same entry before it, or by induction all before are the same. So the cost is that of
// the entries that are appended, not of the logs.
#pragma once

#include <vector>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

class LogMatching {
 public:
  Finding observe(const StepView& view);

 private:
  /// An entry that somebody had, and what is the same for everybody who has it.
  struct Row {
    Term term;
    Term previous_term;
    u64 payload_hash = 0;  // once it was applied
    NodeId node;           // who had it first
    u32 size = 0;
    raft::EntryKind kind = raft::EntryKind::none;
    bool applied = false;
    u32 next = 0;  // another term at the same index; 0: none
  };
  Finding appended(const StepView& view, LogIndex first, LogIndex last);
  Finding entry(const StepView& view, LogIndex index);
  Finding applied(const StepView& view, const node::Applied& applied);
  /// The row of (index, term); made if there is none, and then with node nobody.
  Row& row(LogIndex index, Term term);

  std::vector<u32> heads_;  // by index: its first row; 0: none
  std::vector<Row> rows_{Row{}};
};

}  // namespace snowflk::sim
