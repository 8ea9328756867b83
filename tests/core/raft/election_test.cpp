// core/raft/election.cpp: votes, pre-votes, check-quorum, stickiness, beyond what the paper's own
// sentences say (tests/paper).

#include "tests/catch.hpp"
#include "tests/support/raft_cluster.hpp"

namespace snowflk::testing {
namespace {

using raft::PreVote;
using raft::PreVoteReply;
using raft::RequestVote;
using raft::RequestVoteReply;
using raft::Role;

constexpr NodeId n1{1};
constexpr NodeId n2{2};
constexpr NodeId n3{3};

RequestVote ask(u64 term, u64 index = 0, u64 last_term = 0) {
  return {.term = Term{term}, .last_log_index = LogIndex{index}, .last_log_term = Term{last_term}};
}

PreVote would_you(u64 term, u64 index = 0, u64 last_term = 0) {
  return {.term = Term{term}, .last_log_index = LogIndex{index}, .last_log_term = Term{last_term}};
}

raft::AppendEntriesReply newer_term(u64 term) {
  raft::AppendEntriesReply reply;
  reply.term = Term{term};
  return reply;
}

TEST_CASE("a vote said twice counts once") {
  RaftCluster cluster{5};
  cluster.campaign(n1);
  const RequestVoteReply yes{.term = Term{1}, .vote_granted = true};
  cluster.receive(n1, n2, yes);
  cluster.receive(n1, n2, yes);
  cluster.receive(n1, n2, yes);
  CHECK(cluster.server(n1).role() == Role::candidate);
  cluster.receive(n1, n3, yes);
  CHECK(cluster.server(n1).role() == Role::leader);
}

TEST_CASE("a vote for an older election does not count in this one") {
  RaftCluster cluster{3};
  cluster.campaign(n1);
  cluster.campaign(n1);
  cluster.receive(n1, n2, RequestVoteReply{.term = Term{1}, .vote_granted = true});
  CHECK(cluster.server(n1).role() == Role::candidate);
}

TEST_CASE("a pre-vote is no vote") {
  RaftCluster cluster{3};
  cluster.campaign(n1);
  cluster.receive(n1, n2, PreVoteReply{.term = Term{1}, .vote_granted = true});
  cluster.receive(n1, n2, PreVoteReply{.term = Term{2}, .vote_granted = true});
  CHECK(cluster.server(n1).role() == Role::candidate);
}

TEST_CASE("a vote is no pre-vote") {
  RaftCluster cluster{3};
  cluster.campaign(n1);
  cluster.drop_all();
  cluster.time_out(n1);
  REQUIRE(cluster.server(n1).role() == Role::pre_candidate);
  cluster.receive(n1, n2, RequestVoteReply{.term = Term{1}, .vote_granted = true});
  CHECK(cluster.server(n1).role() == Role::pre_candidate);
  CHECK(cluster.server(n1).hard_state().current_term == Term{1});
}

TEST_CASE("a pre-vote changes nobody's term or vote and restarts no timeout") {
  RaftCluster cluster{3};
  const Instant deadline = cluster.server(n2).deadline();
  cluster.receive(n2, n1, would_you(9));
  CHECK(cluster.last<PreVoteReply>(n2, n1)->vote_granted);
  CHECK(cluster.last<PreVoteReply>(n2, n1)->term == Term{9});
  CHECK(cluster.server(n2).hard_state() == raft::HardState{});
  CHECK(cluster.server(n2).deadline() == deadline);
}

TEST_CASE("a pre-vote is refused to a log that is behind") {
  RaftCluster cluster{3};
  cluster.start(
      n2, {.hard_state = {.current_term = Term{2}, .voted_for = {}}, .entries = log_of({1, 2})});
  cluster.receive(n2, n1, would_you(3, 5, 1));
  CHECK(!cluster.last<PreVoteReply>(n2, n1)->vote_granted);
  cluster.receive(n2, n1, would_you(3, 2, 2));
  CHECK(cluster.last<PreVoteReply>(n2, n1)->vote_granted);
}

TEST_CASE("a pre-candidate that is refused by a newer term adopts it, and asks for the one after") {
  // B20: the only electable log is at the lower term.
  RaftCluster cluster{3};
  cluster.start(n1,
                {.hard_state = {.current_term = Term{5}, .voted_for = {}}, .entries = log_of({1})});
  cluster.start(
      n2, {.hard_state = {.current_term = Term{2}, .voted_for = {}}, .entries = log_of({1, 2})});
  cluster.crash(n3);
  cluster.run(seconds(3));
  CHECK(cluster.leader() == n2);
  CHECK(cluster.server(n2).hard_state().current_term > Term{5});
}

TEST_CASE("while it hears its leader, a server refuses pre-votes and does not hear candidates") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.advance(milliseconds(149));
  cluster.receive(n2, n3, would_you(2, 9, 1));
  CHECK(!cluster.last<PreVoteReply>(n2, n3)->vote_granted);
  cluster.receive(n2, n3, ask(2, 9, 1));
  CHECK(cluster.last<RequestVoteReply>(n2, n3) == nullptr);
  CHECK(cluster.server(n2).hard_state().current_term == Term{1});

