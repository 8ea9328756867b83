// §5.2, "Leader election".
#include <set>

#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

// "When servers start up, they begin as followers."
TEST_CASE("a server begins as a follower, whatever it was before it crashed") {
  RaftCluster cluster{3};
  CHECK(role(cluster, s1) == Role::follower);
  cluster.elect(s1);
  cluster.crash(s1);
  cluster.restart(s1);
  CHECK(role(cluster, s1) == Role::follower);
  CHECK(cluster.server(s1).leader().nobody());
}

// "A server remains in follower state as long as it receives valid RPCs from a leader or
// candidate."
TEST_CASE("a server remains a follower as long as its leader speaks to it") {
  RaftCluster cluster{3};
  for (int i = 0; i < 100; ++i) {
    cluster.receive(s2, s1, append_entries(1, 0, 0));
    cluster.advance(milliseconds(149));
    if (cluster.server(s2).deadline() <= cluster.now()) cluster.time_out(s2);
    REQUIRE(role(cluster, s2) == Role::follower);
  }
}

// "Leaders send periodic heartbeats (AppendEntries RPCs that carry no log entries) to all followers
// in order to maintain their authority."
TEST_CASE("an idle leader sends empty entries to all, a heartbeat interval apart") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  const Instant first = cluster.server(s1).deadline();
  cluster.time_out(s1);
  for (const NodeId other : {s2, s3}) {
    REQUIRE(cluster.last<AppendEntries>(s1, other) != nullptr);
    CHECK(cluster.last<AppendEntries>(s1, other)->entry_count == 0);
  }
  cluster.settle();
  CHECK(cluster.server(s1).deadline() - first == milliseconds(50));
}

// "If a follower receives no communication over a period of time called the election timeout, then
// it assumes there is no viable leader and begins an election to choose a new leader."
TEST_CASE("when the leader falls silent, another is elected") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.crash(s1);
  cluster.run(seconds(1));
  CHECK(!cluster.leader().nobody());
  CHECK(cluster.leader() != s1);
}

// "To begin an election, a follower increments its current term and transitions to candidate state.
// It then votes for itself and issues RequestVote RPCs in parallel to each of the other servers in
// the cluster."
TEST_CASE(
    "an election begins with the next term, a vote for oneself, and requests to all at once") {
  RaftCluster cluster{3};
  cluster.campaign(s1);
  CHECK(term(cluster, s1) == 1);
  CHECK(role(cluster, s1) == Role::candidate);
  CHECK(voted_for(cluster, s1) == s1);
  REQUIRE(cluster.wire.size() == 2);
  CHECK(cluster.count<RequestVote>(s1, s2) == 1);
  CHECK(cluster.count<RequestVote>(s1, s3) == 1);
}

// "A candidate wins an election if it receives votes from a majority of the servers in the full
// cluster for the same term."
TEST_CASE("a majority is one of the full cluster, not of those that answer") {
  RaftCluster cluster{5};
  cluster.crash(s3);
  cluster.crash(s4);
  cluster.crash(s5);
  cluster.run(seconds(5));
  CHECK(cluster.leader().nobody());
  cluster.restart(s3);
  cluster.run(seconds(2));
  CHECK(!cluster.leader().nobody());
}

// "Each server will vote for at most one candidate in a given term, on a first-come-first-served
// basis"
TEST_CASE("a server votes for at most one candidate in a term, the first that asks") {
  RaftCluster cluster{3};
  cluster.receive(s2, s1, request_vote(1));
  cluster.receive(s2, s3, request_vote(1));
  CHECK(cluster.last<RequestVoteReply>(s2, s1)->vote_granted);
  CHECK(!cluster.last<RequestVoteReply>(s2, s3)->vote_granted);
  cluster.receive(s2, s1, request_vote(1));
  CHECK(cluster.last<RequestVoteReply>(s2, s1)->vote_granted);  // Again: the same.
}

// The same, over what may make a server forget.
TEST_CASE("neither entries of the same term nor a crash makes a server vote again") {
  RaftCluster cluster{5};
  cluster.receive(s2, s1, request_vote(3));
  SECTION("entries, which it refuses") {
    cluster.receive(s2, s4, append_entries(3, 7, 2));
    cluster.advance(seconds(1));
  }
  SECTION("a crash") {
    cluster.crash(s2);
    cluster.restart(s2);
  }
  SECTION("its own timeout") { cluster.time_out(s2); }
  cluster.drop_all();
  cluster.receive(s2, s3, request_vote(3, 9, 2));
  CHECK(!cluster.last<RequestVoteReply>(s2, s3)->vote_granted);
  CHECK(voted_for(cluster, s2) == s1);
}

