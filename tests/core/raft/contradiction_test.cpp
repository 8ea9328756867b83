// core/raft/contradiction.cpp: what no server that keeps the rules can say is refused, whole, and
// told of; whoever hears it goes on.
#include "tests/catch.hpp"
#include "tests/support/raft_cluster.hpp"

namespace snowflk::testing {
namespace {

using raft::AppendEntries;
using raft::Contradiction;
using raft::MessageRefused;

constexpr NodeId n1{1};
constexpr NodeId n2{2};
constexpr NodeId n3{3};

AppendEntries append(u64 term, u64 prev, u64 prev_term, u32 count, u64 commit = 0) {
  return {.term = Term{term},
          .prev_log_index = LogIndex{prev},
          .prev_log_term = Term{prev_term},
          .leader_commit = LogIndex{commit},
          .entry_count = count};
}

/// n2 follows n1 in term 2, and knows that 1 1 is committed.
RaftCluster committed_two() {
  RaftCluster cluster{3};
  cluster.receive(n2, n1, append(2, 0, 0, 2, 2), log_of({1, 1}));
  cluster.drop_all();
  return cluster;
}

/// Whether the last thing that happened is that a message from `from` was refused for `why`, and
/// nothing was answered.
bool refused(const RaftCluster& cluster, NodeId from, Contradiction why) {
  if (cluster.events.empty() || !cluster.wire.empty()) return false;
  const auto* event = std::get_if<MessageRefused>(&cluster.events.back());
  return event != nullptr && event->from == from && event->contradiction == why;
}

TEST_CASE("a second leader of one term is refused") {
  RaftCluster cluster = committed_two();
  cluster.receive(n2, n3, append(2, 2, 1, 0));
  CHECK(refused(cluster, n3, Contradiction::second_leader_of_a_term));
  CHECK(cluster.server(n2).leader() == n1);
}

TEST_CASE("a second leader of one term is refused also after the first was lost sight of") {
  RaftCluster cluster = committed_two();
  cluster.time_out(n2);  // a pre-candidate knows no leader
  cluster.drop_all();
  cluster.receive(n2, n3, append(2, 2, 1, 0));
  CHECK(refused(cluster, n3, Contradiction::second_leader_of_a_term));
  cluster.receive(n2, n1, append(2, 2, 1, 0));
  CHECK(cluster.server(n2).leader() == n1);
}

TEST_CASE("a leader refuses another leader of its term") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.receive(n1, n2, append(1, 1, 1, 0));
  CHECK(refused(cluster, n2, Contradiction::second_leader_of_a_term));
  CHECK(cluster.server(n1).role() == raft::Role::leader);
}

TEST_CASE("an entry that conflicts with a committed one is refused, and so is its term") {
  RaftCluster cluster = committed_two();
  cluster.receive(n2, n3, append(3, 1, 1, 1), log_of({3}));
  CHECK(refused(cluster, n3, Contradiction::lacks_a_committed_entry));
  CHECK(terms_of(cluster.server(n2).log()) == std::vector<u64>{1, 1});
  CHECK(cluster.server(n2).hard_state().current_term == Term{2});
}

TEST_CASE("a leader that lacks a committed entry is refused") {
  RaftCluster cluster = committed_two();
  cluster.receive(n2, n3, append(4, 2, 3, 0));
  CHECK(refused(cluster, n3, Contradiction::lacks_a_committed_entry));
}

TEST_CASE("an older message of the leader, within what is committed, is not refused") {
  RaftCluster cluster = committed_two();
  cluster.receive(n2, n1, append(2, 0, 0, 1), log_of({1}));
  REQUIRE(cluster.last<raft::AppendEntriesReply>(n2, n1) != nullptr);
  CHECK(cluster.last<raft::AppendEntriesReply>(n2, n1)->success);
}

TEST_CASE("an answer that speaks of more than the leader has is refused") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  raft::AppendEntriesReply reply;
  reply.term = Term{1};
  reply.success = true;
  reply.match_index = LogIndex{9};
  cluster.receive(n1, n2, reply);
  CHECK(refused(cluster, n2, Contradiction::answers_what_was_not_asked));
}

TEST_CASE("a vote in a term that we did not stand in is refused, and so is its term") {
  RaftCluster cluster{3};
  cluster.receive(n1, n2, raft::RequestVoteReply{.term = Term{9}, .vote_granted = true});
  CHECK(refused(cluster, n2, Contradiction::answers_what_was_not_asked));
  CHECK(cluster.server(n1).hard_state().current_term == Term{0});
  cluster.receive(n1, n2, raft::RequestVoteReply{.term = Term{9}, .vote_granted = false});
  CHECK(cluster.server(n1).hard_state().current_term == Term{9});
}

TEST_CASE("a term that is too many elections ahead is refused, whatever tells of it") {
  const u64 far = raft::Raft::kTermLeapMax + 1;
  const raft::RequestVote vote{
      .term = Term{far}, .last_log_index = LogIndex{}, .last_log_term = Term{}};
  RaftCluster cluster{3};
  cluster.receive(n1, n2, vote);
  CHECK(refused(cluster, n2, Contradiction::leaps_in_terms));
  cluster.receive(n1, n2, append(far, 0, 0, 0));
  CHECK(refused(cluster, n2, Contradiction::leaps_in_terms));
  cluster.receive(n1, n2, raft::RequestVoteReply{.term = Term{far}, .vote_granted = false});
  CHECK(refused(cluster, n2, Contradiction::leaps_in_terms));
  cluster.receive(n1, n2, append(far - 1, 0, 0, 0));
  CHECK(cluster.server(n1).hard_state().current_term == Term{far - 1});
}

TEST_CASE("the echo of a round that has not begun is refused") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.receive(n1, n2, raft::ReadRoundReply{.term = Term{1}, .round = 1});
  CHECK(refused(cluster, n2, Contradiction::answers_what_was_not_asked));
}

}  // namespace
}  // namespace snowflk::testing
