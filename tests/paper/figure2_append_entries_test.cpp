// Figure 2, "AppendEntries RPC".
#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

const AppendEntriesReply& answer(const RaftCluster& cluster, NodeId follower, NodeId leader) {
  const AppendEntriesReply* reply = cluster.last<AppendEntriesReply>(follower, leader);
  REQUIRE(reply != nullptr);
  return *reply;
}

// "Arguments: term: leader's term; leaderId: so follower can redirect clients; prevLogIndex: index
// of log entry immediately preceding new ones; prevLogTerm: term of prevLogIndex entry; entries[]:
// log entries to store (empty for heartbeat; may send more than one for efficiency); leaderCommit:
// leader's commitIndex"
TEST_CASE("a leader tells its term, what precedes the entries, the entries and its commit") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.propose(s1);
  const AppendEntries* request = cluster.last<AppendEntries>(s1, s2);
  REQUIRE(request != nullptr);
  CHECK(request->term == Term{1});
  CHECK(request->prev_log_index == LogIndex{1});
  CHECK(request->prev_log_term == Term{1});
  CHECK(request->entry_count == 1);
  CHECK(request->leader_commit == LogIndex{1});
}

// "leaderId: so follower can redirect clients"
TEST_CASE("a follower knows who leads") {
  RaftCluster cluster{3};
  CHECK(cluster.server(s2).leader().nobody());
  cluster.receive(s2, s1, append_entries(1, 0, 0));
  CHECK(cluster.server(s2).leader() == s1);
}

// "entries[]: log entries to store (empty for heartbeat; may send more than one for efficiency)"
TEST_CASE("many entries go in one message") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.isolate(s3);
  for (int i = 0; i < 10; ++i) cluster.propose(s1);
  cluster.settle();
  cluster.heal();
  cluster.time_out(s1);  // a heartbeat, which is refused
  cluster.deliver_round();
  cluster.deliver_round();
  const AppendEntries* request = cluster.last<AppendEntries>(s1, s3);
  REQUIRE(request != nullptr);
  CHECK(request->entry_count == 10);
}

// "Results: term: currentTerm, for leader to update itself"
TEST_CASE("the answer tells the follower's term, for the leader to update itself") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.start(s2, with(9, {}, {1}));
  cluster.propose(s1);
  cluster.settle();
  CHECK(term(cluster, s1) == 9);
  CHECK(role(cluster, s1) == Role::follower);
}

// "Results: success: true if follower contained entry matching prevLogIndex and prevLogTerm"
TEST_CASE("success says that the entry before the new ones matched") {
  RaftCluster cluster{3};
  cluster.start(s2, with(2, {}, {1, 2}));
  cluster.receive(s2, s1, append_entries(3, 2, 2));
  CHECK(answer(cluster, s2, s1).success);
  cluster.receive(s2, s1, append_entries(3, 2, 3));
  CHECK(!answer(cluster, s2, s1).success);
}

// "1. Reply false if term < currentTerm (§5.1)"
TEST_CASE("entries of an older term are refused, and change nothing") {
  RaftCluster cluster{3};
  cluster.start(s2, with(2, {}, {1}));
  cluster.receive(s2, s1, append_entries(1, 1, 1, 1, 1), log_of({1}));
  CHECK(!answer(cluster, s2, s1).success);
  CHECK(answer(cluster, s2, s1).term == Term{2});
  CHECK(log(cluster, s2) == Terms{1});
  CHECK(commit(cluster, s2) == 0);
  CHECK(cluster.server(s2).leader().nobody());
}

// "2. Reply false if log doesn't contain an entry at prevLogIndex whose term matches prevLogTerm
// (§5.3)"
TEST_CASE("entries are refused if what precedes them is missing or another") {
  RaftCluster cluster{3};
  cluster.start(s2, with(2, {}, {1, 2}));
  SECTION("missing") { cluster.receive(s2, s1, append_entries(3, 3, 3, 1), log_of({3})); }
  SECTION("another") { cluster.receive(s2, s1, append_entries(3, 2, 1, 1), log_of({3})); }
  CHECK(!answer(cluster, s2, s1).success);
  CHECK(log(cluster, s2) == Terms{1, 2});
}

// "3. If an existing entry conflicts with a new one (same index but different terms), delete the
// existing entry and all that follow it (§5.3)"
TEST_CASE("an entry that conflicts goes, and all that follow it") {
  RaftCluster cluster{3};
  cluster.start(s2, with(2, {}, {1, 2, 2, 2}));
  cluster.receive(s2, s1, append_entries(3, 1, 1, 1), log_of({3}));
  CHECK(answer(cluster, s2, s1).success);
  CHECK(log(cluster, s2) == Terms{1, 3});
}

// "3. If an existing entry conflicts with a new one ..." (and not otherwise)
TEST_CASE("entries that do not conflict stay, also those after the last new one") {
  RaftCluster cluster{3};
  cluster.start(s2, with(2, {}, {1, 2, 2, 2}));
  cluster.receive(s2, s1, append_entries(3, 1, 1, 1), {log_of({1, 2})[1]});
  CHECK(answer(cluster, s2, s1).success);
  CHECK(log(cluster, s2) == Terms{1, 2, 2, 2});
}

// "4. Append any new entries not already in the log"
TEST_CASE("only entries that are not there yet are appended") {
  RaftCluster cluster{3};
  cluster.start(s2, with(1, {}, {1, 1}));
  cluster.receive(s2, s1, append_entries(1, 1, 1, 3), log_of({1, 1, 1}));
  CHECK(log(cluster, s2) == Terms{1, 1, 1, 1});
  cluster.receive(s2, s1, append_entries(1, 1, 1, 3), log_of({1, 1, 1}));
  CHECK(log(cluster, s2) == Terms{1, 1, 1, 1});
}

// "5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry)"
TEST_CASE("the commit index follows the leader's, no further than the last new entry") {
  RaftCluster cluster{3};
  cluster.start(s2, with(2, {}, {1, 1, 2}));
  SECTION("the leader's commit is behind the entries") {
    cluster.receive(s2, s1, append_entries(3, 2, 1, 1, 1), log_of({3}));
    CHECK(commit(cluster, s2) == 1);
  }
  SECTION("the leader's commit is ahead of them: what else is in the log is not verified") {
    cluster.receive(s2, s1, append_entries(3, 1, 1, 1, 9), {log_of({1, 1})[1]});
    CHECK(commit(cluster, s2) == 2);
  }
  SECTION("a heartbeat verifies what precedes it") {
    cluster.receive(s2, s1, append_entries(3, 2, 1, 0, 9));
    CHECK(commit(cluster, s2) == 2);
  }
}

}  // namespace
}  // namespace snowflk::testing
