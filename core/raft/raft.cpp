// "Rules for Servers, All Servers" (Figure 2): terms, roles, and which box a message belongs to.
#include "core/raft/raft.hpp"

#include "core/base/maybe.hpp"

#include <algorithm>

namespace snowflk::raft {
namespace {

/// A message whose term is a question or a promise, not the sender's own: nobody adopts it.
bool speaks_of_another_term(const Message& message) {
  if (std::holds_alternative<PreVote>(message)) return true;
  const auto* reply = std::get_if<PreVoteReply>(&message);
  return reply != nullptr && reply->vote_granted;
}

Term term_of(const Message& message) {
  return std::visit([](const auto& m) { return m.term; }, message);
}

}  // namespace

Raft::Raft(const Options& options, const HardState& hard_state, Log log, LogIndex commit_index,
           const Prng& random, Instant now)
    : options_(options),
      hard_state_(hard_state),
      log_(std::move(log)),
      commit_index_(commit_index),
      random_(random),
      leader_heard_at_(now - options.election_timeout_max),
      progress_(options.voters.size()) {
  check_options();
  SNOWFLK_ASSERT(commit_index_ <= log_.last_index());
  SNOWFLK_ASSERT(log_.last_term() <= hard_state_.current_term);
  for (LogIndex i = commit_index_.next(); i <= log_.last_index(); i = i.next()) {
    uncommitted_bytes_ += log_.entry(i).size;
  }
  seen_ = see();
  reset_election_deadline(now);
  // Who is alone waits for no leader, and splits no vote. Only at the start: one that stepped down,
  // for want of room perhaps, must not come back in the same instant.
  if (options_.voters.size() == 1) election_deadline_ = now;
}

void Raft::on(Instant now, NodeId from, const Message& message, std::span<const EntryInfo> entries,
              Output& out) {
  if (!is_voter(from)) return;  // Nobody outside the configuration has a say.
  if (const auto contradicts = contradiction(from, message, entries)) {
    out.events.emplace_back(MessageRefused{.from = from, .contradiction = *contradicts});
    return;
  }
  const Term term = term_of(message);
  if (term > hard_state_.current_term && !speaks_of_another_term(message)) {
    // Thesis §4.2.3: "if a server receives a RequestVote request within the minimum election
    // timeout of hearing from a current leader, it does not update its term or grant its vote."
    if (std::holds_alternative<RequestVote>(message) && hears_leader(now)) return;
    adopt_term(now, from, term, out);
  }
  std::visit(Overloaded{[&](const AppendEntries& m) { on(now, from, m, entries, out); },
                        [&](const auto& m) { on(now, from, m, out); }},
             message);
}

void Raft::on_deadline(Instant now, Output& out) {
  if (role_ == Role::leader) {
    if (now >= quorum_deadline_) check_quorum(now, out);
    if (role_ == Role::leader && now >= heartbeat_deadline_) broadcast_heartbeat(now, out);
    return;
  }
  // §5.2: "If a follower receives no communication over a period of time called the election
  // timeout, then it assumes there is no viable leader and begins an election".
  if (now >= election_deadline_) start_pre_vote(now, out);
}

Instant Raft::deadline() const {
  if (role_ == Role::leader) return std::min(heartbeat_deadline_, quorum_deadline_);
  return election_deadline_;
}

std::optional<LogIndex> Raft::propose(Instant now, EntryKind kind, u32 size, Output& out) {
  SNOWFLK_MAYBE(now >= heartbeat_deadline_);
  if (role_ != Role::leader) return std::nullopt;
  append_as_leader(kind, size, out);
  for (const NodeId voter : options_.voters) {
    if (voter != options_.self) replicate(voter, out);
  }
  return log_.last_index();
}

void Raft::step_down(Instant now, StepDownReason reason, Output& out) {
  if (role_ != Role::leader) return;
  out.events.emplace_back(SteppedDown{.term = hard_state_.current_term, .reason = reason});
  become_follower(now, NodeId{}, out);
}

// "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to
// follower (§5.1)"
void Raft::adopt_term(Instant now, NodeId from, Term term, Output& out) {
  SNOWFLK_ASSERT(term > hard_state_.current_term);
  if (role_ == Role::leader) {
    out.events.emplace_back(
        SteppedDown{.term = hard_state_.current_term, .reason = StepDownReason::newer_term});
  }
  hard_state_ = HardState{.current_term = term, .voted_for = NodeId{}};
  out.events.emplace_back(TermAdopted{.term = term, .from = from});
  become_follower(now, NodeId{}, out);
}

/// The term stays, and with it the vote: who forgot it could vote twice.
void Raft::become_follower(Instant now, NodeId leader, Output& out) {
  if (role_ == Role::leader) {
    abandon_reads(out);
    reset_election_deadline(now);
  }
  role_ = Role::follower;
  votes_.clear();
  set_leader(leader, out);
}

void Raft::set_leader(NodeId leader, Output& out) {
  if (leader_ == leader) return;
  leader_ = leader;
  if (leader.nobody() || leader == options_.self) return;
  out.events.emplace_back(LeaderFollowed{.term = hard_state_.current_term, .leader = leader});
}

void Raft::send(NodeId to, Gate gate, const Message& message, Output& out) {
  out.messages.push_back(Outgoing{.to = to, .gate = gate, .message = message});
}

bool Raft::is_voter(NodeId node) const { return std::ranges::binary_search(options_.voters, node); }

std::size_t Raft::position(NodeId voter) const {
  const auto found = std::ranges::lower_bound(options_.voters, voter);
  SNOWFLK_ASSERT(found != options_.voters.end());
  SNOWFLK_ASSERT(*found == voter);
  return static_cast<std::size_t>(found - options_.voters.begin());
}

const Progress& Raft::progress(NodeId voter) const {
  SNOWFLK_ASSERT(role_ == Role::leader);
  return progress_[position(voter)];
}

}  // namespace snowflk::raft
