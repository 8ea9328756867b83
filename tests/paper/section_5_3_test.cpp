// §5.3, "Log replication".
#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

/// s1 leads term 3 of a cluster of three; its log is 1 1 2 and its no-op. Nothing is under way.
RaftCluster new_leader(const Stored& s2_has) {
  RaftCluster cluster{3};
  cluster.start(s1, with(2, {}, {1, 1, 2}));
  cluster.start(s2, s2_has);
  cluster.start(s3, with(2, {}, {1, 1, 2}));
  cluster.campaign(s1);
  cluster.receive(s1, s3, vote(3));
  cluster.drop_all();
  return cluster;
}

// "The leader appends the command to its log as a new entry, then issues AppendEntries RPCs in
// parallel to each of the other servers to replicate the entry."
TEST_CASE("a command goes to the leader's log and at once to all others") {
  RaftCluster cluster{5};
  cluster.elect(s1);
  cluster.propose(s1);
  CHECK(log(cluster, s1) == Terms{1, 1});
  CHECK(cluster.wire.size() == 4);
  for (const NodeId other : {s2, s3, s4, s5}) CHECK(cluster.count<AppendEntries>(s1, other) == 1);
}

// "If followers crash or run slowly, or if network packets are lost, the leader retries
// AppendEntries RPCs indefinitely (even after it has responded to the client) until all followers
// eventually store all log entries."
TEST_CASE("the leader tries until the last follower has all entries, however late it comes") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.crash(s3);
  for (int i = 0; i < 50; ++i) {
    cluster.propose(s1);
    cluster.settle();
  }
  CHECK(commit(cluster, s1) == 51);
  cluster.run(seconds(30));
  cluster.restart(s3);
  cluster.run(milliseconds(100));
  CHECK(log(cluster, s3) == log(cluster, s1));
  CHECK(commit(cluster, s3) == 51);
}

// "Each log entry stores a state machine command along with the term number when the entry was
// received by the leader."
TEST_CASE("entries keep the term in which they were received, whoever sends them on") {
  RaftCluster cluster = new_leader(with(0, {}, {}));
  cluster.time_out(s1);
  cluster.settle();
  CHECK(log(cluster, s2) == Terms{1, 1, 2, 3});
}

// "The leader decides when it is safe to apply a log entry to the state machines; such an entry is
// called committed." "A log entry is committed once the leader that created the entry has
// replicated it on a majority of the servers"
TEST_CASE("an entry is committed once it is on a majority, and not one server earlier") {
  RaftCluster cluster{5};
  cluster.elect(s1);
  cluster.isolate(s4);
  cluster.isolate(s5);
  cluster.propose(s1);
  cluster.deliver_round();
  cluster.deliver(0);  // s2 has it too: two of five
  CHECK(commit(cluster, s1) == 1);
  cluster.deliver(0);  // and s3
  CHECK(commit(cluster, s1) == 2);
}

// "This also commits all preceding entries in the leader's log, including entries created by
// previous leaders."
TEST_CASE("an entry commits all before it, also those of earlier leaders") {
  RaftCluster cluster = new_leader(with(2, {}, {1, 1, 2}));
  CHECK(commit(cluster, s1) == 0);
  cluster.receive(s1, s3, success(3, 4));
  CHECK(commit(cluster, s1) == 4);
}

// "The leader keeps track of the highest index it knows to be committed, and it includes that index
// in future AppendEntries RPCs (including heartbeats) so that the other servers eventually find
// out."
TEST_CASE("heartbeats tell the commit index, so that a server that missed it finds out") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.propose(s1);
  cluster.deliver_round();
  cluster.deliver_round();
  CHECK(commit(cluster, s1) == 2);
  cluster.drop_all();  // the news is lost
  CHECK(commit(cluster, s2) == 1);
  cluster.time_out(s1);
  CHECK(cluster.last<AppendEntries>(s1, s2)->leader_commit == LogIndex{2});
  cluster.settle();
  CHECK(commit(cluster, s2) == 2);
}

// "If two entries in different logs have the same index and term, then they store the same
// command." "a leader creates at most one entry with a given log index in a given term, and log
// entries never change their position in the log."
TEST_CASE("a leader gives each command an index of its own") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  for (u64 expected = 2; expected < 10; ++expected) {
    CHECK(cluster.propose(s1) == LogIndex{expected});
  }
}

// "If two entries in different logs have the same index and term, then the logs are identical in
// all preceding entries." "This second property is guaranteed by a simple consistency check
// performed by AppendEntries."
TEST_CASE("entries are taken only where what precedes them is equal") {
  RaftCluster cluster = new_leader(with(2, {}, {1, 1, 1, 1}));
  cluster.time_out(s1);
  Figure3 figure3;
  while (!cluster.wire.empty()) {
    cluster.deliver(0);
    REQUIRE(figure3.observe(cluster).value_or("holds") == "holds");
  }
  CHECK(log(cluster, s2) == Terms{1, 1, 2, 3});
}

// "When sending an AppendEntries RPC, the leader includes the index and term of the entry in its
// log that immediately precedes the new entries."
TEST_CASE("the leader tells index and term of the entry before the new ones") {
  RaftCluster cluster = new_leader(with(2, {}, {1, 1, 2}));
  cluster.time_out(s1);
  const AppendEntries* request = cluster.last<AppendEntries>(s1, s2);
  CHECK(request->prev_log_index == LogIndex{3});
  CHECK(request->prev_log_term == Term{2});
}

// "If the follower does not find an entry in its log with the same index and term, then it refuses
// the new entries."
TEST_CASE("a follower refuses what it cannot join to its log") {
  RaftCluster cluster = new_leader(with(2, {}, {1}));
  cluster.time_out(s1);
  cluster.deliver_round();
  CHECK(!cluster.last<AppendEntriesReply>(s2, s1)->success);
  CHECK(log(cluster, s2) == Terms{1});
}

