// The messages of Raft, as Figure 2 and the thesis list them, and what the log knows of an entry.
//
// No payload: AppendEntries carries a count, and the (term, kind, size) of its entries go beside
// it. Who joins terms with bytes is core/node.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "core/base/describe.hpp"
#include "core/base/types.hpp"

namespace snowflk::raft {

/// Zero is not an entry: a log that is empty ends in "none".
enum class EntryKind : u8 { none = 0, no_op = 1, command = 2 };
constexpr std::string_view name_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::none: return "none";
    case EntryKind::no_op: return "no_op";
    case EntryKind::command: return "command";
  }
  return "?";
}

/// What Raft's log holds of an entry: a row of (term, kind, size). `size` is in bytes of payload.
struct EntryInfo {
  static constexpr std::string_view kName = "entry";
  Term term;
  u32 size = 0;
  EntryKind kind = EntryKind::none;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &EntryInfo::term}, Field{"size", &EntryInfo::size},
                      Field{"kind", &EntryInfo::kind}};
  }
  friend bool operator==(const EntryInfo&, const EntryInfo&) = default;
};

/// "Persistent state on all servers" (Figure 2), but for the log.
struct HardState {
  static constexpr std::string_view kName = "hard_state";
  Term current_term;
  NodeId voted_for;  // in current_term; nobody: none
  static constexpr auto fields() {
    return std::tuple{Field{"current_term", &HardState::current_term},
                      Field{"voted_for", &HardState::voted_for}};
  }
  friend bool operator==(const HardState&, const HardState&) = default;
};

/// Names one read that waits for its index. Unique over all incarnations of all nodes: it is never
/// used twice, so an answer that comes late answers its own read or none.
struct ReadId {
  static constexpr bool kScalar = true;
  u64 value = 0;
  friend constexpr auto operator<=>(ReadId, ReadId) = default;
};

struct RequestVote {
  static constexpr std::string_view kName = "request_vote";
  Term term;
  LogIndex last_log_index;
  Term last_log_term;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &RequestVote::term},
                      Field{"last_log_index", &RequestVote::last_log_index},
                      Field{"last_log_term", &RequestVote::last_log_term}};
  }
};

struct RequestVoteReply {
  static constexpr std::string_view kName = "request_vote_reply";
  Term term;
  bool vote_granted = false;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &RequestVoteReply::term},
                      Field{"vote_granted", &RequestVoteReply::vote_granted}};
  }
};

/// Thesis §9.6: would you vote for me in `term`? Nobody's term changes by the question.
struct PreVote {
  static constexpr std::string_view kName = "pre_vote";
  Term term;  // the term in which the asker would stand: its own plus one
  LogIndex last_log_index;
  Term last_log_term;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &PreVote::term},
                      Field{"last_log_index", &PreVote::last_log_index},
                      Field{"last_log_term", &PreVote::last_log_term}};
  }
};

struct PreVoteReply {
  static constexpr std::string_view kName = "pre_vote_reply";
  Term term;  // granted: the term asked for; refused: the current term of who refuses
  bool vote_granted = false;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &PreVoteReply::term},
                      Field{"vote_granted", &PreVoteReply::vote_granted}};
  }
};

/// `entry_count` entries follow `prev_log_index`; none: a heartbeat.
struct AppendEntries {
  static constexpr std::string_view kName = "append_entries";
  Term term;
  LogIndex prev_log_index;
  Term prev_log_term;
  LogIndex leader_commit;
  u32 entry_count = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &AppendEntries::term},
                      Field{"prev_log_index", &AppendEntries::prev_log_index},
                      Field{"prev_log_term", &AppendEntries::prev_log_term},
                      Field{"leader_commit", &AppendEntries::leader_commit},
                      Field{"entry_count", &AppendEntries::entry_count}};
  }
};

struct AppendEntriesReply {
  static constexpr std::string_view kName = "append_entries_reply";
  Term term;
  bool success = false;
  LogIndex match_index;     // success: the log equals the leader's up to here. Else prev_log_index.
  LogIndex conflict_index;  // refusal: the highest index at which the logs can agree
  Term conflict_term;       // refusal: the term of the entry there
  static constexpr auto fields() {
    return std::tuple{Field{"term", &AppendEntriesReply::term},
                      Field{"success", &AppendEntriesReply::success},
                      Field{"match_index", &AppendEntriesReply::match_index},
                      Field{"conflict_index", &AppendEntriesReply::conflict_index},
                      Field{"conflict_term", &AppendEntriesReply::conflict_term}};
  }
};

/// A follower asks its leader from which index on a read sees all that was acknowledged (§8,
/// thesis §6.4).
struct ReadIndex {
  static constexpr std::string_view kName = "read_index";
  Term term;
  ReadId read;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &ReadIndex::term}, Field{"read", &ReadIndex::read}};
  }
};

struct ReadIndexReply {
  static constexpr std::string_view kName = "read_index_reply";
  Term term;
  ReadId read;
  LogIndex index;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &ReadIndexReply::term}, Field{"read", &ReadIndexReply::read},
                      Field{"index", &ReadIndexReply::index}};
  }
};

/// A leader asks whether it is still followed (thesis §6.4, 3.). Rounds count upwards in a term.
struct ReadRound {
  static constexpr std::string_view kName = "read_round";
  Term term;
  u64 round = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &ReadRound::term}, Field{"round", &ReadRound::round}};
  }
};

/// When it was sent, the follower knew no newer term.
struct ReadRoundReply {
  static constexpr std::string_view kName = "read_round_reply";
  Term term;
  u64 round = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &ReadRoundReply::term}, Field{"round", &ReadRoundReply::round}};
  }
};

using Message =
    std::variant<RequestVote, RequestVoteReply, PreVote, PreVoteReply, AppendEntries,
                 AppendEntriesReply, ReadIndex, ReadIndexReply, ReadRound, ReadRoundReply>;

}  // namespace snowflk::raft
