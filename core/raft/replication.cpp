// §5.3 and §5.4.2, Leaders (Figure 2): what to send to whom, and what is committed.
#include <algorithm>
#include <array>

#include "core/base/maybe.hpp"
#include "core/raft/raft.hpp"

namespace snowflk::raft {

void Raft::append_as_leader(EntryKind kind, u32 size, Output& out) {
  SNOWFLK_ASSERT(role_ == Role::leader);
  // "If command received from client: append entry to local log"
  log_.append(EntryInfo{.term = hard_state_.current_term, .size = size, .kind = kind});
  uncommitted_bytes_ += size;
  out.events.emplace_back(EntriesAppended{
      .first = log_.last_index(), .count = 1, .last_term = hard_state_.current_term});
  // A leader is a follower of itself: its own match index counts when the entry is durable here.
  send(options_.self, Gate::durable,
       AppendEntriesReply{.term = hard_state_.current_term,
                          .success = true,
                          .match_index = log_.last_index(),
                          .conflict_index = LogIndex{},
                          .conflict_term = Term{}},
       out);
}

// "If last log index >= nextIndex for a follower: send AppendEntries RPC with log entries starting
// at nextIndex"
void Raft::replicate(NodeId to, Output& out) {
  SNOWFLK_ASSERT(to != options_.self);
  Progress& progress = progress_[position(to)];
  if (progress.state == ProgressState::probe) {
    if (!progress.probe_sent) send_entries(to, progress, out);
    return;
  }
  while (progress.next_index <= log_.last_index() &&
         !progress.inflight.full(options_.inflight_messages_max, options_.inflight_bytes_max)) {
    send_entries(to, progress, out);
  }
  // Nothing left that would carry the news of the commit: tell it alone, so that followers can
  // answer reads without waiting for a heartbeat.
  if (progress.inflight.empty() && progress.commit_sent < commit_index_) send_heartbeat(to, out);
}

/// One AppendEntries with as many entries from next_index on as a message may have.
void Raft::send_entries(NodeId to, Progress& progress, Output& out) {
  const LogIndex prev = progress.next_index.previous();
  u32 count = 0;
  u64 bytes = 0;
  while (prev + count < log_.last_index() && count < options_.entries_per_message_max) {
    const u64 size = log_.entry(prev + count + 1).size;
    if (count > 0 && bytes + size > options_.bytes_per_message_max) break;
    bytes += size;
    count += 1;
  }
  // Open gate: "the leader can write to its disk in parallel with replicating to the followers"
  // (thesis §10.2.1).
  send(to, Gate::open,
       AppendEntries{.term = hard_state_.current_term,
                     .prev_log_index = prev,
                     .prev_log_term = log_.term_at(prev),
                     .leader_commit = commit_index_,
                     .entry_count = count},
       out);
  SNOWFLK_MAYBE(prev + count < log_.last_index());  // More than one message may carry.
  progress.commit_sent = commit_index_;
  if (progress.state == ProgressState::probe) {
    progress.probe_sent = true;
    return;
  }
  SNOWFLK_ASSERT(count > 0);
  progress.next_index = prev + count + 1;  // We assume arrival; a refusal moves it back.
  progress.inflight.add(prev + count, bytes);
}

/// An AppendEntries without entries. Its consistency check also finds what was lost on the way: a
/// follower that lacks what was sent ahead refuses it.
void Raft::send_heartbeat(NodeId to, Output& out) {
  Progress& progress = progress_[position(to)];
  const LogIndex prev = progress.next_index.previous();
  send(to, Gate::open,
       AppendEntries{.term = hard_state_.current_term,
                     .prev_log_index = prev,
                     .prev_log_term = log_.term_at(prev),
                     .leader_commit = commit_index_,
                     .entry_count = 0},
       out);
  progress.commit_sent = commit_index_;
}

// "repeat during idle periods to prevent election timeouts (§5.2)"
void Raft::broadcast_heartbeat(Instant now, Output& out) {
  heartbeat_deadline_ = now + options_.heartbeat_interval;
  for (const NodeId voter : options_.voters) {
    if (voter == options_.self) continue;
    Progress& progress = progress_[position(voter)];
    if (progress.state == ProgressState::probe) {
      send_entries(voter, progress, out);  // The last probe may be lost: this is the next.
    } else {
      send_heartbeat(voter, out);
    }
  }
  if (confirmed_round() < read_round_) ask_for_echoes(out);  // Question or echo may be lost.
}

void Raft::on(Instant now, NodeId from, const AppendEntriesReply& m, Output& out) {
  if (role_ != Role::leader) return;
  if (m.term < hard_state_.current_term) return;  // An answer to an earlier leadership.
  Progress& progress = progress_[position(from)];
  progress.last_contact = now;

  SNOWFLK_MAYBE(m.match_index < progress.match_index);  // Replies may overtake each other.
  if (m.success) {
    SNOWFLK_ASSERT(m.match_index <= log_.last_index());
    // "If successful: update nextIndex and matchIndex for follower (§5.3)"
    if (progress.advance(m.match_index)) advance_commit_as_leader(out);
  } else {
    on_refusal(progress, m);
  }
  if (from != options_.self) replicate(from, out);
  start_waiting_reads(out);
  answer_confirmed_reads(out);
}

// "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry (§5.3)", by
// whole terms.
void Raft::on_refusal(Progress& progress, const AppendEntriesReply& m) {
  const LogIndex refused = m.match_index;
  if (refused <= progress.match_index) return;  // Overtaken by a success.
  const bool probing = progress.state == ProgressState::probe;
  SNOWFLK_MAYBE(probing);
  if (probing && refused != progress.next_index.previous()) return;  // An older probe's answer.
  if (refused > log_.last_index()) return;                           // Of no message of this term.
  const LogIndex highest = std::min(m.conflict_index, refused.previous());
  const LogIndex agreement = log_.agreement_bound(highest, m.conflict_term);
  progress.probe_from(std::max(agreement, progress.match_index).next());
}

LogIndex Raft::quorum_match() const {
  std::array<LogIndex, kVotersMax> matches{};
  for (std::size_t i = 0; i < progress_.size(); ++i) matches[i] = progress_[i].match_index;
  return reached_by_majority<LogIndex>(std::span{matches}.first(progress_.size()));
}

// "If there exists an N such that N > commitIndex, a majority of matchIndex[i] >= N, and
// log[N].term == currentTerm: set commitIndex = N (§5.3, §5.4)"
void Raft::advance_commit_as_leader(Output& out) {
  const LogIndex majority_has = quorum_match();
  if (majority_has <= commit_index_) return;
  SNOWFLK_MAYBE(log_.term_at(majority_has) != hard_state_.current_term);
  // §5.4.2: "Raft never commits log entries from previous terms by counting replicas."
  if (log_.term_at(majority_has) != hard_state_.current_term) return;
  commit_to(majority_has, out);
  for (const NodeId voter : options_.voters) {
    if (voter != options_.self) replicate(voter, out);
  }
}

void Raft::commit_to(LogIndex index, Output& out) {
  SNOWFLK_ASSERT(index <= log_.last_index());
  if (index <= commit_index_) return;
  for (LogIndex i = commit_index_.next(); i <= index; i = i.next()) {
    uncommitted_bytes_ -= log_.entry(i).size;
  }
  commit_index_ = index;
  out.events.emplace_back(CommitAdvanced{.commit_index = index, .term = log_.term_at(index)});
}

}  // namespace snowflk::raft
