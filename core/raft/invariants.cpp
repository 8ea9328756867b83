// What holds of one state of Raft, and between two that follow each other.
#include <algorithm>

#include "core/raft/raft.hpp"

namespace snowflk::raft {

void Raft::check_options() const {
  SNOWFLK_ASSERT(options_.voters.size() <= kVotersMax);
  SNOWFLK_ASSERT(std::ranges::is_sorted(options_.voters));
  SNOWFLK_ASSERT(std::ranges::adjacent_find(options_.voters) == options_.voters.end());
  SNOWFLK_ASSERT(is_voter(options_.self));
  SNOWFLK_ASSERT(!options_.voters.front().nobody());
  SNOWFLK_ASSERT(options_.election_timeout_min <= options_.election_timeout_max);
  // §5.6's broadcastTime << electionTimeout: heartbeats must come more often than elections.
  SNOWFLK_ASSERT(options_.heartbeat_interval < options_.election_timeout_min);
  SNOWFLK_ASSERT(options_.heartbeat_interval > Duration{});
  SNOWFLK_ASSERT(options_.entries_per_message_max > 0);
  SNOWFLK_ASSERT(options_.inflight_messages_max > 0);
  SNOWFLK_ASSERT(options_.inflight_messages_max <= Inflight::kMessagesMax);
}

void Raft::check_invariants() {
  check_state();
  if (role_ == Role::leader) check_leader();
  if (options_.check_expensive_invariants) check_log();
  check_delta();
  seen_ = see();
  seen_.log_changes = log_.changes();
}

Raft::Seen Raft::see() const {
  const bool same_term = hard_state_.current_term == seen_.hard_state.current_term;
  return Seen{.hard_state = hard_state_,
              .commit_index = commit_index_,
              .commit_term = log_.term_at(commit_index_),
              .last_index = log_.last_index(),
              .last_term = log_.last_term(),
              .leader = same_term && leader_.nobody() ? seen_.leader : leader_,
              .role = role_};
}

void Raft::check_state() const {
  SNOWFLK_ASSERT(commit_index_ <= log_.last_index());
  SNOWFLK_ASSERT(log_.last_term() <= hard_state_.current_term);
  if (commit_index_ == log_.last_index()) SNOWFLK_ASSERT(uncommitted_bytes_ == 0);
  if (role_ == Role::candidate) SNOWFLK_ASSERT(hard_state_.voted_for == options_.self);
  if (role_ == Role::candidate) SNOWFLK_ASSERT(leader_.nobody());
  if (role_ == Role::pre_candidate) SNOWFLK_ASSERT(leader_.nobody());
  if (role_ == Role::leader) return;
  SNOWFLK_ASSERT(leader_ != options_.self);
  SNOWFLK_ASSERT(pending_reads_.empty());
  SNOWFLK_ASSERT(!read_round_wanted_);
}

void Raft::check_leader() const {
  SNOWFLK_ASSERT(hard_state_.voted_for == options_.self);
  SNOWFLK_ASSERT(leader_ == options_.self);
  // §8: its log holds an entry of its own term, the no-op at least.
  SNOWFLK_ASSERT(log_.last_term() == hard_state_.current_term);
  for (const Progress& progress : progress_) check_progress(progress);
  check_reads();
  // advance_commit_as_leader was called wherever it needs to be.
  const LogIndex majority_has = quorum_match();
  if (majority_has > commit_index_) {
    SNOWFLK_ASSERT(log_.term_at(majority_has) < hard_state_.current_term);
  }
}

void Raft::check_progress(const Progress& progress) const {
  SNOWFLK_ASSERT(progress.match_index < progress.next_index);
  SNOWFLK_ASSERT(progress.match_index <= log_.last_index());
  SNOWFLK_ASSERT(progress.next_index <= log_.last_index().next());
  SNOWFLK_ASSERT(progress.read_round <= read_round_);
  SNOWFLK_ASSERT(progress.commit_sent <= commit_index_);
  if (progress.state == ProgressState::probe) SNOWFLK_ASSERT(progress.inflight.empty());
}

/// Reads wait in the order they came; none is left that could be answered.
void Raft::check_reads() const {
  u64 round = 0;
  bool waiting = false;
  for (const PendingRead& pending : pending_reads_) {
    if (pending.round == 0) {
      waiting = true;
      continue;
    }
    SNOWFLK_ASSERT(!waiting);
    SNOWFLK_ASSERT(pending.round >= round);
    SNOWFLK_ASSERT(pending.round <= read_round_ + 1);
    SNOWFLK_ASSERT(pending.round > confirmed_round());
    SNOWFLK_ASSERT(pending.index <= commit_index_);
    round = pending.round;
  }
  if (waiting) SNOWFLK_ASSERT(!committed_in_current_term());
  SNOWFLK_ASSERT(read_round_wanted_ == (round > read_round_));
}

/// In the time of what is not committed, and of the newest entries: those are the ones that change.
/// The terms are looked at when the log has changed: after each step, it was the dearest function
/// of the core.
void Raft::check_log() const {
  if (log_.changes() != seen_.log_changes) check_terms();
  u64 uncommitted = 0;
  for (const EntryInfo& entry : log_.entries_from(commit_index_.next())) uncommitted += entry.size;
  SNOWFLK_ASSERT(uncommitted == uncommitted_bytes_);
}

void Raft::check_terms() const {
  constexpr u64 kWindow = 64;
  const LogIndex last = log_.last_index();
  LogIndex index = log_.first_index();
  if (last.value > kWindow) index = std::max(index, LogIndex{last.value - kWindow});
  // Terms never fall along a log.
  Term before = log_.term_at(index.previous());
  for (const EntryInfo& entry : log_.entries_from(index)) {
    SNOWFLK_ASSERT(before <= entry.term);
    before = entry.term;
  }
}

void Raft::check_delta() const {
  // "latest term server has seen (... increases monotonically)"
  SNOWFLK_ASSERT(hard_state_.current_term >= seen_.hard_state.current_term);
  // "index of highest log entry known to be committed (... increases monotonically)"
  SNOWFLK_ASSERT(commit_index_ >= seen_.commit_index);
  // State Machine Safety: what was committed stays as it was.
  SNOWFLK_ASSERT(log_.term_at(seen_.commit_index) == seen_.commit_term);
  if (hard_state_.current_term == seen_.hard_state.current_term) check_same_term();
}

void Raft::check_same_term() const {
  // Within a term the vote is set at most once.
  if (!seen_.hard_state.voted_for.nobody()) {
    SNOWFLK_ASSERT(hard_state_.voted_for == seen_.hard_state.voted_for);
  }
  // Within a term there is one leader; it may be lost sight of, but not be another.
  if (!seen_.leader.nobody() && !leader_.nobody()) SNOWFLK_ASSERT(leader_ == seen_.leader);
  if (seen_.role != Role::leader) return;
  // Leader Append-Only: "a leader never overwrites or deletes entries in its log".
  if (role_ != Role::leader) return;
  SNOWFLK_ASSERT(log_.last_index() >= seen_.last_index);
  SNOWFLK_ASSERT(log_.term_at(seen_.last_index) == seen_.last_term);
}

}  // namespace snowflk::raft
