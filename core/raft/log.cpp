// The log's three rules: which of two is newer, where two can agree, and that terms never fall.
#include "core/raft/log.hpp"

#include <algorithm>

namespace snowflk::raft {

bool Log::up_to_date(Term other_term, LogIndex other_index) const {
  // "If the logs have last entries with different terms, then the log with the later term is more
  // up-to-date."
  if (other_term != last_term()) return other_term > last_term();
  // "If the logs end with the same term, then whichever log is longer is more up-to-date."
  return other_index >= last_index();
}

LogIndex Log::agreement_bound(LogIndex index, Term term) const {
  LogIndex bound = std::min(index, last_index());
  while (bound > floor_index_ && term_at(bound) > term) bound = bound.previous();
  return bound;
}

void Log::append(const EntryInfo& entry) {
  SNOWFLK_ASSERT(entry.kind != EntryKind::none);
  SNOWFLK_ASSERT(entry.term >= last_term());  // Terms never fall along a log.
  changes_ += 1;
  entries_.push_back(entry);
}

void Log::truncate(LogIndex from) {
  SNOWFLK_ASSERT(from >= first_index());
  SNOWFLK_ASSERT(from <= last_index());
  changes_ += 1;
  entries_.resize(from - floor_index_ - 1);
}

}  // namespace snowflk::raft
