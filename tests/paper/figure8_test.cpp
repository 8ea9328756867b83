// Figure 8: "A time sequence showing why a leader cannot determine commitment using log entries
// from older terms."
#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

/// Elects `candidate` with the votes of `voters`, and leaves nothing under way.
void elect_by(RaftCluster& cluster, NodeId candidate, std::initializer_list<NodeId> voters) {
  cluster.advance(milliseconds(400));  // They no longer hear an earlier leader.
  cluster.campaign(candidate);
  const u64 new_term = term(cluster, candidate);
  for (const NodeId voter : voters) {
    const RequestVote request = *cluster.last<RequestVote>(candidate, voter);
    cluster.receive(voter, candidate, request);
    REQUIRE(voted_for(cluster, voter) == candidate);
    cluster.receive(candidate, voter, vote(new_term));
  }
  REQUIRE(role(cluster, candidate) == Role::leader);
  cluster.drop_all();
}

/// "In (a) S1 is leader and partially replicates the log entry at index 2."
/// Here index 2 is the no-op with which a leader starts.
RaftCluster until_a() {
  RaftCluster cluster{5};
  for (const NodeId id : cluster.voters()) cluster.start(id, with(1, {}, {1}));
  elect_by(cluster, s1, {s2, s3});
  cluster.receive(s2, s1, append_entries(2, 1, 1, 1),
                  {cluster.server(s1).log().entry(LogIndex{2})});
  cluster.drop_all();
  REQUIRE(log(cluster, s1) == Terms{1, 2});
  REQUIRE(log(cluster, s2) == Terms{1, 2});
  return cluster;
}

/// "In (b) S1 crashes; S5 is elected leader for term 3 with votes from S3, S4, and itself, and
/// accepts a different entry at log index 2."
RaftCluster until_b() {
  RaftCluster cluster = until_a();
  cluster.crash(s1);
  // S3 voted in term 2, S4 and S5 did not: they learn of it, as they would from S3's pre-vote.
  cluster.receive(s5, s3, vote(2, false));
  elect_by(cluster, s5, {s3, s4});
  REQUIRE(term(cluster, s5) == 3);
  REQUIRE(log(cluster, s5) == Terms{1, 3});
  return cluster;
}

/// "In (c) S5 crashes; S1 restarts, is elected leader, and continues replication."
RaftCluster until_c() {
  RaftCluster cluster = until_b();
  cluster.crash(s5);
  cluster.restart(s1);
  cluster.receive(s1, s3, vote(3, false));
  elect_by(cluster, s1, {s2, s3});
  REQUIRE(term(cluster, s1) == 4);
  REQUIRE(log(cluster, s1) == Terms{1, 2, 4});
  // S3 takes the entry of term 2, and not yet that of term 4.
  cluster.receive(s3, s1, append_entries(4, 1, 1, 1),
                  {cluster.server(s1).log().entry(LogIndex{2})});
  cluster.receive(s1, s3, success(4, 2));
  cluster.receive(s1, s2, success(4, 2));
  cluster.drop_all();
  REQUIRE(log(cluster, s3) == Terms{1, 2});
  return cluster;
}

// "At this point, the log entry from term 2 has been replicated on a majority of the servers, but
// it is not committed."
TEST_CASE("in (c) the entry of term 2 is on a majority, and is not committed") {
  RaftCluster cluster = until_c();
  CHECK(commit(cluster, s1) == 0);
  CHECK(commit(cluster, s3) == 0);
}

// "If S1 crashes as in (d), S5 could be elected leader (with votes from S2, S3, and S4) and
// overwrite the entry with its own entry from term 3."
TEST_CASE("in (d) another leader overwrites the entry of term 2 everywhere") {
  RaftCluster cluster = until_c();
  Figure3 figure3;
  REQUIRE(figure3.observe(cluster).value_or("holds") == "holds");
  cluster.crash(s1);
  cluster.restart(s5);
  cluster.receive(s5, s3, vote(4, false));
  elect_by(cluster, s5, {s2, s3, s4});
  cluster.restart(s1);
  cluster.run(seconds(2));
  REQUIRE(figure3.observe(cluster).value_or("holds") == "holds");
  CHECK(cluster.leader() == s5);
  for (const NodeId id : cluster.voters()) {
    CHECK(log(cluster, id) == Terms{1, 3, 5});
    CHECK(commit(cluster, id) == 3);
  }
}

// "However, if S1 replicates an entry from its current term on a majority of the servers before
// crashing, as in (e), then this entry is committed (S5 cannot win an election). At this point all
// preceding entries in the log are committed as well."
TEST_CASE("in (e) the entry of term 4 commits all, and S5 cannot be elected") {
  RaftCluster cluster = until_c();
  const EntryInfo own = cluster.server(s1).log().entry(LogIndex{3});
  for (const NodeId follower : {s2, s3}) {
    cluster.receive(follower, s1, append_entries(4, 2, 2, 1), {own});
    cluster.receive(s1, follower, success(4, 3));
  }
  CHECK(commit(cluster, s1) == 3);
  cluster.drop_all();
  cluster.crash(s1);
  cluster.restart(s5);
  cluster.receive(s5, s3, vote(4, false));
  cluster.advance(milliseconds(400));
  cluster.campaign(s5);
  cluster.settle();
  CHECK(role(cluster, s5) != Role::leader);
  cluster.restart(s1);
  cluster.run(seconds(3));
  for (const NodeId id : cluster.voters()) {
    const Terms terms = log(cluster, id);
    CHECK(Terms(terms.begin(), terms.begin() + 3) == Terms{1, 2, 4});
  }
}

}  // namespace
}  // namespace snowflk::testing
