// §5.2 and §5.4.1: who may lead. Timeouts, votes, pre-votes (thesis §9.6), check-quorum (§6.2).
#include <algorithm>
#include <array>

#include "core/base/maybe.hpp"
#include "core/raft/raft.hpp"

namespace snowflk::raft {

// RequestVote RPC, receiver implementation.
void Raft::on(Instant now, NodeId from, const RequestVote& m, Output& out) {
  SNOWFLK_ASSERT(m.term <= hard_state_.current_term);
  if (from == options_.self) return;

  // 1. "Reply false if term < currentTerm (§5.1)"
  // 2. "If votedFor is null or candidateId, and candidate's log is at least as up-to-date as
  //    receiver's log, grant vote (§5.2, §5.4)"
  const bool free_to_vote = hard_state_.voted_for.nobody() || hard_state_.voted_for == from;
  const bool granted = m.term == hard_state_.current_term && free_to_vote &&
                       log_.up_to_date(m.last_log_term, m.last_log_index);
  SNOWFLK_MAYBE(free_to_vote);
  SNOWFLK_MAYBE(log_.up_to_date(m.last_log_term, m.last_log_index));
  if (granted) {
    SNOWFLK_ASSERT(role_ == Role::follower || role_ == Role::pre_candidate);
    SNOWFLK_MAYBE(hard_state_.voted_for == from);  // The request may come twice, and late.
    role_ = Role::follower;
    const bool anew = hard_state_.voted_for.nobody();
    hard_state_.voted_for = from;
    // "If election timeout elapses without receiving AppendEntries RPC from current leader or
    // granting vote to candidate: convert to candidate"
    reset_election_deadline(now);
    if (anew) out.events.emplace_back(VoteGranted{.term = m.term, .candidate = from});
  }
  // Durable first: a voter that forgot its vote in a crash could give it again in the same term.
  send(from, Gate::durable,
       RequestVoteReply{.term = hard_state_.current_term, .vote_granted = granted}, out);
}

void Raft::on(Instant now, NodeId from, const RequestVoteReply& m, Output& out) {
  SNOWFLK_MAYBE(role_ == Role::leader);
  if (role_ != Role::candidate) return;           // Decided, or given up.
  if (m.term < hard_state_.current_term) return;  // An answer to an older election.
  if (!m.vote_granted) return;
  votes_.add(position(from));
  // "If votes received from majority of servers: become leader"
  if (votes_.count() >= majority(options_.voters.size())) become_leader(now, out);
}

// Thesis §9.6: "a server only increments its term if it first learns from a majority of the cluster
// that they would be willing to grant the candidate their votes".
void Raft::on(Instant now, NodeId from, const PreVote& m, Output& out) {
  if (from == options_.self) return;
  const bool granted = m.term > hard_state_.current_term && !hears_leader(now) &&
                       log_.up_to_date(m.last_log_term, m.last_log_index);
  SNOWFLK_MAYBE(hears_leader(now));
  // A refusal tells our term: who is behind it adopts it, and asks again for a newer one.
  const Term term = granted ? m.term : hard_state_.current_term;
  send(from, Gate::durable, PreVoteReply{.term = term, .vote_granted = granted}, out);
}

void Raft::on(Instant now, NodeId from, const PreVoteReply& m, Output& out) {
  if (role_ != Role::pre_candidate) return;
  if (!m.vote_granted) return;
  if (m.term != hard_state_.current_term.next()) return;  // Granted for an older question.
  votes_.add(position(from));
  if (votes_.count() >= majority(options_.voters.size())) start_election(now, out);
}

void Raft::start_pre_vote(Instant now, Output& out) {
  SNOWFLK_ASSERT(role_ != Role::leader);
  role_ = Role::pre_candidate;
  set_leader(NodeId{}, out);
  reset_election_deadline(now);
  votes_.clear();
  votes_.add(position(options_.self));
  const Term term = hard_state_.current_term.next();
  out.events.emplace_back(PreVoteStarted{.term = term});
  if (votes_.count() >= majority(options_.voters.size())) return start_election(now, out);
  for (const NodeId voter : options_.voters) {
    if (voter == options_.self) continue;
    // Open gate: a question speaks for nothing that must be stored.
    send(voter, Gate::open,
         PreVote{
             .term = term, .last_log_index = log_.last_index(), .last_log_term = log_.last_term()},
         out);
  }
}

// "On conversion to candidate, start election"
void Raft::start_election(Instant now, Output& out) {
  SNOWFLK_ASSERT(role_ != Role::leader);
  role_ = Role::candidate;
  set_leader(NodeId{}, out);
  // "Increment currentTerm", "Vote for self", "Reset election timer"
  hard_state_ =
      HardState{.current_term = hard_state_.current_term.next(), .voted_for = options_.self};
  votes_.clear();
  reset_election_deadline(now);
  out.events.emplace_back(ElectionStarted{.term = hard_state_.current_term});
  // The vote for oneself counts when it is durable, like any other.
  send(options_.self, Gate::durable,
       RequestVoteReply{.term = hard_state_.current_term, .vote_granted = true}, out);
  // "Send RequestVote RPCs to all other servers". Durable first: a candidate that forgot its vote
  // for itself could vote for another in the same term.
  for (const NodeId voter : options_.voters) {
    if (voter == options_.self) continue;
    send(voter, Gate::durable,
         RequestVote{.term = hard_state_.current_term,
                     .last_log_index = log_.last_index(),
                     .last_log_term = log_.last_term()},
         out);
  }
}

void Raft::campaign(Instant now, Output& out) {
  if (role_ == Role::leader) return;
  start_election(now, out);
}

void Raft::become_leader(Instant now, Output& out) {
  SNOWFLK_ASSERT(role_ == Role::candidate);
  SNOWFLK_ASSERT(hard_state_.voted_for == options_.self);
  role_ = Role::leader;
  set_leader(options_.self, out);
  out.events.emplace_back(
      BecameLeader{.term = hard_state_.current_term, .last_log_index = log_.last_index()});
  // "nextIndex[] (initialized to leader last log index + 1)", "matchIndex[] (initialized to 0)"
  for (Progress& progress : progress_) {
    progress = Progress{};
    progress.next_index = log_.last_index().next();
    progress.last_contact = now;
  }
  read_round_ = 0;
  read_round_wanted_ = false;
  quorum_deadline_ = now + options_.election_timeout_max;
  // §8: "Raft handles this by having each leader commit a blank no-op entry into the log at the
  // start of its term." It also lets entries of earlier terms commit (§5.4.2).
  append_as_leader(EntryKind::no_op, 0, out);
  out.no_op = log_.last_index();
  // "Upon election: send initial empty AppendEntries RPCs (heartbeat) to each server": ours carry
  // the no-op.
  broadcast_heartbeat(now, out);
}

/// A leader that cannot reach a majority for an election timeout leads nobody (thesis §6.2): "a
/// leader in Raft steps down if an election timeout elapses without a successful round of
/// heartbeats to a majority of its cluster".
void Raft::check_quorum(Instant now, Output& out) {
  SNOWFLK_ASSERT(role_ == Role::leader);
  std::array<Instant, kVotersMax> contacts{};
  for (std::size_t i = 0; i < progress_.size(); ++i) {
    contacts[i] = options_.voters[i] == options_.self ? now : progress_[i].last_contact;
  }
  const Instant quorum_contact =
      reached_by_majority<Instant>(std::span{contacts}.first(progress_.size()));
  quorum_deadline_ = quorum_contact + options_.election_timeout_max;
  if (quorum_deadline_ <= now) step_down(now, StepDownReason::lost_quorum, out);
}

void Raft::reset_election_deadline(Instant now) {
  // §5.2: "Raft uses randomized election timeouts to ensure that split votes are rare".
  election_deadline_ =
      now + random_.between(options_.election_timeout_min, options_.election_timeout_max);
}

/// Whether there is a leader that need not fear a vote: ourselves, or one heard from lately. Of a
/// newer term none is known yet, and the leader of an older one is over.
bool Raft::hears_leader(Instant now) const {
  if (role_ == Role::leader) return true;
  if (leader_.nobody()) return false;
  return now < leader_heard_at_ + options_.election_timeout_min;
}

}  // namespace snowflk::raft
