// AppendEntries RPC, receiver implementation (Figure 2, §5.3).
#include <algorithm>

#include "core/base/maybe.hpp"
#include "core/raft/raft.hpp"

namespace snowflk::raft {

void Raft::on(Instant now, NodeId from, const AppendEntries& m, std::span<const EntryInfo> entries,
              Output& out) {
  SNOWFLK_ASSERT(m.term <= hard_state_.current_term);
  SNOWFLK_ASSERT(m.entry_count == entries.size());
  if (from == options_.self) return;

  // 1. "Reply false if term < currentTerm (§5.1)"
  if (m.term < hard_state_.current_term) return refuse(from, m, out);

  SNOWFLK_ASSERT(role_ != Role::leader);  // Election Safety: one leader a term.
  // "If AppendEntries RPC received from new leader: convert to follower"
  become_follower(now, from, out);
  leader_heard_at_ = now;
  reset_election_deadline(now);

  // 2. "Reply false if log doesn't contain an entry at prevLogIndex whose term matches
  //    prevLogTerm (§5.3)"
  if (!log_.contains(m.prev_log_index, m.prev_log_term)) {
    SNOWFLK_ASSERT(m.prev_log_index > commit_index_);  // Leader Completeness.
    return refuse(from, m, out);
  }

  store(m.prev_log_index, entries, out);  // 3. and 4.
  const LogIndex match = m.prev_log_index + m.entry_count;
  SNOWFLK_MAYBE(match < log_.last_index());  // It was overtaken, or what comes after it is wrong.
  SNOWFLK_MAYBE(m.leader_commit > match);

  // 5. "If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new
  //    entry)". Beyond `match` our log may still differ from the leader's.
  commit_to(std::min(m.leader_commit, match), out);

  send(from, Gate::durable,
       AppendEntriesReply{.term = hard_state_.current_term,
                          .success = true,
                          .match_index = match,
                          .conflict_index = LogIndex{},
                          .conflict_term = Term{}},
       out);
}

// 3. "If an existing entry conflicts with a new one (same index but different terms), delete the
//    existing entry and all that follow it (§5.3)"
// 4. "Append any new entries not already in the log"
void Raft::store(LogIndex prev, std::span<const EntryInfo> entries, Output& out) {
  u32 skipped = 0;
  while (skipped < entries.size() && log_.contains(prev + skipped + 1, entries[skipped].term)) {
    skipped += 1;
  }
  SNOWFLK_MAYBE(skipped > 0);
  // All held already: a delayed message must not shorten the log behind it.
  if (skipped == entries.size()) return;

  const LogIndex first = prev + skipped + 1;
  if (first <= log_.last_index()) {
    SNOWFLK_ASSERT(first > commit_index_);  // Leader Completeness: no committed entry conflicts.
    for (LogIndex i = first; i <= log_.last_index(); i = i.next()) {
      uncommitted_bytes_ -= log_.entry(i).size;
    }
    log_.truncate(first);
    out.truncated_from = first;
    out.events.emplace_back(LogTruncated{.from = first});
  }
  for (const EntryInfo& entry : entries.subspan(skipped)) {
    log_.append(entry);
    uncommitted_bytes_ += entry.size;
  }
  out.stored = Stored{
      .first = first, .skipped = skipped, .count = static_cast<u32>(entries.size()) - skipped};
  out.events.emplace_back(
      EntriesAppended{.first = first, .count = out.stored.count, .last_term = log_.last_term()});
}

/// Tells the leader where the logs can agree at the latest, so that it skips a term a message and
/// not an entry (§5.3: "the follower can include the term of the conflicting entry").
void Raft::refuse(NodeId from, const AppendEntries& m, Output& out) {
  const LogIndex bound = log_.agreement_bound(m.prev_log_index, m.prev_log_term);
  SNOWFLK_MAYBE(m.prev_log_index <= log_.last_index());  // Another term, or nothing there.
  send(from, Gate::durable,
       AppendEntriesReply{.term = hard_state_.current_term,
                          .success = false,
                          .match_index = m.prev_log_index,
                          .conflict_index = bound,
                          .conflict_term = log_.term_at(bound)},
       out);
}

}  // namespace snowflk::raft
