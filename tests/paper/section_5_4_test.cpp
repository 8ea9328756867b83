// §5.4, "Safety".
#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

// "The restriction ensures that the leader for any given term contains all of the entries committed
// in previous terms (the Leader Completeness Property from Figure 3)."
TEST_CASE("a server that lacks a committed entry is not elected, whoever is asked") {
  RaftCluster cluster{5};
  cluster.elect(s1);
  cluster.isolate(s4);
  cluster.isolate(s5);
  cluster.propose(s1);
  cluster.settle();
  REQUIRE(commit(cluster, s1) == 2);
  cluster.heal();
  cluster.crash(s1);
  cluster.advance(milliseconds(200));
  cluster.campaign(s4);
  cluster.settle();
  CHECK(role(cluster, s4) != Role::leader);
  cluster.run(seconds(3));
  REQUIRE(!cluster.leader().nobody());
  CHECK((cluster.leader() == s2 || cluster.leader() == s3));
  CHECK(log(cluster, cluster.leader())[1] == 1);
}

// §5.4.1: "log entries only flow in one direction, from leaders to followers, and leaders never
// overwrite existing entries in their logs."
TEST_CASE("a leader takes no entry from its followers") {
  RaftCluster cluster{3};
  cluster.start(s2, with(1, {}, {1, 1}));
  cluster.start(s1, with(1, {}, {1, 1}));
  cluster.start(s3, with(1, {}, {1, 1, 1, 1}));  // longer, and unknown to the majority
  cluster.campaign(s1);
  cluster.receive(s1, s2, vote(2));
  cluster.settle();
  CHECK(log(cluster, s1) == Terms{1, 1, 2});
  CHECK(log(cluster, s3) == Terms{1, 1, 2});
}

// §5.4.1: "the RPC includes information about the candidate's log, and the voter denies its vote if
// its own log is more up-to-date than that of the candidate."
// "If the logs have last entries with different terms, then the log with the later term is more
// up-to-date. If the logs end with the same term, then whichever log is longer is more up-to-date."
TEST_CASE("a voter denies its vote to a log less up-to-date than its own") {
  RaftCluster cluster{3};
  cluster.start(s2, with(4, {}, {1, 2, 3}));
  struct Case {
    u64 last_log_index;
    u64 last_log_term;
    bool granted;
  };
  const auto c = GENERATE(Case{3, 3, true}, Case{4, 3, true}, Case{2, 3, false},  // the same term
                          Case{1, 4, true}, Case{9, 4, true},                     // a later term
                          Case{9, 2, false}, Case{3, 2, false}, Case{0, 0, false});
  CAPTURE(c.last_log_index, c.last_log_term);
  cluster.receive(s2, s1, request_vote(5, c.last_log_index, c.last_log_term));
  CHECK(cluster.last<RequestVoteReply>(s2, s1)->vote_granted == c.granted);
}

// §5.4.1, the comparison itself.
TEST_CASE("which of two logs is more up-to-date is decided by the last term, then by the length") {
  const raft::Log log{log_of({1, 1, 4})};
  CHECK(log.up_to_date(Term{4}, LogIndex{3}));
  CHECK(log.up_to_date(Term{4}, LogIndex{4}));
  CHECK(log.up_to_date(Term{5}, LogIndex{1}));
  CHECK(!log.up_to_date(Term{4}, LogIndex{2}));
  CHECK(!log.up_to_date(Term{3}, LogIndex{100}));
  CHECK(raft::Log{}.up_to_date(Term{0}, LogIndex{0}));
}

// §5.4.2: "a leader cannot immediately conclude that an entry from a previous term is committed
// once it is stored on a majority of servers." "Raft never commits log entries from previous terms
// by counting replicas. Only log entries from the leader's current term are committed by counting
// replicas"
TEST_CASE("an entry of an earlier term on every server is not committed by counting") {
  RaftCluster cluster{3};
  cluster.start(s1, with(2, {}, {1, 2}));
  cluster.campaign(s1);
  cluster.receive(s1, s2, vote(3));
  cluster.receive(s1, s2, success(3, 2));
  cluster.receive(s1, s3, success(3, 2));
  CHECK(commit(cluster, s1) == 0);
}

// §5.4.2: "once an entry from the current term has been committed in this way, then all prior
// entries are committed indirectly because of the Log Matching Property."
TEST_CASE("an entry of the own term commits the earlier ones with it") {
  RaftCluster cluster{3};
  cluster.start(s1, with(2, {}, {1, 2}));
  cluster.campaign(s1);
  cluster.receive(s1, s2, vote(3));
  cluster.receive(s1, s2, success(3, 3));
  CHECK(commit(cluster, s1) == 3);
}

// §5.4.2: "Raft incurs this extra complexity in the commitment rules because log entries retain
// their original term numbers when a leader replicates entries from previous terms."
TEST_CASE("a leader sends earlier entries on with their own terms") {
  RaftCluster cluster{3};
  cluster.start(s1, with(4, {}, {1, 2, 4}));
  cluster.elect(s1);
  CHECK(log(cluster, s3) == Terms{1, 2, 4, 5});
}

// §5.4.3: "the leader must commit an entry from its term" [...] State Machine Safety: "at the time
// a server applies a log entry to its state machine, its log must be identical to the leader's log
// up through that entry and the entry must be committed."
TEST_CASE("a follower's log is the leader's up to all that it counts as committed") {
  RaftCluster cluster{3};
  cluster.start(s2, with(2, {}, {1, 2, 2, 2, 2}));
  cluster.start(s1, with(3, {}, {1, 3}));
  cluster.campaign(s1);
  cluster.receive(s1, s3, vote(4));
  while (!cluster.wire.empty()) {
    cluster.deliver(0);
    for (LogIndex i{1}; i <= cluster.server(s2).commit_index(); i = i.next()) {
      REQUIRE(cluster.server(s2).log().entry(i) == cluster.server(s1).log().entry(i));
    }
  }
  CHECK(commit(cluster, s2) == 3);
}

}  // namespace
}  // namespace snowflk::testing
