// tests/support/raft_cluster.hpp: the harness itself does what the other tests lean on.
#include "tests/support/raft_cluster.hpp"

#include "tests/catch.hpp"

namespace snowflk::testing {
namespace {

using raft::Role;

TEST_CASE("three servers elect a leader when time passes, and keep it") {
  RaftCluster cluster{3};
  cluster.run(seconds(1));
  const NodeId leader = cluster.leader();
  REQUIRE(!leader.nobody());
  const Term term = cluster.server(leader).hard_state().current_term;
  cluster.run(seconds(60));
  CHECK(cluster.leader() == leader);
  CHECK(cluster.server(leader).hard_state().current_term == term);
}

TEST_CASE("a slow disk holds back what speaks for stored state until the write is done") {
  RaftCluster cluster{3};
  cluster.slow_disks = true;
  cluster.campaign(NodeId{1});
  CHECK(cluster.wire.empty());
  cluster.finish_write(NodeId{1});
  CHECK(cluster.wire.size() == 2);
}

TEST_CASE("a crash takes back what was not durable") {
  RaftCluster cluster{3};
  cluster.slow_disks = true;
  cluster.campaign(NodeId{1});
  cluster.crash(NodeId{1});
  cluster.restart(NodeId{1});
  CHECK(cluster.server(NodeId{1}).hard_state() == raft::HardState{});
}

TEST_CASE("what crosses a cut link is lost, in that direction alone") {
  RaftCluster cluster{3};
  cluster.isolate(NodeId{1});
  cluster.run(seconds(1));
  const NodeId leader = cluster.leader();
  CHECK(leader != NodeId{1});
  CHECK(cluster.server(NodeId{1}).role() == Role::pre_candidate);
  cluster.heal();
  cluster.run(seconds(1));
  CHECK(cluster.server(NodeId{1}).leader() == cluster.leader());
}

}  // namespace
}  // namespace snowflk::testing
