// Figure 2, "RequestVote RPC".
#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

const RequestVoteReply* answer(const RaftCluster& cluster, NodeId voter, NodeId candidate) {
  return cluster.last<RequestVoteReply>(voter, candidate);
}

// "Arguments: term: candidate's term; candidateId: candidate requesting vote; lastLogIndex: index
// of candidate's last log entry; lastLogTerm: term of candidate's last log entry"
TEST_CASE("a candidate tells its term and what its log ends in") {
  RaftCluster cluster{3};
  cluster.start(s1, with(4, {}, {1, 1, 3}));
  cluster.campaign(s1);
  const RequestVote* request = cluster.last<RequestVote>(s1, s2);
  REQUIRE(request != nullptr);
  CHECK(request->term == Term{5});
  CHECK(request->last_log_index == LogIndex{3});
  CHECK(request->last_log_term == Term{3});
}

// "Results: term: currentTerm, for candidate to update itself; voteGranted: true means candidate
// received vote"
TEST_CASE("the answer tells the voter's term, for the candidate to update itself") {
  RaftCluster cluster{3};
  cluster.start(s2, with(7, {}, {}));
  cluster.campaign(s1);
  cluster.settle();
  CHECK(term(cluster, s1) == 7);
  CHECK(role(cluster, s1) == Role::follower);
}

// "1. Reply false if term < currentTerm (§5.1)"
TEST_CASE("a vote is refused to an older term") {
  RaftCluster cluster{3};
  cluster.start(s2, with(3, {}, {}));
  cluster.receive(s2, s1, request_vote(2, 9, 2));
  CHECK(!answer(cluster, s2, s1)->vote_granted);
  CHECK(answer(cluster, s2, s1)->term == Term{3});
  CHECK(voted_for(cluster, s2).nobody());
}

// "2. If votedFor is null or candidateId, and candidate's log is at least as up-to-date as
// receiver's log, grant vote (§5.2, §5.4)"
TEST_CASE("a vote is granted if it is free and the candidate's log is at least as up-to-date") {
  RaftCluster cluster{3};
  SECTION("free") {
    cluster.start(s2, with(1, {}, {1, 1}));
    cluster.receive(s2, s1, request_vote(1, 2, 1));
    CHECK(answer(cluster, s2, s1)->vote_granted);
    CHECK(voted_for(cluster, s2) == s1);
  }
  SECTION("given to this candidate already") {
    cluster.start(s2, with(1, s1, {1, 1}));
    cluster.receive(s2, s1, request_vote(1, 2, 1));
    CHECK(answer(cluster, s2, s1)->vote_granted);
  }
  SECTION("given to another") {
    cluster.start(s2, with(1, s3, {1, 1}));
    cluster.receive(s2, s1, request_vote(1, 2, 1));
    CHECK(!answer(cluster, s2, s1)->vote_granted);
    CHECK(voted_for(cluster, s2) == s3);
  }
  SECTION("free, but the candidate's log is behind") {
    cluster.start(s2, with(1, {}, {1, 1}));
    cluster.receive(s2, s1, request_vote(1, 1, 1));
    CHECK(!answer(cluster, s2, s1)->vote_granted);
    CHECK(voted_for(cluster, s2).nobody());
  }
}

}  // namespace
}  // namespace snowflk::testing
