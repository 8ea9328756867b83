#include "sim/check/spec/server.hpp"

#include <algorithm>
#include <bit>

#include "core/base/assert.hpp"

namespace snowflk::sim::spec {
namespace {

std::string number(auto quantity) { return std::to_string(quantity.value); }

std::string end_text(const LogEnd& end) {
  if (end.index == LogIndex{}) return "is empty";
  return "ends with entry " + number(end.index) + " of term " + number(end.term);
}

u32 bit(NodeId node) { return 1U << (node.value - 1); }

/// Whether `log` is `of`, or the beginning of it.
bool is_prefix(std::span<const Term> log, std::span<const Term> of) {
  return log.size() <= of.size() && std::ranges::equal(log, of.first(log.size()));
}

}  // namespace

Server::Server(NodeId self, u32 servers) : self_(self), servers_(servers) {
  SNOWFLK_ASSERT(self.value >= 1);
  SNOWFLK_ASSERT(self.value <= servers);
  SNOWFLK_ASSERT(servers <= kServersMax);
}

Term Server::term_at(LogIndex index) const {
  SNOWFLK_ASSERT(index <= last_index());
  return index == LogIndex{} ? Term{} : log_[index.value - 1];
}

// ---- A server's life --------------------------------------------------------------------------

void Server::init(const Stable& stable) {
  current_term_ = stable.current_term;
  voted_for_ = stable.voted_for;
  log_.clear();
  runs_.clear();
  for (const Term term : stable.log) push_entry(term);
  commit_index_ = stable.commit_index;
  if (!voted_for_.nobody()) votes_.try_emplace(current_term_, voted_for_);
}

// "Server i restarts from stable storage. It loses everything but its currentTerm, votedFor, and
// log."
Objection Server::restart(const Stable& stable) {
  if (auto why = restart_hard_state(stable)) return why;
  if (auto why = restart_log(stable)) return why;
  if (stable.commit_index > commit_index_) {
    return "came back with commitIndex " + number(stable.commit_index) + ", and had only known " +
           number(commit_index_) + " to be committed";
  }
  end_leadership();
  init(stable);
  role_ = Role::follower;
  votes_granted_ = 0;
  told_match_ = std::min(told_match_, last_index());
  matches_.clear();
  truncations_.clear();
  return std::nullopt;
}

Objection Server::restart_hard_state(const Stable& stable) const {
  if (stable.current_term > current_term_) {
    return "came back in term " + number(stable.current_term) + ", of which it had not heard";
  }
  if (stable.current_term < told_term_) {
    return "came back in term " + number(stable.current_term) + ", and had told of term " +
           number(told_term_);
  }
  const auto vote = votes_.find(stable.current_term);
  const NodeId voted = vote == votes_.end() ? NodeId{} : vote->second;
  const bool told = told_vote_ == stable.current_term && !voted.nobody();
  if (told && stable.voted_for.nobody()) {
    return "came back without its vote for node " + number(voted) + " in term " +
           number(stable.current_term) + ", which it had told of";
  }
  // A vote that it cannot prove counts as its own, which helps nobody: it stands in later terms.
  if (stable.voted_for.nobody() || stable.voted_for == self_ || stable.voted_for == voted) {
    return std::nullopt;
  }
  return "came back with a vote for node " + number(stable.voted_for) + " in term " +
         number(stable.current_term) + ", which it never gave";
}

Objection Server::restart_log(const Stable& stable) const {
  if (stable.log.size() < told_match_.value) {
    return "came back without entry " + number(told_match_) + ", which it had told of";
  }
  if (is_prefix(stable.log, log_)) return std::nullopt;
  std::vector<Term> earlier = log_;
  for (auto undone = truncations_.rbegin(); undone != truncations_.rend(); ++undone) {
    earlier.resize(undone->from.value - 1);
    earlier.insert(earlier.end(), undone->taken.begin(), undone->taken.end());
    if (is_prefix(stable.log, earlier)) return std::nullopt;
  }
  return "came back with a log of " + std::to_string(stable.log.size()) +
         " entries that it never had";
}

// "Any RPC with a newer term causes the recipient to advance its term first."
Objection Server::update_term(Term term) {
  if (term <= current_term_) return "took the older term " + number(term);
  end_leadership();
  current_term_ = term;
  voted_for_ = NodeId{};
  role_ = Role::follower;
  return std::nullopt;
}

// ---- Elections --------------------------------------------------------------------------------

// "Server i times out and starts a new election." state[i] \in {Follower, Candidate}
Objection Server::timeout() {
  if (role_ == Role::leader) {
    return "stood for election while it led term " + number(current_term_);
  }
  current_term_ = current_term_.next();
  voted_for_ = self_;
  role_ = Role::candidate;
  votes_granted_ = bit(self_);
  candidacies_.insert_or_assign(current_term_, log_end());
  votes_.insert_or_assign(current_term_, self_);
  return std::nullopt;
}

// logOk /\ votedFor[i] \in {Nil, j}
Objection Server::grant_vote(NodeId candidate, const LogEnd& end) {
  if (!voted_for_.nobody() && voted_for_ != candidate) {
    return "voted for node " + number(candidate) + " in term " + number(current_term_) +
           ", and had voted for node " + number(voted_for_);
  }
  if (end < log_end()) {
    return "voted for node " + number(candidate) + " in term " + number(current_term_) +
           ", whose log " + end_text(end) + ", and its own " + end_text(log_end());
  }
  voted_for_ = candidate;
  votes_.insert_or_assign(current_term_, candidate);
  return std::nullopt;
}

Objection Server::count_vote(NodeId voter) {
  if (role_ == Role::candidate) votes_granted_ |= bit(voter);
  return std::nullopt;
}

// state[i] = Candidate /\ votesGranted[i] \in Quorum
Objection Server::become_leader() {
  if (role_ != Role::candidate) {
    return "became leader of term " + number(current_term_) + ", in which it did not stand";
  }
  const auto votes = static_cast<std::size_t>(std::popcount(votes_granted_));
  if (votes < majority()) {
    return "became leader of term " + number(current_term_) + " with " + std::to_string(votes) +
           " of " + std::to_string(servers_) + " votes";
  }
  role_ = Role::leader;
  match_index_.fill(LogIndex{});
  led_[current_term_] = Led{};
  return std::nullopt;
}

void Server::step_down() {
  end_leadership();
  role_ = Role::follower;
}

void Server::end_leadership() {
  if (role_ != Role::leader) return;
  led_[current_term_] = Led{.is_over = true, .log = runs_, .commit_index = commit_index_};
}

// ---- Logs -------------------------------------------------------------------------------------

// state[i] = Leader; the entry has currentTerm[i]
Objection Server::client_request(Term term) {
  const LogIndex index = last_index().next();
  if (role_ != Role::leader) {
    return "has a new entry " + number(index) + " of term " + number(term) +
           ", which no leader had sent it";
  }
  if (term != current_term_) {
    return "appended an entry of term " + number(term) + " as leader of term " +
           number(current_term_);
  }
  push_entry(term);
  return std::nullopt;
}

void Server::push_entry(Term term) {
  log_.push_back(term);
  runs_.append(term);
}

// HandleAppendEntriesRequest, with logOk: 3. "If an existing entry conflicts with a new one,
// delete the existing entry and all that follow it", 4. "Append any new entries not already in the
// log", 5. "set commitIndex = min(leaderCommit, index of last new entry)".
Objection Server::append(const Append& append, LogIndex commit) {
  if (role_ == Role::leader) {
    return "took entries of node " + number(append.from) + " as leader of term " +
           number(current_term_);
  }
  role_ = Role::follower;
  if (!has_entry(append.prev_index, append.prev_term)) return std::nullopt;
  const LogIndex match = append.prev_index + append.entries.size();
  const LogIndex bound = std::min(append.leader_commit, match);
  if (commit > commit_index_ && commit > bound) {
    return "took commitIndex " + number(commit) + ", and node " + number(append.from) +
           " had told it that " + number(append.leader_commit) +
           " are committed and that their logs are equal up to " + number(match);
  }
  store(append.prev_index, append.entries);
  commit_index_ = std::max(commit_index_, commit);
  LogIndex& known = matches_[current_term_];
  known = std::max(known, match);
  return std::nullopt;
}

void Server::store(LogIndex prev, std::span<const Term> entries) {
  std::size_t held = 0;
  while (held < entries.size() && has_entry(prev + held + 1, entries[held])) held += 1;
  if (held == entries.size()) return;
  if (prev + held < last_index()) truncate(prev + held + 1);
  for (const Term term : entries.subspan(held)) push_entry(term);
}

void Server::truncate(LogIndex from) {
  const auto first = log_.begin() + static_cast<std::ptrdiff_t>(from.value - 1);
  truncations_.push_back(
      Truncation{.during = current_term_, .from = from, .taken = {first, log_.end()}});
  log_.erase(first, log_.end());
  runs_.truncate(from);
  told_match_ = std::min(told_match_, from.previous());
}

Objection Server::advance_match(NodeId follower, LogIndex match) {
  if (role_ != Role::leader) return std::nullopt;
  LogIndex& known = match_index_[follower.value - 1];
  known = std::max(known, match);
  return std::nullopt;
}

// "The maximum indexes for which a quorum agrees", and log[i][index].term = currentTerm[i]
Objection Server::advance_commit_index(LogIndex index) {
  if (role_ != Role::leader) {
    return "took commitIndex " + number(index) + ", which no leader had told it";
  }
  if (index > last_index()) {
    return "took commitIndex " + number(index) + ", and its log has " + number(last_index()) +
           " entries";
  }
  std::size_t holders = 1;  // itself
  for (std::size_t i = 0; i < servers_; ++i) {
    const bool other = i + 1 != self_.value;
    if (other && match_index_[i] >= index) holders += 1;
  }
  if (holders < majority()) {
    return "took commitIndex " + number(index) + ", and knew of " + std::to_string(holders) +
           " of " + std::to_string(servers_) + " that have that entry";
  }
  if (term_at(index) != current_term_) {
    return "took commitIndex " + number(index) + " by counting who has it, as leader of term " +
           number(current_term_) + ", and that entry is of term " + number(term_at(index));
  }
  commit_index_ = index;
  return std::nullopt;
}

// ---- What it says -----------------------------------------------------------------------------

Objection Server::tells_term(Term term) {
  if (term > current_term_) {
    return "told of term " + number(term) + " while in term " + number(current_term_);
  }
  told_term_ = std::max(told_term_, term);
  std::erase_if(truncations_, [&](const Truncation& some) { return some.during < term; });
  return std::nullopt;
}

Objection Server::tells_candidacy(Term term, const LogEnd& end) {
  const auto stood = candidacies_.find(term);
  if (stood == candidacies_.end()) {
    return "asked for votes in term " + number(term) + ", in which it did not stand";
  }
  if (stood->second != end) {
    return "asked for votes in term " + number(term) + " for a log that " + end_text(end) +
           ", and its own then was one that " + end_text(stood->second);
  }
  told_vote_ = std::max(told_vote_, term);
  return tells_term(term);
}

Objection Server::tells_vote(Term term, NodeId candidate) {
  const auto vote = votes_.find(term);
  if (vote == votes_.end() || vote->second != candidate) {
    return "told node " + number(candidate) + " of a vote in term " + number(term) +
           " that it has not given";
  }
  told_vote_ = std::max(told_vote_, term);
  return tells_term(term);
}

// What is sent of an earlier leadership waited for its entries to be read: the log may be another
// by now, and is not asked.
Objection Server::tells_entries(Term term, const Append& append) {
  const auto led = led_.find(term);
  if (led == led_.end()) {
    return "sent entries as leader of term " + number(term) + ", which it never was";
  }
  const bool is_over = led->second.is_over;
  const LogIndex known = is_over ? led->second.commit_index : commit_index_;
  if (append.leader_commit > known) {
    return "told that " + number(append.leader_commit) + " entries are committed, and knew of " +
           number(known) + (is_over ? " as leader of term " + number(term) : "");
  }
  const auto had = [&](LogIndex index, Term of) {
    return is_over ? led->second.log.has_entry(index, of) : has_entry(index, of);
  };
  bool own = had(append.prev_index, append.prev_term);
  for (std::size_t i = 0; own && i < append.entries.size(); ++i) {
    own = had(append.prev_index + i + 1, append.entries[i]);
  }
  if (own) return std::nullopt;
  return "sent entries " + number(append.prev_index.next()) + " to " +
         number(append.prev_index + append.entries.size()) + " that are not those of its log" +
         (is_over ? " as leader of term " + number(term) : "");
}

Objection Server::tells_match(Term term, LogIndex match) {
  const auto known = matches_.find(term);
  if (known == matches_.end() || known->second < match) {
    return "told the leader of term " + number(term) + " that their logs are equal up to entry " +
           number(match) + ", which it has not found";
  }
  if (auto why = tells_term(term)) return why;
  if (term == current_term_) proven_to(match);
  return std::nullopt;
}

/// All that led to the log as it is up to `match` is durable.
void Server::proven_to(LogIndex match) {
  told_match_ = std::max(told_match_, std::min(match, last_index()));
  std::erase_if(truncations_, [&](const Truncation& some) { return some.from <= match; });
}

}  // namespace snowflk::sim::spec
