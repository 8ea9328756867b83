// Figure 2, "Rules for Servers".
#include <algorithm>

#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

// All Servers: "If RPC request or response contains term T > currentTerm: set currentTerm = T,
// convert to follower (§5.1)"
TEST_CASE("a newer term in any request or response makes a follower of a leader") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  SECTION("AppendEntries") { cluster.receive(s1, s2, append_entries(4, 1, 1)); }
  SECTION("its response") { cluster.receive(s1, s2, refusal(4, 1, 0, 0)); }
  SECTION("RequestVote's response") { cluster.receive(s1, s2, vote(4, false)); }
  CHECK(role(cluster, s1) == Role::follower);
  CHECK(term(cluster, s1) == 4);
  CHECK(voted_for(cluster, s1).nobody());
}

// All Servers, the same, for a candidate.
TEST_CASE("a newer term in any request or response makes a follower of a candidate") {
  RaftCluster cluster{3};
  cluster.campaign(s1);
  SECTION("RequestVote") { cluster.receive(s1, s2, request_vote(4)); }
  SECTION("its response") { cluster.receive(s1, s2, vote(4, false)); }
  SECTION("AppendEntries") { cluster.receive(s1, s2, append_entries(4, 0, 0)); }
  CHECK(role(cluster, s1) == Role::follower);
  CHECK(term(cluster, s1) == 4);
}

// Followers: "Respond to RPCs from candidates and leaders"
TEST_CASE("a follower responds to candidates and leaders") {
  RaftCluster cluster{3};
  cluster.receive(s2, s1, request_vote(1));
  CHECK(cluster.count<RequestVoteReply>(s2, s1) == 1);
  cluster.receive(s2, s1, append_entries(1, 0, 0));
  CHECK(cluster.count<AppendEntriesReply>(s2, s1) == 1);
}

// Followers: "If election timeout elapses without receiving AppendEntries RPC from current leader
// or granting vote to candidate: convert to candidate"
TEST_CASE("a follower that hears nothing for an election timeout becomes a candidate") {
  RaftCluster cluster{3};
  cluster.crash(s3);
  cluster.time_out(s1);
  cluster.deliver_round();  // The others would vote for it (thesis 9.6) ...
  cluster.deliver_round();
  CHECK(role(cluster, s1) == Role::candidate);  // ... so it stands.
}

// Followers: "... without receiving AppendEntries RPC from current leader ..."
TEST_CASE("entries from the current leader restart the election timeout; from an old one, not") {
  RaftCluster cluster{3};
  cluster.receive(s2, s1, append_entries(2, 0, 0));
  const Instant first = cluster.server(s2).deadline();
  cluster.advance(milliseconds(140));
  cluster.receive(s2, s3, append_entries(1, 0, 0));
  CHECK(cluster.server(s2).deadline() == first);
  cluster.receive(s2, s1, append_entries(2, 0, 0));
  CHECK(cluster.server(s2).deadline() >= cluster.now() + milliseconds(150));
}

// Followers: "... or granting vote to candidate ..."
TEST_CASE("a vote that is granted restarts the election timeout; one that is refused, not") {
  RaftCluster cluster{3};
  SECTION("granted") {
    cluster.advance(milliseconds(140));
    cluster.receive(s2, s1, request_vote(1));
    CHECK(cluster.server(s2).deadline() >= cluster.now() + milliseconds(150));
  }
  SECTION("refused") {
    cluster.start(s2, with(1, s3, {}));
    const Instant before = cluster.server(s2).deadline();
    cluster.advance(milliseconds(10));
    cluster.receive(s2, s1, request_vote(1));
    CHECK(cluster.server(s2).deadline() == before);
  }
}

// Candidates: "On conversion to candidate, start election: Increment currentTerm; Vote for self;
// Reset election timer; Send RequestVote RPCs to all other servers"
TEST_CASE("a candidate increments its term, votes for itself, resets its timer and asks all") {
  RaftCluster cluster{5};
  cluster.start(s1, with(3, {}, {}));
  cluster.advance(milliseconds(400));
  cluster.campaign(s1);
  CHECK(role(cluster, s1) == Role::candidate);
  CHECK(term(cluster, s1) == 4);
  CHECK(voted_for(cluster, s1) == s1);
  CHECK(cluster.server(s1).deadline() >= cluster.now() + milliseconds(150));
  CHECK(cluster.server(s1).deadline() <= cluster.now() + milliseconds(300));
  for (const NodeId other : {s2, s3, s4, s5}) CHECK(cluster.count<RequestVote>(s1, other) == 1);
  CHECK(cluster.wire.size() == 4);
}

// Candidates: "If votes received from majority of servers: become leader"
TEST_CASE("votes from a majority make a leader, and one vote less does not") {
  RaftCluster cluster{5};
  cluster.campaign(s1);
  cluster.receive(s1, s2, vote(1));
  CHECK(role(cluster, s1) == Role::candidate);
  cluster.receive(s1, s3, vote(1, false));
  CHECK(role(cluster, s1) == Role::candidate);
  cluster.receive(s1, s4, vote(1));
  CHECK(role(cluster, s1) == Role::leader);
}