// "The majority rule ensures that at most one candidate can win the election for a particular term
// (the Election Safety Property in Figure 3)."
TEST_CASE("of two candidates of one term, one wins at most, in every order of delivery") {
  std::set<u32> winners;
  for (u64 seed = 0; seed < 200; ++seed) {
    RaftCluster cluster{3};
    Prng random{seed, 0, 0};
    cluster.campaign(s1);
    cluster.campaign(s2);
    Figure3 figure3;
    while (!cluster.wire.empty()) {
      cluster.deliver(random.below(cluster.wire.size()));
      REQUIRE(figure3.observe(cluster).value_or("holds") == "holds");
    }
    winners.insert(cluster.leader().value);
  }
  CHECK(winners == std::set<u32>{1, 2});
}

// "Once a candidate wins an election, it becomes leader. It then sends heartbeat messages to all of
// the other servers to establish its authority and prevent new elections."
TEST_CASE("the others follow who wins") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  CHECK(cluster.server(s2).leader() == s1);
  CHECK(cluster.server(s3).leader() == s1);
  CHECK(cluster.server(s2).deadline() >= cluster.now() + milliseconds(150));
}

// "If the leader's term (included in its RPC) is at least as large as the candidate's current term,
// then the candidate recognizes the leader as legitimate and returns to follower state."
TEST_CASE("a candidate recognises a leader of its own term or a newer one") {
  RaftCluster cluster{3};
  cluster.campaign(s1);
  const u64 leaders_term = GENERATE(u64{1}, u64{2});
  cluster.receive(s1, s2, append_entries(leaders_term, 0, 0));
  CHECK(role(cluster, s1) == Role::follower);
  CHECK(cluster.server(s1).leader() == s2);
}

// "If the term in the RPC is smaller than the candidate's current term, then the candidate rejects
// the RPC and continues in candidate state."
TEST_CASE("a candidate rejects the leader of an older term and stands on") {
  RaftCluster cluster{3};
  cluster.start(s1, with(4, {}, {}));
  cluster.campaign(s1);
  cluster.receive(s1, s2, append_entries(4, 0, 0));
  CHECK(role(cluster, s1) == Role::candidate);
  CHECK(!cluster.last<AppendEntriesReply>(s1, s2)->success);
  CHECK(cluster.last<AppendEntriesReply>(s1, s2)->term == Term{5});
}

// "When this happens, each candidate will time out and start a new election by incrementing its
// term and initiating another round of RequestVote RPCs."
TEST_CASE("after a split vote a candidate stands in the next term") {
  RaftCluster cluster{4};
  cluster.campaign(s1);
  cluster.receive(s1, s2, vote(1));
  cluster.receive(s1, s3, vote(1, false));
  cluster.receive(s1, s4, vote(1, false));
  cluster.drop_all();
  cluster.time_out(s1);
  cluster.settle();
  CHECK(term(cluster, s1) == 2);
  CHECK(role(cluster, s1) == Role::leader);
}

// "Raft uses randomized election timeouts to ensure that split votes are rare and that they are
// resolved quickly. To prevent split votes in the first place, election timeouts are chosen
// randomly from a fixed interval (e.g., 150-300ms)."
TEST_CASE("election timeouts are spread over the interval, and differ between servers") {
  std::set<i64> seen;
  i64 least = INT64_MAX;
  i64 most = 0;
  for (u32 round = 0; round < 100; ++round) {
    RaftCluster cluster{5};
    for (u32 restart = 0; restart < round; ++restart) cluster.restart(s1);
    for (const NodeId id : cluster.voters()) {
      const i64 timeout = (cluster.server(id).deadline() - cluster.now()).value;
      least = std::min(least, timeout);
      most = std::max(most, timeout);
      if (id == s1 || round == 0) seen.insert(timeout);
    }
  }
  CHECK(least >= milliseconds(150).value);
  CHECK(most <= milliseconds(300).value);
  CHECK(most - least > milliseconds(120).value);
  CHECK(seen.size() == 104);
}

// "Each candidate restarts its randomized election timeout at the start of an election, and it
// waits for that timeout to elapse before starting the next election"
TEST_CASE("each election has a timeout of its own, drawn anew") {
  RaftCluster cluster{3};
  std::set<i64> timeouts;
  for (int i = 0; i < 20; ++i) {
    cluster.campaign(s1);
    timeouts.insert((cluster.server(s1).deadline() - cluster.now()).value);
  }
  CHECK(timeouts.size() == 20);
}

}  // namespace
}  // namespace snowflk::testing
