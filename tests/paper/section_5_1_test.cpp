// §5.1, "Raft basics".
#include <set>

#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

std::size_t count_of(const RaftCluster& cluster, Role wanted) {
  std::size_t found = 0;
  for (const NodeId id : cluster.voters()) found += cluster.server(id).role() == wanted;
  return found;
}

// "In normal operation there is exactly one leader and all of the other servers are followers."
TEST_CASE("in normal operation there is one leader, and all others follow it") {
  RaftCluster cluster{5};
  cluster.run(seconds(2));
  CHECK(count_of(cluster, Role::leader) == 1);
  CHECK(count_of(cluster, Role::follower) == 4);
  for (const NodeId id : cluster.voters()) CHECK(cluster.server(id).leader() == cluster.leader());
}

// "Followers are passive: they issue no requests on their own but simply respond to requests from
// leaders and candidates."
TEST_CASE("a follower sends nothing of its own") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.propose(s1);
  while (!cluster.wire.empty()) {
    const Envelope& next = cluster.wire.front();
    CHECK((next.from == s1) == (as<AppendEntries>(next) != nullptr));
    cluster.deliver(0);
  }
}

// "Raft divides time into terms of arbitrary length [...]. Terms are numbered with consecutive
// integers."
TEST_CASE("each election takes the next term") {
  RaftCluster cluster{3};
  for (u64 expected = 1; expected <= 5; ++expected) {
    cluster.campaign(s1);
    CHECK(term(cluster, s1) == expected);
  }
}

// "Each term begins with an election, in which one or more candidates attempt to become leader"
TEST_CASE("no term has a leader without an election in that term") {
  RaftCluster cluster{3};
  cluster.run(seconds(1));
  cluster.crash(cluster.leader());
  cluster.run(seconds(2));
  std::set<Term> elections;
  for (const raft::Event& event : cluster.events) {
    if (const auto* e = std::get_if<raft::ElectionStarted>(&event)) elections.insert(e->term);
    if (const auto* e = std::get_if<raft::BecameLeader>(&event)) {
      CHECK(elections.contains(e->term));
    }
  }
  CHECK(elections.size() >= 2);
}

// "In some situations an election will result in a split vote. In this case the term will end with
// no leader; a new term (with a new election) will begin shortly."
TEST_CASE("a split vote ends its term without a leader, and a newer term has one shortly") {
  RaftCluster cluster{4};
  cluster.campaign(s1);
  cluster.campaign(s2);
  // s1 has its own vote and that of s3, s2 its own and that of s4.
  cluster.receive(s3, s1, request_vote(1));
  cluster.receive(s4, s2, request_vote(1));
  cluster.settle();
  CHECK(cluster.leader().nobody());
  cluster.run(seconds(2));
  REQUIRE(!cluster.leader().nobody());
  CHECK(term(cluster, cluster.leader()) > 1);
}

// "Different servers may observe the transitions between terms at different times, and in some
// situations a server may not observe an election or even entire terms."
TEST_CASE("a server may miss whole terms, and joins in the newest") {
  RaftCluster cluster{3};
  cluster.isolate(s3);
  for (int i = 0; i < 3; ++i) {
    cluster.elect(s1);
    cluster.step_down(s1);
    cluster.advance(milliseconds(200));
  }
  cluster.elect(s2);
  CHECK(term(cluster, s3) == 0);
  cluster.heal();
  cluster.run(milliseconds(100));
  CHECK(term(cluster, s3) == 4);
}

// "Each server stores a current term number, which increases monotonically over time."
TEST_CASE("the term that a server has seen survives a crash") {
  RaftCluster cluster{3};
  cluster.receive(s1, s2, append_entries(6, 0, 0));
  cluster.crash(s1);
  cluster.restart(s1);
  CHECK(term(cluster, s1) == 6);
}

// "Current terms are exchanged whenever servers communicate; if one server's current term is
// smaller than the other's, then it updates its current term to the larger value."
TEST_CASE("whichever of two speaks first, the one behind takes the other's term") {
  RaftCluster cluster{3};
  cluster.start(s2, with(8, {}, {}));
  SECTION("the one behind speaks") { cluster.campaign(s1); }
  SECTION("the one ahead speaks") { cluster.campaign(s2); }
  cluster.settle();
  CHECK(term(cluster, s1) == term(cluster, s2));
  CHECK(term(cluster, s1) >= 8);
}

// "If a candidate or leader discovers that its term is out of date, it immediately reverts to
// follower state."
TEST_CASE("a deposed leader follows as soon as it hears of the newer term") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.isolate(s1);
  cluster.advance(milliseconds(200));
  cluster.elect(s2);
  CHECK(role(cluster, s1) == Role::leader);
  cluster.heal();
  cluster.time_out(s1);  // its heartbeat is answered with the newer term
  cluster.settle();
  CHECK(role(cluster, s1) == Role::follower);
  CHECK(term(cluster, s1) == 2);
}

// "If a server receives a request with a stale term number, it rejects the request."
TEST_CASE("a request of a stale term is rejected") {
  RaftCluster cluster{3};
  cluster.start(s2, with(4, {}, {}));
  cluster.receive(s2, s1, request_vote(3, 7, 3));
  CHECK(!cluster.last<RequestVoteReply>(s2, s1)->vote_granted);
  cluster.receive(s2, s1, append_entries(3, 0, 0));
  CHECK(!cluster.last<AppendEntriesReply>(s2, s1)->success);
}

// "Servers retry RPCs if they do not receive a response in a timely manner, and they issue RPCs in
// parallel for best performance."
TEST_CASE("what got no response is sent again, to all in parallel") {
  RaftCluster cluster{3};
  SECTION("requests for votes") {
    cluster.campaign(s1);
    cluster.drop_all();
    cluster.time_out(s1);  // asks for pre-votes first
    cluster.deliver_round();
    cluster.deliver_round();
    CHECK(cluster.count<RequestVote>(s1, s2) == 1);
    CHECK(cluster.count<RequestVote>(s1, s3) == 1);
  }
  SECTION("entries") {
    cluster.elect(s1);
    cluster.propose(s1);
    cluster.drop_all();
    cluster.time_out(s1);
    cluster.settle();
    CHECK(commit(cluster, s2) == 2);
    CHECK(commit(cluster, s3) == 2);
  }
}

}  // namespace
}  // namespace snowflk::testing
