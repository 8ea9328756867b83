// A log's terms as runs of equal ones: the few places where a term begins and ends.
//
// Terms never fall along a log, so that two logs whose ends and runs are equal are equal. That is
// cheap to keep of a log that is no more, and to hold against one after every step.
#pragma once

#include <span>
#include <vector>

#include "core/base/types.hpp"

namespace snowflk::sim::spec {

class TermRuns {
 public:
  struct Run {
    LogIndex first;
    LogIndex last;
    Term term;
  };

  void clear() { runs_.clear(); }
  void append(Term term);
  /// Drops `from` and all after it.
  void truncate(LogIndex from);

  [[nodiscard]] LogIndex last_index() const {
    return runs_.empty() ? LogIndex{} : runs_.back().last;
  }
  /// Index 0 has term 0, as before the first entry of any log.
  [[nodiscard]] bool has_entry(LogIndex index, Term term) const;
  [[nodiscard]] std::span<const Run> runs() const { return runs_; }

 private:
  std::vector<Run> runs_;
};

}  // namespace snowflk::sim::spec
