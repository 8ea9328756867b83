// Figure 2, "State".
#include "tests/paper/paper.hpp"

namespace snowflk::testing {
namespace {

// "currentTerm: latest term server has seen (initialized to 0 on first boot, increases
// monotonically)"
TEST_CASE("the current term starts at 0 and never falls") {
  RaftCluster cluster{3};
  CHECK(term(cluster, s1) == 0);
  cluster.receive(s1, s2, request_vote(5));
  CHECK(term(cluster, s1) == 5);
  cluster.receive(s1, s2, append_entries(3, 0, 0));
  CHECK(term(cluster, s1) == 5);
}

// "votedFor: candidateId that received vote in current term (or null if none)"
TEST_CASE("voted for is nobody at first, the candidate after a vote, and nobody in a new term") {
  RaftCluster cluster{3};
  CHECK(voted_for(cluster, s1).nobody());
  cluster.receive(s1, s2, request_vote(1));
  CHECK(voted_for(cluster, s1) == s2);
  cluster.receive(s1, s3, append_entries(2, 0, 0));
  CHECK(voted_for(cluster, s1).nobody());
}

// "log[]: log entries; each entry contains command for state machine, and term when entry was
// received by leader (first index is 1)"
TEST_CASE("the first index of the log is 1, and an entry has the term in which it was received") {
  RaftCluster cluster{3};
  cluster.start(s1, with(6, {}, {}));
  cluster.elect(s1);
  CHECK(cluster.server(s1).log().first_index() == LogIndex{1});
  CHECK(cluster.propose(s1) == LogIndex{2});
  CHECK(cluster.server(s1).log().term_at(LogIndex{2}) == Term{7});
}

// "Persistent state on all servers: (Updated on stable storage before responding to RPCs)"
TEST_CASE("term, vote and entries are on stable storage before a response leaves") {
  RaftCluster cluster{3};
  cluster.slow_disks = true;
  SECTION("a vote") { cluster.receive(s1, s2, request_vote(1)); }
  SECTION("a refused vote, which tells of the new term") {
    cluster.start(s1, with(1, {}, {1}));
    cluster.receive(s1, s2, request_vote(2));
  }
  SECTION("entries") { cluster.receive(s1, s2, append_entries(1, 0, 0, 2), log_of({1, 1})); }
  CHECK(cluster.wire.empty());
  cluster.finish_writes(s1);
  CHECK(cluster.wire.size() == 1);
  CHECK(cluster.stored(s1).hard_state == cluster.server(s1).hard_state());
  CHECK(cluster.stored(s1).entries.size() == cluster.server(s1).log().last_index().value);
}

// "commitIndex: index of highest log entry known to be committed (initialized to 0, increases
// monotonically)"
TEST_CASE("the commit index starts at 0 and never falls") {
  RaftCluster cluster{3};
  CHECK(commit(cluster, s1) == 0);
  cluster.receive(s1, s2, append_entries(1, 0, 0, 2, 2), log_of({1, 1}));
  CHECK(commit(cluster, s1) == 2);
  cluster.receive(s1, s2, append_entries(1, 0, 0, 2, 1), log_of({1, 1}));
  CHECK(commit(cluster, s1) == 2);
}

// "Volatile state on leaders: (Reinitialized after election) nextIndex[]: for each server, index of
// the next log entry to send to that server (initialized to leader last log index + 1)"
TEST_CASE("after an election the next index is one after the leader's last") {
  RaftCluster cluster{3};
  cluster.start(s1, with(1, {}, {1, 1, 1}));
  cluster.campaign(s1);
  cluster.receive(s1, s2, vote(2));
  REQUIRE(role(cluster, s1) == Role::leader);
  CHECK(cluster.server(s1).progress(s2).next_index == LogIndex{4});
  CHECK(cluster.server(s1).progress(s3).next_index == LogIndex{4});
}

// "matchIndex[]: for each server, index of highest log entry known to be replicated on server
// (initialized to 0, increases monotonically)"
TEST_CASE("the match index starts at 0, rises with answers, and never falls") {
  RaftCluster cluster{3};
  cluster.start(s1, with(1, {}, {1, 1, 1}));
  cluster.campaign(s1);
  cluster.receive(s1, s2, vote(2));
  CHECK(cluster.server(s1).progress(s2).match_index == LogIndex{0});
  cluster.receive(s1, s2, success(2, 4));
  CHECK(cluster.server(s1).progress(s2).match_index == LogIndex{4});
  cluster.receive(s1, s2, success(2, 3));
  CHECK(cluster.server(s1).progress(s2).match_index == LogIndex{4});
}

}  // namespace
}  // namespace snowflk::testing