  cluster.advance(milliseconds(1));
  cluster.receive(n2, n3, would_you(2, 9, 1));
  CHECK(cluster.last<PreVoteReply>(n2, n3)->vote_granted);
  cluster.receive(n2, n3, ask(2, 9, 1));
  CHECK(cluster.last<RequestVoteReply>(n2, n3)->vote_granted);
}

TEST_CASE("a leader does not give way to a candidate, but to a newer term in a reply") {
  // Thesis 4.2.3: a server that was cut off cannot disrupt the leader that the others hear.
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.receive(n1, n3, ask(7, 9, 1));
  CHECK(cluster.server(n1).role() == Role::leader);
  cluster.receive(n1, n3, newer_term(7));
  CHECK(cluster.server(n1).role() == Role::follower);
}

TEST_CASE("a server that has moved on to a newer term no longer protects the leader of the old") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  // n2 stands at once; it knows of no leader in its new term, so it must hear another candidate.
  cluster.campaign(n2);
  cluster.receive(n2, n3, ask(3, 9, 1));
  REQUIRE(cluster.last<RequestVoteReply>(n2, n3) != nullptr);
  CHECK(cluster.last<RequestVoteReply>(n2, n3)->vote_granted);
}

TEST_CASE("a leader that hears no majority for an election timeout steps down") {
  RaftCluster cluster{5};
  cluster.elect(n1);
  cluster.isolate(n1);
  cluster.run(milliseconds(299));
  CHECK(cluster.server(n1).role() == Role::leader);
  cluster.run(milliseconds(301));
  CHECK(cluster.server(n1).role() != Role::leader);
}

TEST_CASE("a leader that hears a bare majority stays, however long") {
  RaftCluster cluster{5};
  cluster.elect(n1);
  cluster.crash(NodeId{4});
  cluster.crash(NodeId{5});
  cluster.run(seconds(10));
  CHECK(cluster.server(n1).role() == Role::leader);
  CHECK(cluster.server(n1).hard_state().current_term == Term{1});
}

TEST_CASE("a leader that can send but not receive gives way within two election timeouts") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.cut(n2, n1);
  cluster.cut(n3, n1);
  cluster.run(milliseconds(1500));
  CHECK(cluster.leader() != n1);
  CHECK(!cluster.leader().nobody());
}

TEST_CASE("a leader alone among its voters leads at once when its vote is durable") {
  RaftCluster cluster{1};
  cluster.slow_disks = true;
  CHECK(cluster.server(n1).deadline() == cluster.now());  // There is no leader to wait for.
  cluster.time_out(n1);
  CHECK(cluster.server(n1).role() == Role::candidate);
  cluster.finish_write(n1);
  CHECK(cluster.server(n1).role() == Role::leader);
  CHECK(cluster.server(n1).hard_state().current_term == Term{1});
}

TEST_CASE("a candidate's own vote and its requests wait until the vote is durable") {
  RaftCluster cluster{3};
  cluster.slow_disks = true;
  cluster.campaign(n1);
  CHECK(cluster.wire.empty());
  cluster.receive(n1, n2, RequestVoteReply{.term = Term{1}, .vote_granted = true});
  CHECK(cluster.server(n1).role() == Role::candidate);
  cluster.finish_write(n1);
  CHECK(cluster.server(n1).role() == Role::leader);
}

TEST_CASE("a voter speaks of its vote when it is durable, and refuses no earlier either") {
  RaftCluster cluster{3};
  cluster.slow_disks = true;
  cluster.receive(n2, n1, ask(1));
  cluster.receive(n2, n3, ask(1));
  CHECK(cluster.wire.empty());
  cluster.finish_writes(n2);
  CHECK(cluster.last<RequestVoteReply>(n2, n1)->vote_granted);
  CHECK(!cluster.last<RequestVoteReply>(n2, n3)->vote_granted);
}

TEST_CASE("nobody outside the configuration has a say") {
  RaftCluster cluster{3};
  cluster.receive(n1, NodeId{9}, ask(8));
  cluster.receive(n1, NodeId{}, ask(8));
  CHECK(cluster.server(n1).hard_state() == raft::HardState{});
  CHECK(cluster.wire.empty());
}

TEST_CASE("a leader that steps down keeps its term and its vote") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.step_down(n1);
  CHECK(cluster.server(n1).role() == Role::follower);
  CHECK(cluster.server(n1).leader().nobody());
  CHECK(cluster.server(n1).hard_state() ==
        raft::HardState{.current_term = Term{1}, .voted_for = n1});
  CHECK(cluster.server(n1).deadline() > cluster.now());
}

TEST_CASE("an early deadline is harmless") {
  RaftCluster cluster{3};
  raft::Raft follower = cluster.server(n1);
  raft::Output out;
  const Instant deadline = follower.deadline();
  follower.on_deadline(deadline - nanoseconds(1), out);
  CHECK(out.messages.empty());
  CHECK(follower.deadline() == deadline);
}

}  // namespace
}  // namespace snowflk::testing
