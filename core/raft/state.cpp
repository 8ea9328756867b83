// How a Raft becomes a plain value, and goes on from one.
#include "core/raft/state.hpp"

#include "core/raft/raft.hpp"

namespace snowflk::raft {

void Raft::save(State& state) const {
  SNOWFLK_ASSERT(pending_reads_.empty());
  state.hard_state = hard_state_;
  state.log = log_;
  state.commit_index = commit_index_;
  state.role = role_;
  state.leader = leader_;
  state.leader_of_term = leader_of_term(hard_state_.current_term);
  state.votes = votes_;
  state.progress = progress_;
}

void Raft::resume(const State& state, Instant now) {
  hard_state_ = state.hard_state;
  log_ = state.log;
  commit_index_ = state.commit_index;
  role_ = state.role;
  leader_ = state.leader;
  votes_ = state.votes;
  progress_ = state.progress;
  progress_.resize(options_.voters.size());
  for (Progress& progress : progress_) progress.last_contact = now;
  uncommitted_bytes_ = 0;
  for (LogIndex i = commit_index_.next(); i <= log_.last_index(); i = i.next()) {
    uncommitted_bytes_ += log_.entry(i).size;
  }
  pending_reads_.clear();
  read_round_ = 0;
  read_round_wanted_ = false;
  leader_heard_at_ = now - options_.election_timeout_max;
  election_deadline_ = now + options_.election_timeout_max;
  quorum_deadline_ = now + options_.election_timeout_max;
  heartbeat_deadline_ = now + options_.heartbeat_interval;
  seen_ = Seen{};
  seen_ = see();
  seen_.leader = state.leader_of_term;
}

}  // namespace snowflk::raft
