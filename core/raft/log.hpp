// Raft's log as Raft sees it: a row of (term, kind, size), index 1 first. No payload.
//
// Entries before first_index() are compacted away; of them only the last one's term is known.
#pragma once

#include <span>
#include <vector>

#include "core/base/assert.hpp"
#include "core/raft/messages.hpp"

namespace snowflk::raft {

class Log {
 public:
  Log() = default;
  /// A log of `entries`, the first of which has index 1.
  explicit Log(std::vector<EntryInfo> entries) : entries_(std::move(entries)) {}

  [[nodiscard]] LogIndex first_index() const { return floor_index_.next(); }
  [[nodiscard]] LogIndex last_index() const { return floor_index_ + entries_.size(); }
  [[nodiscard]] Term last_term() const { return term_at(last_index()); }

  /// The term of the entry at `index`; of index 0, and of the floor, the term before the first.
  /// REQUIRES: first_index() - 1 <= index <= last_index().
  [[nodiscard]] Term term_at(LogIndex index) const {
    SNOWFLK_ASSERT(index >= floor_index_);
    SNOWFLK_ASSERT(index <= last_index());
    return index == floor_index_ ? floor_term_ : entry(index).term;
  }

  /// REQUIRES: first_index() <= index <= last_index().
  [[nodiscard]] const EntryInfo& entry(LogIndex index) const {
    SNOWFLK_ASSERT(index > floor_index_);
    SNOWFLK_ASSERT(index <= last_index());
    return entries_[index - floor_index_ - 1];
  }

  /// The entries from `index` on. REQUIRES: first_index() <= index <= last_index() + 1.
  [[nodiscard]] std::span<const EntryInfo> entries_from(LogIndex index) const {
    SNOWFLK_ASSERT(index > floor_index_);
    SNOWFLK_ASSERT(index <= last_index().next());
    return std::span{entries_}.subspan(index - floor_index_ - 1);
  }

  /// Whether the log has the entry of this index and term (§5.3's consistency check).
  [[nodiscard]] bool contains(LogIndex index, Term term) const {
    return index >= floor_index_ && index <= last_index() && term_at(index) == term;
  }

  /// §5.4.1: whether a log that ends in (last_term, last_index) is at least as up-to-date as this.
  [[nodiscard]] bool up_to_date(Term other_term, LogIndex other_index) const;

  /// The highest index <= `index` whose term is <= `term`: where two logs can agree at the latest,
  /// if one has `term` at `index` and the other something else.
  [[nodiscard]] LogIndex agreement_bound(LogIndex index, Term term) const;

  void append(const EntryInfo& entry);
  /// Drops `from` and all after it. REQUIRES: first_index() <= from <= last_index().
  void truncate(LogIndex from);

  /// How often it was changed. Of one log, equal numbers say that its entries are the same.
  [[nodiscard]] u64 changes() const { return changes_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  LogIndex floor_index_;
  Term floor_term_;
  std::vector<EntryInfo> entries_;
  u64 changes_ = 0;
};

}  // namespace snowflk::raft
