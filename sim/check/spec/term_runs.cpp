#include "sim/check/spec/term_runs.hpp"

#include <algorithm>

namespace snowflk::sim::spec {

void TermRuns::append(Term term) {
  const LogIndex index = last_index().next();
  if (runs_.empty() || runs_.back().term != term) {
    runs_.push_back(Run{.first = index, .last = index, .term = term});
  } else {
    runs_.back().last = index;
  }
}

void TermRuns::truncate(LogIndex from) {
  while (!runs_.empty() && runs_.back().first >= from) runs_.pop_back();
  if (!runs_.empty()) runs_.back().last = std::min(runs_.back().last, from.previous());
}

bool TermRuns::has_entry(LogIndex index, Term term) const {
  if (index == LogIndex{}) return term == Term{};
  if (index > last_index()) return false;
  return std::ranges::lower_bound(runs_, index, {}, &Run::last)->term == term;
}

}  // namespace snowflk::sim::spec
