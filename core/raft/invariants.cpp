// What holds of one state of Raft, and between two that follow each other.
#include <algorithm>

#include "core/raft/raft.hpp"

namespace snowflk::raft {

void Raft::check_invariants() {
  check_state();
  if (role_ == Role::leader) check_leader();
  if (options_.check_expensive_invariants) check_log();
  check_delta();
  seen_ = Seen{
      .hard_state = hard_state_, .commit_index = commit_index_, .leader = leader_, .role = role_};
}

void Raft::check_state() const {
  SNOWFLK_ASSERT(commit_index_ <= log_.last_index());
  SNOWFLK_ASSERT(log_.last_term() <= hard_state_.current_term);
  if (role_ == Role::candidate) SNOWFLK_ASSERT(hard_state_.voted_for == options_.self);
  if (role_ == Role::candidate) SNOWFLK_ASSERT(leader_.nobody());
  if (role_ != Role::leader) SNOWFLK_ASSERT(leader_ != options_.self);
  if (role_ != Role::leader) SNOWFLK_ASSERT(pending_reads_.empty());
}

void Raft::check_leader() const {
  SNOWFLK_ASSERT(hard_state_.voted_for == options_.self);
  SNOWFLK_ASSERT(leader_ == options_.self);
  for (std::size_t i = 0; i < progress_.size(); ++i) {
    const Progress& progress = progress_[i];
    SNOWFLK_ASSERT(progress.match_index < progress.next_index);
    SNOWFLK_ASSERT(progress.match_index <= log_.last_index());
    SNOWFLK_ASSERT(progress.read_round <= read_round_);
  }
  // advance_commit_as_leader was called wherever it needs to be.
  const LogIndex majority_has = quorum_match();
  if (majority_has > commit_index_) {
    SNOWFLK_ASSERT(log_.term_at(majority_has) < hard_state_.current_term);
  }
}

void Raft::check_log() const {
  // Terms never fall along a log; the newest entries are the ones that change.
  constexpr u64 kWindow = 64;
  const LogIndex last = log_.last_index();
  LogIndex index = log_.first_index();
  if (last.value > kWindow) index = std::max(index, LogIndex{last.value - kWindow});
  for (; index <= last; index = index.next()) {
    SNOWFLK_ASSERT(log_.term_at(index.previous()) <= log_.term_at(index));
  }
}

void Raft::check_delta() const {
  // "latest term server has seen (... increases monotonically)"
  SNOWFLK_ASSERT(hard_state_.current_term >= seen_.hard_state.current_term);
  // "index of highest log entry known to be committed (... increases monotonically)"
  SNOWFLK_ASSERT(commit_index_ >= seen_.commit_index);
  if (hard_state_.current_term != seen_.hard_state.current_term) return;
  // Within a term the vote is set at most once.
  if (!seen_.hard_state.voted_for.nobody()) {
    SNOWFLK_ASSERT(hard_state_.voted_for == seen_.hard_state.voted_for);
  }
  // Within a term there is one leader; it may be lost sight of, but not be another.
  if (!seen_.leader.nobody() && !leader_.nobody()) SNOWFLK_ASSERT(leader_ == seen_.leader);
}

}  // namespace snowflk::raft
