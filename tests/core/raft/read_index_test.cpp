// core/raft/read_index.cpp: thesis §6.4, reads without the log.
#include "tests/catch.hpp"
#include "tests/support/raft_cluster.hpp"

namespace snowflk::testing {
namespace {

using raft::ReadId;
using raft::ReadIndex;
using raft::ReadIndexReply;
using raft::ReadRound;
using raft::ReadRoundReply;
using raft::Role;

constexpr NodeId n1{1};
constexpr NodeId n2{2};
constexpr NodeId n3{3};

/// Of the answers that `id` got, the one to `read`; null if there is none.
const raft::ReadOutcome* answer(const RaftCluster& cluster, NodeId id, u64 read) {
  for (const raft::ReadOutcome& outcome : cluster.reads(id)) {
    if (outcome.read == ReadId{read}) return &outcome;
  }
  return nullptr;
}

TEST_CASE("a leader answers a read once a majority has confirmed that it still leads") {
  RaftCluster cluster{5};
  cluster.elect(n1);
  REQUIRE(cluster.read(n1, ReadId{1}));
  cluster.deliver_round();
  CHECK(answer(cluster, n1, 1) == nullptr);
  cluster.deliver(0);
  CHECK(answer(cluster, n1, 1) == nullptr);  // two of five
  cluster.deliver(0);
  REQUIRE(answer(cluster, n1, 1) != nullptr);
  CHECK(answer(cluster, n1, 1)->confirmed);
  CHECK(answer(cluster, n1, 1)->index == LogIndex{1});
}

TEST_CASE("a leader that was superseded unawares answers no read") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.isolate(n1);
  cluster.advance(milliseconds(200));
  cluster.elect(n2);
  cluster.propose(n2);
  cluster.settle();
  REQUIRE(cluster.server(n1).role() == Role::leader);
  REQUIRE(cluster.read(n1, ReadId{1}));
  cluster.settle();
  CHECK(answer(cluster, n1, 1) == nullptr);
  cluster.heal();
  cluster.run(milliseconds(100));
  REQUIRE(answer(cluster, n1, 1) != nullptr);
  CHECK(!answer(cluster, n1, 1)->confirmed);  // It must ask again.
}

TEST_CASE("echoes of a round that began before the read do not confirm it") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.read(n1, ReadId{1});
  cluster.deliver_round();  // the echoes of its round are under way
  REQUIRE(cluster.wire.size() == 2);
  cluster.read(n1, ReadId{2});
  cluster.deliver(0);
  cluster.deliver(0);
  CHECK(answer(cluster, n1, 1) != nullptr);
  CHECK(answer(cluster, n1, 2) == nullptr);
  cluster.settle();
  CHECK(answer(cluster, n1, 2) != nullptr);
}

TEST_CASE("an echo does not wait behind the entries that the follower is writing") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.slow_disks = true;
  cluster.propose(n1);
  cluster.read(n1, ReadId{1});
  cluster.deliver_round();
  REQUIRE(cluster.writes_under_way(n2) == 1);
  REQUIRE(cluster.last<ReadRoundReply>(n2, n1) != nullptr);
  CHECK(cluster.last<raft::AppendEntriesReply>(n2, n1) == nullptr);
  cluster.deliver_round();
  REQUIRE(answer(cluster, n1, 1) != nullptr);
  CHECK(answer(cluster, n1, 1)->index == LogIndex{1});
}

TEST_CASE("who knows of a newer term echoes no round") {
  RaftCluster cluster{3};
  cluster.start(n2, {.hard_state = {.current_term = Term{4}, .voted_for = {}}, .entries = {}});
  cluster.receive(n2, n1, ReadRound{.term = Term{3}, .round = 1});
  CHECK(cluster.wire.empty());
  cluster.receive(n2, n1, ReadRound{.term = Term{4}, .round = 1});
  CHECK(cluster.count<ReadRoundReply>(n2, n1) == 1);
}

TEST_CASE("a leader keeps so many reads of others, and no more") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.isolate(n2);
  for (u64 read = 1; read <= raft::Raft::kPendingReadsMax + 10; ++read) {
    cluster.receive(n1, n3, ReadIndex{.term = Term{1}, .read = ReadId{read}});
  }
  cluster.drop_all();
  cluster.time_out(n1);
  cluster.settle();
  CHECK(cluster.reads(n3).size() == raft::Raft::kPendingReadsMax);
}

