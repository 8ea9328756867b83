// One server of an executable specification of Raft: its variables, and every action with its
// guard.
//
// Written from Figure 2 and the TLA+ specification of Ongaro's dissertation (appendix B), whose
// names it has, and not from the core. An action whose guard holds changes the variables; else it
// says why the server may not do it, and nothing has changed. Where the TLA+ is more abstract than
// a server with a disk can be:
//   - Restart gives back any state between what the server has told of and what it was last, for
//     what it has not told of need not be durable; a vote that it cannot prove is its own.
//   - StepDown: who leads or stands may stop at any time. It takes no part of safety away.
//   - HandleAppendEntries takes as many of the entries as it has room for, from the first on.
// A pre-vote changes no variable, so it is no action. `messages` is not kept: what the server has
// said it may say again, which is all that a network that loses, doubles and delays can do.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.hpp"
#include "sim/check/spec/term_runs.hpp"

namespace snowflk::sim::spec {

enum class Role : u8 { follower, candidate, leader };
constexpr std::string_view name_of(Role role) {
  switch (role) {
    case Role::follower: return "Follower";
    case Role::candidate: return "Candidate";
    case Role::leader: return "Leader";
  }
  return "?";
}

enum class Action : u8 {
  init,
  restart,
  update_term,
  timeout,
  handle_request_vote_request,
  handle_request_vote_response,
  become_leader,
  client_request,
  handle_append_entries_request,
  handle_append_entries_response,
  advance_commit_index,
  step_down,
};
constexpr std::string_view name_of(Action action) {
  switch (action) {
    case Action::init: return "Init";
    case Action::restart: return "Restart";
    case Action::update_term: return "UpdateTerm";
    case Action::timeout: return "Timeout";
    case Action::handle_request_vote_request: return "HandleRequestVoteRequest";
    case Action::handle_request_vote_response: return "HandleRequestVoteResponse";
    case Action::become_leader: return "BecomeLeader";
    case Action::client_request: return "ClientRequest";
    case Action::handle_append_entries_request: return "HandleAppendEntriesRequest";
    case Action::handle_append_entries_response: return "HandleAppendEntriesResponse";
    case Action::advance_commit_index: return "AdvanceCommitIndex";
    case Action::step_down: return "StepDown";
  }
  return "?";
}

/// Why an action or a message is not allowed, as what "node 2 ..." did. Nothing: it is.
using Objection = std::optional<std::string>;

inline constexpr std::size_t kServersMax = 9;

/// "Index and term of the last entry", compared as §5.4.1 does.
struct LogEnd {
  Term term;
  LogIndex index;
  friend auto operator<=>(const LogEnd&, const LogEnd&) = default;
};

/// What AppendEntries says, and as many of its entries' terms as the server took.
struct Append {
  NodeId from;
  LogIndex prev_index;
  Term prev_term;
  LogIndex leader_commit;
  std::span<const Term> entries;
};

/// What comes back from a disk.
struct Stable {
  Term current_term;
  NodeId voted_for;
  std::span<const Term> log;
  LogIndex commit_index;
};

class Server {
 public:
  /// As Init has it. REQUIRES: 1 <= self <= servers <= kServersMax.
  Server(NodeId self, u32 servers);

  // ---- Variables -----------------------------------------------------------------------------

  [[nodiscard]] NodeId self() const { return self_; }
  [[nodiscard]] Term current_term() const { return current_term_; }
  [[nodiscard]] NodeId voted_for() const { return voted_for_; }
  [[nodiscard]] Role role() const { return role_; }
  [[nodiscard]] LogIndex commit_index() const { return commit_index_; }
  [[nodiscard]] LogIndex last_index() const { return LogIndex{log_.size()}; }
  /// Of index 0: zero. REQUIRES: index <= last_index().
  [[nodiscard]] Term term_at(LogIndex index) const;
  [[nodiscard]] Term last_term() const { return term_at(last_index()); }
  [[nodiscard]] LogEnd log_end() const { return {.term = last_term(), .index = last_index()}; }
  /// The log again, as runs of equal terms.
  [[nodiscard]] std::span<const TermRuns::Run> runs() const { return runs_.runs(); }
  [[nodiscard]] u32 votes_granted() const { return votes_granted_; }  // bit id - 1
  [[nodiscard]] LogIndex match_index(NodeId of) const { return match_index_[of.value - 1]; }
  [[nodiscard]] bool has_entry(LogIndex index, Term term) const {
    return index <= last_index() && term_at(index) == term;
  }

  // ---- Actions -------------------------------------------------------------------------------

  /// Init, but with a log that it was given.
  void init(const Stable& stable);
  Objection restart(const Stable& stable);
  Objection update_term(Term term);
  Objection timeout();
  /// The server grants its vote.
  Objection grant_vote(NodeId candidate, const LogEnd& end);
  /// A vote for the current term came from `voter`.
  Objection count_vote(NodeId voter);
  Objection become_leader();
  Objection client_request(Term term);
  /// Of the current term. `commit` is what the server's commitIndex is afterwards.
  Objection append(const Append& append, LogIndex commit);
  /// Of the current term, a success.
  Objection advance_match(NodeId follower, LogIndex match);
  Objection advance_commit_index(LogIndex index);
  void step_down();

  // ---- What it says. Each leaves the server when it likes, if it was true when it was made ------

  Objection tells_candidacy(Term term, const LogEnd& end);
  Objection tells_vote(Term term, NodeId candidate);
  Objection tells_entries(Term term, const Append& append);
  Objection tells_match(Term term, LogIndex match);
  /// Whatever it says of `term`: that it knows of it, durably.
  Objection tells_term(Term term);

 private:
  /// Entries that a truncation took, and that are back if it was not durable.
  struct Truncation {
    Term during;
    LogIndex from;
    std::vector<Term> taken;
  };

  /// A leadership: what it sends of it, however late, it knew while it lasted.
  struct Led {
    bool is_over = false;
    TermRuns log;           // when it ended
    LogIndex commit_index;  // likewise
  };

  [[nodiscard]] std::size_t majority() const { return servers_ / 2 + 1; }
  [[nodiscard]] Objection restart_hard_state(const Stable& stable) const;
  [[nodiscard]] Objection restart_log(const Stable& stable) const;
  void end_leadership();
  void push_entry(Term term);
  void store(LogIndex prev, std::span<const Term> entries);
  void truncate(LogIndex from);
  void proven_to(LogIndex match);

  NodeId self_;
  std::size_t servers_;

  Term current_term_;
  NodeId voted_for_;
  Role role_ = Role::follower;
  std::vector<Term> log_;  // index 1 first
  TermRuns runs_;          // of log_
  LogIndex commit_index_;
  u32 votes_granted_ = 0;
  std::array<LogIndex, kServersMax> match_index_{};

  // What it may say, by term. Elections are few.
  std::map<Term, LogEnd> candidacies_;
  std::map<Term, NodeId> votes_;
  std::map<Term, LogIndex> matches_;  // up to where its log equalled the leader's
  std::map<Term, Led> led_;

  // What it has told of, so that it must outlive a crash.
  Term told_term_;
  Term told_vote_;       // the latest term whose vote it has told of
  LogIndex told_match_;  // of the log as it is now
  std::vector<Truncation> truncations_;
};

}  // namespace snowflk::sim::spec
