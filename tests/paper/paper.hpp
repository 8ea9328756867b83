// Words for the tests of the paper: servers by name, messages by their arguments in Figure 2.
//
// Each test opens with the sentence of the extended version of "In Search of an Understandable
// Consensus Algorithm" that it holds core/raft to. Where the sentence speaks of applying entries
// or of clients, Raft's part is what is committed; the rest is core/node's.
#pragma once

#include "tests/catch.hpp"
#include "tests/support/figure3.hpp"
#include "tests/support/raft_cluster.hpp"

namespace snowflk::testing {

using raft::AppendEntries;
using raft::AppendEntriesReply;
using raft::EntryInfo;
using raft::EntryKind;
using raft::HardState;
using raft::RequestVote;
using raft::RequestVoteReply;
using raft::Role;
using Terms = std::vector<u64>;

inline constexpr NodeId s1{1};
inline constexpr NodeId s2{2};
inline constexpr NodeId s3{3};
inline constexpr NodeId s4{4};
inline constexpr NodeId s5{5};

inline RequestVote request_vote(u64 term, u64 last_log_index = 0, u64 last_log_term = 0) {
  return {.term = Term{term},
          .last_log_index = LogIndex{last_log_index},
          .last_log_term = Term{last_log_term}};
}

inline RequestVoteReply vote(u64 term, bool granted = true) {
  return {.term = Term{term}, .vote_granted = granted};
}

inline AppendEntries append_entries(u64 term, u64 prev_log_index, u64 prev_log_term,
                                    u32 entry_count = 0, u64 leader_commit = 0) {
  return {.term = Term{term},
          .prev_log_index = LogIndex{prev_log_index},
          .prev_log_term = Term{prev_log_term},
          .leader_commit = LogIndex{leader_commit},
          .entry_count = entry_count};
}

inline AppendEntriesReply success(u64 term, u64 match_index) {
  return {.term = Term{term},
          .success = true,
          .match_index = LogIndex{match_index},
          .conflict_index = {},
          .conflict_term = {}};
}

inline AppendEntriesReply refusal(u64 term, u64 prev_log_index, u64 index, u64 index_term) {
  return {.term = Term{term},
          .success = false,
          .match_index = LogIndex{prev_log_index},
          .conflict_index = LogIndex{index},
          .conflict_term = Term{index_term}};
}

/// A server that has seen `term`, voted for `voted_for` in it, and has a log of these terms.
inline Stored with(u64 term, NodeId voted_for, const Terms& terms) {
  return {.hard_state = {.current_term = Term{term}, .voted_for = voted_for},
          .entries = log_of(terms)};
}

inline u64 term(const RaftCluster& cluster, NodeId id) {
  return cluster.server(id).hard_state().current_term.value;
}
inline NodeId voted_for(const RaftCluster& cluster, NodeId id) {
  return cluster.server(id).hard_state().voted_for;
}
inline Role role(const RaftCluster& cluster, NodeId id) { return cluster.server(id).role(); }
inline u64 commit(const RaftCluster& cluster, NodeId id) {
  return cluster.server(id).commit_index().value;
}
inline Terms log(const RaftCluster& cluster, NodeId id) {
  return terms_of(cluster.server(id).log());
}

}  // namespace snowflk::testing