TEST_CASE("a new leader answers no read before it has committed in its own term") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.propose(n1);
  cluster.deliver_round();
  cluster.deliver_round();
  REQUIRE(cluster.server(n1).commit_index() == LogIndex{2});
  cluster.drop_all();  // nobody else knows of the commit
  cluster.crash(n1);
  cluster.advance(milliseconds(400));
  cluster.campaign(n2);
  cluster.deliver_round();
  cluster.deliver_round();
  REQUIRE(cluster.server(n2).role() == Role::leader);
  REQUIRE(cluster.server(n2).commit_index() < LogIndex{2});
  cluster.read(n2, ReadId{1});
  CHECK(answer(cluster, n2, 1) == nullptr);
  cluster.settle();
  REQUIRE(answer(cluster, n2, 1) != nullptr);
  CHECK(answer(cluster, n2, 1)->index >= LogIndex{2});
}

TEST_CASE("reads that come during a round share the next one") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  for (u64 read = 1; read <= 10; ++read) cluster.read(n1, ReadId{read});
  CHECK(cluster.count<ReadRound>(n1, n2) == 1);
  cluster.deliver_round();
  cluster.deliver_round();
  CHECK(answer(cluster, n1, 1) != nullptr);
  CHECK(answer(cluster, n1, 2) == nullptr);
  CHECK(cluster.count<ReadRound>(n1, n2) == 1);
  cluster.settle();
  CHECK(cluster.reads(n1).size() == 10);
}

TEST_CASE("a round that is lost is made up for by the next heartbeat") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.read(n1, ReadId{1});
  cluster.drop_all();
  cluster.time_out(n1);
  cluster.settle();
  CHECK(answer(cluster, n1, 1) != nullptr);
}

TEST_CASE("a follower asks its leader, and may read at the leader's commit") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.propose(n1);
  cluster.settle();
  REQUIRE(cluster.read(n2, ReadId{7}));
  CHECK(cluster.count<ReadIndex>(n2, n1) == 1);
  cluster.settle();
  REQUIRE(answer(cluster, n2, 7) != nullptr);
  CHECK(answer(cluster, n2, 7)->index == LogIndex{2});
  CHECK(answer(cluster, n3, 7) == nullptr);
}

TEST_CASE("who knows of no leader has nobody to ask") {
  RaftCluster cluster{3};
  CHECK(!cluster.read(n2, ReadId{1}));
  CHECK(cluster.wire.empty());
}

TEST_CASE("a leader alone in its cluster answers at once") {
  RaftCluster cluster{1};
  cluster.time_out(n1);
  CHECK(cluster.read(n1, ReadId{1}));
  REQUIRE(answer(cluster, n1, 1) != nullptr);
  CHECK(answer(cluster, n1, 1)->index == LogIndex{1});
}

TEST_CASE("a leader that steps down gives its own reads back unanswered, and forgets the others'") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.isolate(n3);
  cluster.read(n1, ReadId{1});
  cluster.receive(n1, n2, ReadIndex{.term = Term{1}, .read = ReadId{2}});
  cluster.drop_all();
  cluster.step_down(n1);
  REQUIRE(cluster.reads(n1).size() == 1);
  CHECK(!answer(cluster, n1, 1)->confirmed);
  CHECK(cluster.wire.empty());
}

TEST_CASE("a question of an older term, or to who does not lead, is not answered") {
  RaftCluster cluster{3};
  cluster.start(n1, {.hard_state = {.current_term = Term{4}, .voted_for = {}}, .entries = {}});
  cluster.elect(n1);
  cluster.receive(n1, n2, ReadIndex{.term = Term{4}, .read = ReadId{1}});
  cluster.receive(n2, n3, ReadIndex{.term = Term{5}, .read = ReadId{2}});
  cluster.settle();
  CHECK(cluster.reads(n2).empty());
  CHECK(cluster.reads(n3).empty());
}

TEST_CASE("an answer of an older term is not taken") {
  RaftCluster cluster{3};
  cluster.start(n2, {.hard_state = {.current_term = Term{4}, .voted_for = {}}, .entries = {}});
  cluster.receive(n2, n1, ReadIndexReply{.term = Term{3}, .read = ReadId{1}, .index = LogIndex{9}});
  CHECK(cluster.reads(n2).empty());
}

}  // namespace
}  // namespace snowflk::testing
