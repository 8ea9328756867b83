// Figure 3: "Raft guarantees that each of these properties is true at all times." One short story
// for each; tests/core/raft/safety_test.cpp holds them over any schedule.
#include <algorithm>

#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

// "Election Safety: at most one leader can be elected in a given term. §5.2"
TEST_CASE("two candidates of one term: whoever wins, wins alone") {
  RaftCluster cluster{5};
  cluster.campaign(s1);
  cluster.campaign(s2);
  cluster.settle();
  std::size_t elected = 0;
  for (const raft::Event& event : cluster.events) {
    elected += std::holds_alternative<raft::BecameLeader>(event);
  }
  CHECK(elected <= 1);
  CHECK((role(cluster, s1) != Role::leader || role(cluster, s2) != Role::leader));
}

// "Leader Append-Only: a leader never overwrites or deletes entries in its log; it only appends new
// entries. §5.3"
TEST_CASE("only who follows drops entries") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.isolate(s1);
  for (int i = 0; i < 3; ++i) cluster.propose(s1);
  cluster.advance(milliseconds(400));
  cluster.elect(s2);
  CHECK(log(cluster, s1) == Terms{1, 1, 1, 1});
  CHECK(log(cluster, s2) == Terms{1, 2});
  cluster.heal();
  cluster.run(seconds(1));
  CHECK(log(cluster, s1) == Terms{1, 2});
  CHECK(role(cluster, s1) == Role::follower);
}

// "Log Matching: if two logs contain an entry with the same index and term, then the logs are
// identical in all entries up through the given index. §5.3"
TEST_CASE("an equal entry means an equal log before it, also with losses and another order") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  Figure3 figure3;
  Prng random{1, 2, 3};
  for (int i = 0; i < 300; ++i) {
    cluster.propose(s1, static_cast<u32>(i));
    if (!cluster.wire.empty()) cluster.deliver(random.below(cluster.wire.size()));
    if (!cluster.wire.empty() && random.chance({1, 3})) {
      cluster.drop(random.below(cluster.wire.size()));
    }
    REQUIRE(figure3.observe(cluster).value_or("holds") == "holds");
  }
}

// "Leader Completeness: if a log entry is committed in a given term, then that entry will be
// present in the logs of the leaders for all higher-numbered terms. §5.4"
TEST_CASE("what was committed is in the log of every later leader") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.propose(s1, 42);
  cluster.settle();
  REQUIRE(commit(cluster, s1) == 2);
  for (int i = 0; i < 5; ++i) {
    const NodeId old = cluster.leader();
    cluster.crash(old);
    cluster.run(seconds(2));
    REQUIRE(!cluster.leader().nobody());
    CHECK(cluster.server(cluster.leader()).log().entry(LogIndex{2}).size == 42);
    cluster.restart(old);
    cluster.run(seconds(1));
  }
}

// "State Machine Safety: if a server has applied a log entry at a given index to its state machine,
// no other server will ever apply a different log entry for the same index. §5.4.3"
TEST_CASE("what one server commits at an index, all do") {
  RaftCluster cluster{5};
  cluster.elect(s1);
  for (u32 i = 0; i < 20; ++i) cluster.propose(s1, 1000 + i);
  cluster.settle();
  cluster.crash(s1);
  cluster.run(seconds(2));
  cluster.propose(cluster.leader(), 7);
  cluster.settle();
  for (const NodeId id : {s2, s3, s4, s5}) {
    for (u32 i = 0; i < 20; ++i) {
      CHECK(cluster.server(id).log().entry(LogIndex{2 + i}).size == 1000 + i);
    }
    CHECK(commit(cluster, id) == 23);
  }
}

}  // namespace
}  // namespace snowflk::testing
