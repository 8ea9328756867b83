// Figure 7: "When the leader at the top comes to power, it is possible that any of scenarios (a-f)
// could occur in follower logs."
#include <algorithm>
#include <set>

#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

/// Server 1 is the leader of term 8, servers 2 to 7 are the followers (a) to (f).
RaftCluster figure7() {
  RaftCluster cluster{7};
  cluster.start(s1, with(7, {}, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6}));
  cluster.start(NodeId{2}, with(7, {}, {1, 1, 1, 4, 4, 5, 5, 6, 6}));
  cluster.start(NodeId{3}, with(7, {}, {1, 1, 1, 4}));
  cluster.start(NodeId{4}, with(7, {}, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}));
  cluster.start(NodeId{5}, with(7, {}, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}));
  cluster.start(NodeId{6}, with(7, {}, {1, 1, 1, 4, 4, 4, 4}));
  cluster.start(NodeId{7}, with(7, {}, {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}));
  cluster.campaign(s1);
  // (d) has a newer log and refuses; (a), (b), (e) and (f) vote.
  for (const u32 voter : {2U, 3U, 6U, 7U}) cluster.receive(s1, NodeId{voter}, vote(8));
  for (std::size_t i = cluster.wire.size(); i > 0; --i) {
    if (as<RequestVote>(cluster.wire[i - 1]) != nullptr) cluster.drop(i - 1);
  }
  return cluster;
}

/// The terms in `follower` that stand where the leader has others, or nothing.
std::size_t conflicting_terms(const raft::Log& follower, const raft::Log& leader) {
  std::set<Term> terms;
  for (LogIndex i{1}; i <= follower.last_index(); i = i.next()) {
    if (!leader.contains(i, follower.term_at(i))) terms.insert(follower.term_at(i));
  }
  return terms.size();
}

// "A follower may be missing entries (a-b), may have extra uncommitted entries (c-d), or both
// (e-f)."
TEST_CASE("followers that lack entries, have others, or both, all end with the leader's log") {
  RaftCluster cluster = figure7();
  REQUIRE(role(cluster, s1) == Role::leader);
  const Terms leaders{1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8};
  Figure3 figure3;
  while (!cluster.wire.empty()) {
    cluster.deliver(0);
    REQUIRE(figure3.observe(cluster).value_or("holds") == "holds");
  }
  for (const NodeId id : cluster.voters()) {
    CHECK(log(cluster, id) == leaders);
    CHECK(commit(cluster, id) == 11);
  }
}

// §5.4.2: "Only log entries from the leader's current term are committed by counting replicas"
TEST_CASE("nothing is committed before the new leader's own entry is on four of the seven") {
  RaftCluster cluster = figure7();
  while (!cluster.wire.empty()) {
    cluster.deliver(0);
    const auto holders = std::ranges::count_if(cluster.voters(), [&](NodeId id) {
      return cluster.server(id).log().contains(LogIndex{11}, Term{8});
    });
    if (holders < 4) {
      for (const NodeId id : cluster.voters()) REQUIRE(commit(cluster, id) == 0);
    }
  }
  CHECK(commit(cluster, s1) == 11);
}

// §5.3: "one AppendEntries RPC will be required for each term with conflicting entries, rather than
// one RPC per entry."
TEST_CASE("a follower is found with one probe for each conflicting term, and one more") {
  RaftCluster cluster = figure7();
  const raft::Log leader = cluster.server(s1).log();
  for (u32 id = 2; id <= 7; ++id) {
    CAPTURE(id);
    const NodeId follower{id};
    // Entries that are only missing are one disagreement too: the leader's first guess is wrong.
    const std::size_t bound =
        std::max<std::size_t>(conflicting_terms(cluster.server(follower).log(), leader), 1) + 1;
    std::size_t probes = 0;
    // A world of two: the probes to this follower, and its answers.
    RaftCluster pair = cluster;
    for (const NodeId other : pair.voters()) {
      if (other != s1 && other != follower) pair.isolate(other);
    }
    while (pair.server(s1).progress(follower).match_index == LogIndex{}) {
      REQUIRE(!pair.wire.empty());
      probes += pair.wire.front().to == follower;
      pair.deliver(0);
    }
    CHECK(probes <= bound);
    // (f) has eleven entries, and is found with the second.
    CHECK(probes <= 2);
  }
}

// The same over deeper disagreement: alternating terms, which no leader of one run has seen.
TEST_CASE("logs that disagree in many terms are found with a probe a term") {
  RaftCluster cluster{3};
  cluster.start(s1, with(20, {}, {1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11}));
  cluster.start(s2, with(20, {}, {1, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10}));
  cluster.campaign(s1);
  cluster.receive(s1, s3, vote(21));
  cluster.isolate(s3);
  std::size_t probes = 0;
  while (cluster.server(s1).progress(s2).match_index == LogIndex{}) {
    REQUIRE(!cluster.wire.empty());
    const Envelope& next = cluster.wire.front();
    probes += next.to == s2 && as<AppendEntries>(next) != nullptr;
    cluster.deliver(0);
  }
  CHECK(probes <= 6);  // Terms 2 4 6 8 10 conflict.
  cluster.settle();
  CHECK(log(cluster, s2) == log(cluster, s1));
}

}  // namespace
}  // namespace snowflk::testing