// "As a result, whenever AppendEntries returns successfully, the leader knows that the follower's
// log is identical to its own log up through the new entries."
TEST_CASE("a success speaks of what the message covered, not of what else the follower has") {
  RaftCluster cluster{3};
  cluster.start(s2, with(2, {}, {1, 1, 2, 2, 2}));
  cluster.receive(s2, s1, append_entries(3, 1, 1, 1), {log_of({1, 1})[1]});
  CHECK(cluster.last<AppendEntriesReply>(s2, s1)->match_index == LogIndex{2});
}

// "A follower may be missing entries that are present on the leader, it may have extra entries that
// are not present on the leader, or both. [...] the leader handles inconsistencies by forcing the
// followers' logs to duplicate its own. This means that conflicting entries in follower logs will
// be overwritten with entries from the leader's log."
TEST_CASE("a follower that lacks entries, has others, or both, ends with the leader's log") {
  const auto have = GENERATE(Terms{}, Terms{1}, Terms{1, 1, 1, 1, 1}, Terms{1, 1, 1}, Terms{2, 2});
  RaftCluster cluster = new_leader(with(2, {}, have));
  cluster.time_out(s1);
  cluster.settle();
  CHECK(log(cluster, s2) == Terms{1, 1, 2, 3});
  CHECK(log(cluster, s1) == Terms{1, 1, 2, 3});
}

// "The leader maintains a nextIndex for each follower [...]. When a leader first comes to power, it
// initializes all nextIndex values to the index just after the last one in its log"
TEST_CASE("a new leader first assumes that everybody has its log") {
  RaftCluster cluster = new_leader(with(0, {}, {}));
  CHECK(cluster.server(s1).progress(s2).next_index == LogIndex{4});
  CHECK(cluster.server(s1).progress(s3).next_index == LogIndex{4});
}

// "After a rejection, the leader decrements nextIndex and retries the AppendEntries RPC. Eventually
// nextIndex will reach a point where the leader and follower logs match."
TEST_CASE("rejections move the next index down until the logs match, and never up") {
  RaftCluster cluster = new_leader(with(2, {}, {2, 2}));
  cluster.time_out(s1);
  LogIndex next = cluster.server(s1).progress(s2).next_index;
  while (!cluster.wire.empty() && cluster.server(s1).progress(s2).match_index == LogIndex{}) {
    cluster.deliver(0);
    if (cluster.server(s1).progress(s2).match_index > LogIndex{}) break;
    CHECK(cluster.server(s1).progress(s2).next_index <= next);
    next = cluster.server(s1).progress(s2).next_index;
  }
  CHECK(next == LogIndex{1});
}

// "the follower can include the term of the conflicting entry and the first index it stores for
// that term. With this information, the leader can decrement nextIndex to bypass all of the
// conflicting entries in that term; one AppendEntries RPC will be required for each term with
// conflicting entries, rather than one RPC per entry."
TEST_CASE("a rejection bypasses a whole term of conflicting entries") {
  RaftCluster cluster{3};
  cluster.start(s1, with(3, {}, {1, 3, 3, 3, 3, 3, 3, 3}));
  cluster.start(s2, with(2, {}, {1, 2, 2, 2, 2, 2, 2, 2}));
  cluster.campaign(s1);
  cluster.receive(s1, s3, vote(4));
  cluster.drop_all();
  cluster.time_out(s1);
  cluster.deliver(0);  // to s2, refused
  cluster.isolate(s3);
  CHECK(!cluster.last<AppendEntriesReply>(s2, s1)->success);
  cluster.deliver_round();
  CHECK(cluster.last<AppendEntries>(s1, s2)->prev_log_index == LogIndex{1});
}

// "A leader never overwrites or deletes entries in its own log (the Leader Append-Only Property in
// Figure 3)."
TEST_CASE("a leader's log only grows, whatever followers answer") {
  RaftCluster cluster = new_leader(with(2, {}, {2, 2}));
  cluster.receive(s1, s2, refusal(3, 3, 2, 2));
  cluster.receive(s1, s2, refusal(3, 2, 0, 0));
  cluster.receive(s1, s2, append_entries(2, 0, 0, 1), log_of({2}));
  CHECK(role(cluster, s1) == Role::leader);
  CHECK(log(cluster, s1) == Terms{1, 1, 2, 3});
}

// "Raft can accept, replicate, and apply new log entries as long as a majority of the servers are
// up"
TEST_CASE("entries commit with a majority up, and do not without") {
  RaftCluster cluster{5};
  cluster.elect(s1);
  cluster.crash(s4);
  cluster.crash(s5);
  cluster.propose(s1);
  cluster.settle();
  CHECK(commit(cluster, s1) == 2);
  cluster.crash(s3);
  cluster.propose(s1);
  cluster.settle();
  CHECK(commit(cluster, s1) == 2);
}

// "in the normal case a new entry can be replicated with a single round of RPCs to a majority of
// the cluster; and a single slow follower will not impact performance."
TEST_CASE("one round commits an entry, and one slow follower does not matter") {
  RaftCluster cluster{3};
  cluster.elect(s1);
  cluster.propose(s1);
  for (std::size_t i = 0; i < cluster.wire.size(); ++i) {
    if (cluster.wire[i].to == s3) cluster.drop(i);
  }
  REQUIRE(cluster.wire.size() == 1);
  cluster.deliver(0);
  cluster.deliver(0);
  CHECK(commit(cluster, s1) == 2);
}

}  // namespace
}  // namespace snowflk::testing
