// What Raft says of itself: the events of elections, votes, logs and commits.
#pragma once

#include <variant>

#include "core/raft/messages.hpp"

namespace snowflk::raft {

enum class Role : u8 { follower, pre_candidate, candidate, leader };
constexpr std::string_view name_of(Role role) {
  switch (role) {
    case Role::follower: return "follower";
    case Role::pre_candidate: return "pre_candidate";
    case Role::candidate: return "candidate";
    case Role::leader: return "leader";
  }
  return "?";
}

struct PreVoteStarted {
  static constexpr std::string_view kName = "pre_vote_started";
  Term term;  // the term it would stand in
  static constexpr auto fields() { return std::tuple{Field{"term", &PreVoteStarted::term}}; }
};
struct ElectionStarted {
  static constexpr std::string_view kName = "election_started";
  Term term;
  static constexpr auto fields() { return std::tuple{Field{"term", &ElectionStarted::term}}; }
};
/// The vote was decided for; it is spoken of once it is durable.
struct VoteGranted {
  static constexpr std::string_view kName = "vote_granted";
  Term term;
  NodeId candidate;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &VoteGranted::term},
                      Field{"candidate", &VoteGranted::candidate}};
  }
};
struct BecameLeader {
  static constexpr std::string_view kName = "became_leader";
  Term term;
  LogIndex last_log_index;  // before its no-op
  static constexpr auto fields() {
    return std::tuple{Field{"term", &BecameLeader::term},
                      Field{"last_log_index", &BecameLeader::last_log_index}};
  }
};
enum class StepDownReason : u8 { newer_term, lost_quorum, stopping, disk_full, disk_stalled };
constexpr std::string_view name_of(StepDownReason reason) {
  switch (reason) {
    case StepDownReason::newer_term: return "newer_term";
    case StepDownReason::lost_quorum: return "lost_quorum";
    case StepDownReason::stopping: return "stopping";
    case StepDownReason::disk_full: return "disk_full";
    case StepDownReason::disk_stalled: return "disk_stalled";
  }
  return "?";
}
struct SteppedDown {
  static constexpr std::string_view kName = "stepped_down";
  Term term;  // the term that it led
  StepDownReason reason = StepDownReason::newer_term;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &SteppedDown::term}, Field{"reason", &SteppedDown::reason}};
  }
};
struct TermAdopted {
  static constexpr std::string_view kName = "term_adopted";
  Term term;
  NodeId from;  // whose message told of it
  static constexpr auto fields() {
    return std::tuple{Field{"term", &TermAdopted::term}, Field{"from", &TermAdopted::from}};
  }
};
struct LeaderFollowed {
  static constexpr std::string_view kName = "leader_followed";
  Term term;
  NodeId leader;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &LeaderFollowed::term},
                      Field{"leader", &LeaderFollowed::leader}};
  }
};
/// Entries [first, first + count) are in the log, not yet durable.
struct EntriesAppended {
  static constexpr std::string_view kName = "entries_appended";
  LogIndex first;
  u32 count = 0;
  Term last_term;
  static constexpr auto fields() {
    return std::tuple{Field{"first", &EntriesAppended::first},
                      Field{"count", &EntriesAppended::count},
                      Field{"last_term", &EntriesAppended::last_term}};
  }
};
struct LogTruncated {
  static constexpr std::string_view kName = "log_truncated";
  LogIndex from;  // this and all later entries are gone
  static constexpr auto fields() { return std::tuple{Field{"from", &LogTruncated::from}}; }
};
struct CommitAdvanced {
  static constexpr std::string_view kName = "commit_advanced";
  LogIndex commit_index;
  Term term;  // of the entry there
  static constexpr auto fields() {
    return std::tuple{Field{"commit_index", &CommitAdvanced::commit_index},
                      Field{"term", &CommitAdvanced::term}};
  }
};

/// What a message says that cannot be, if all servers keep the rules.
enum class Contradiction : u8 {
  second_leader_of_a_term,     // Election Safety
  lacks_a_committed_entry,     // Leader Completeness
  answers_what_was_not_asked,  // a match beyond the log, a vote in a term we did not stand in
  leaps_in_terms,              // by more elections than there can have been
};
constexpr std::string_view name_of(Contradiction contradiction) {
  switch (contradiction) {
    case Contradiction::second_leader_of_a_term: return "second_leader_of_a_term";
    case Contradiction::lacks_a_committed_entry: return "lacks_a_committed_entry";
    case Contradiction::answers_what_was_not_asked: return "answers_what_was_not_asked";
    case Contradiction::leaps_in_terms: return "leaps_in_terms";
  }
  return "?";
}
/// Nothing of the message counts.
struct MessageRefused {
  static constexpr std::string_view kName = "message_refused";
  NodeId from;
  Contradiction contradiction = Contradiction::second_leader_of_a_term;
  static constexpr auto fields() {
    return std::tuple{Field{"from", &MessageRefused::from},
                      Field{"contradiction", &MessageRefused::contradiction}};
  }
};

using Event = std::variant<PreVoteStarted, ElectionStarted, VoteGranted, BecameLeader, SteppedDown,
                           TermAdopted, LeaderFollowed, EntriesAppended, LogTruncated,
                           CommitAdvanced, MessageRefused>;

}  // namespace snowflk::raft