// Candidates: "If AppendEntries RPC received from new leader: convert to follower"
TEST_CASE("a candidate that hears of the new leader follows it") {
  RaftCluster cluster{3};
  cluster.campaign(s1);
  cluster.receive(s1, s2, append_entries(1, 0, 0));
  CHECK(role(cluster, s1) == Role::follower);
  CHECK(cluster.server(s1).leader() == s2);
  CHECK(voted_for(cluster, s1) == s1);  // The term is the same, and so is the vote.
}

// Candidates: "If election timeout elapses: start new election"
TEST_CASE("a candidate whose election timeout elapses starts a new election") {
  RaftCluster cluster{3};
  cluster.crash(s3);
  cluster.campaign(s1);
  cluster.drop_all();
  cluster.time_out(s1);
  cluster.settle();
  CHECK(role(cluster, s1) == Role::leader);
  CHECK(term(cluster, s1) == 2);
}

// Leaders: "Upon election: send initial empty AppendEntries RPCs (heartbeat) to each server"
TEST_CASE("a new leader speaks to every server at once") {
  RaftCluster cluster{5};
  cluster.campaign(s1);
  cluster.drop_all();
  cluster.receive(s1, s2, vote(1));
  cluster.receive(s1, s3, vote(1));
  // Not quite empty: they carry the no-op of section 8.
  for (const NodeId other : {s2, s3, s4, s5}) CHECK(cluster.count<AppendEntries>(s1, other) == 1);
}

// Leaders: "repeat during idle periods to prevent election timeouts (§5.2)"
TEST_CASE("heartbeats in idle periods prevent election timeouts") {
  RaftCluster cluster{5};
  cluster.elect(s1);
  cluster.run(seconds(600));
  CHECK(role(cluster, s1) == Role::leader);
  for (const NodeId id : cluster.voters()) CHECK(term(cluster, id) == 1);
}

// Leaders: "If command received from client: append entry to local log, respond after entry applied
// to state machine (§5.3)"
TEST_CASE("a leader appends a command to its own log; it is committed only when others have it") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  CHECK(cluster.propose(s1) == LogIndex{2});
  CHECK(log(cluster, s1) == Terms{1, 1});
  CHECK(commit(cluster, s1) == 1);
  cluster.settle();
  CHECK(commit(cluster, s1) == 2);
}

// Leaders: "If last log index >= nextIndex for a follower: send AppendEntries RPC with log entries
// starting at nextIndex"
TEST_CASE("a follower is sent the entries from its next index on") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  const LogIndex next = cluster.server(s1).progress(s2).next_index;
  cluster.propose(s1);
  const AppendEntries* request = cluster.last<AppendEntries>(s1, s2);
  REQUIRE(request != nullptr);
  CHECK(request->prev_log_index.next() == next);
  CHECK(request->entry_count == 1);
}

// Leaders: "If successful: update nextIndex and matchIndex for follower (§5.3)"
TEST_CASE("a success updates the next and the match index") {
  RaftCluster cluster{3};
  cluster.start(s1, with(1, {}, {1, 1, 1}));
  cluster.campaign(s1);
  cluster.receive(s1, s2, vote(2));
  cluster.receive(s1, s2, success(2, 4));
  CHECK(cluster.server(s1).progress(s2).match_index == LogIndex{4});
  CHECK(cluster.server(s1).progress(s2).next_index == LogIndex{5});
}

// Leaders: "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry
// (§5.3)"
TEST_CASE("a refusal moves the next index back, and the leader tries again at once") {
  RaftCluster cluster{3};
  cluster.start(s1, with(1, {}, {1, 1, 1}));
  cluster.campaign(s1);
  cluster.receive(s1, s2, vote(2));
  cluster.drop_all();
  cluster.receive(s1, s2, refusal(2, 3, 2, 1));
  CHECK(cluster.server(s1).progress(s2).next_index == LogIndex{3});
  REQUIRE(cluster.last<AppendEntries>(s1, s2) != nullptr);
  CHECK(cluster.last<AppendEntries>(s1, s2)->prev_log_index == LogIndex{2});
}

// Leaders: "If there exists an N such that N > commitIndex, a majority of matchIndex[i] >= N, and
// log[N].term == currentTerm: set commitIndex = N (§5.3, §5.4)"
TEST_CASE("what a majority has is committed, if it is of the leader's own term") {
  RaftCluster cluster{5};
  cluster.start(s1, with(1, {}, {1, 1, 1}));
  cluster.campaign(s1);
  cluster.receive(s1, s2, vote(2));
  cluster.receive(s1, s3, vote(2));
  REQUIRE(log(cluster, s1) == Terms{1, 1, 1, 2});
  cluster.receive(s1, s2, success(2, 4));
  CHECK(commit(cluster, s1) == 0);  // Two of five.
  cluster.receive(s1, s3, success(2, 3));
  CHECK(commit(cluster, s1) == 0);  // Index 3 is on three, but of term 1.
  cluster.receive(s1, s4, success(2, 4));
  CHECK(commit(cluster, s1) == 4);
}

}  // namespace
}  // namespace snowflk::testing
