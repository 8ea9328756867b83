// core/raft/replication.cpp and append_entries.cpp: probing, pipelining, losses, the news of a
// commit.
#include "tests/catch.hpp"
#include "tests/support/raft_cluster.hpp"

namespace snowflk::testing {
namespace {

using raft::AppendEntries;
using raft::AppendEntriesReply;
using raft::ProgressState;
using raft::Role;

constexpr NodeId n1{1};
constexpr NodeId n2{2};
constexpr NodeId n3{3};

raft::Options narrow() {
  return {.self = {},
          .voters = {},
          .entries_per_message_max = 3,
          .bytes_per_message_max = 1000,
          .inflight_messages_max = 2,
          .inflight_bytes_max = 1500};
}

AppendEntries append(u64 term, u64 prev, u64 prev_term, u32 count, u64 commit = 0) {
  return {.term = Term{term},
          .prev_log_index = LogIndex{prev},
          .prev_log_term = Term{prev_term},
          .leader_commit = LogIndex{commit},
          .entry_count = count};
}

AppendEntriesReply took(u64 term, u64 match) {
  AppendEntriesReply reply;
  reply.term = Term{term};
  reply.success = true;
  reply.match_index = LogIndex{match};
  return reply;
}

/// Of an AppendEntries after `prev`: the logs can agree at (index, index_term) at the latest.
AppendEntriesReply refused(u64 term, u64 prev, u64 index, u64 index_term) {
  return {.term = Term{term},
          .success = false,
          .match_index = LogIndex{prev},
          .conflict_index = LogIndex{index},
          .conflict_term = Term{index_term}};
}

TEST_CASE("a leader has at most a window of messages under way to a follower") {
  RaftCluster cluster{3, narrow()};
  cluster.elect(n1);
  for (int i = 0; i < 20; ++i) cluster.propose(n1);
  CHECK(cluster.count<AppendEntries>(n1, n2) == 2);
  cluster.settle();
  CHECK(cluster.server(n2).log().last_index() == LogIndex{21});
}

TEST_CASE("the window is one of bytes too, but one message may always be under way") {
  RaftCluster cluster{3, narrow()};
  cluster.elect(n1);
  cluster.propose(n1, 5000);
  cluster.propose(n1, 5000);
  CHECK(cluster.count<AppendEntries>(n1, n2) == 1);
  cluster.settle();
  CHECK(cluster.server(n2).commit_index() == LogIndex{3});
}

TEST_CASE("a message has at most its share of entries and bytes, and one entry at least") {
  RaftCluster cluster{2, narrow()};
  cluster.elect(n1);
  cluster.isolate(n2);
  for (int i = 0; i < 9; ++i) cluster.propose(n1, i < 5 ? 10 : 600);
  cluster.drop_all();
  cluster.heal();
  cluster.time_out(n1);
  u32 entries_max = 0;
  while (!cluster.wire.empty()) {
    const Envelope& next = cluster.wire.front();
    if (const auto* m = as<AppendEntries>(next)) {
      entries_max = std::max(entries_max, m->entry_count);
      u64 bytes = 0;
      for (const auto& entry : next.entries) bytes += entry.size;
      CHECK((bytes <= 1000 || m->entry_count == 1));
    }
    cluster.deliver(0);
  }
  CHECK(entries_max == 3);
  CHECK(cluster.server(n2).log().last_index() == LogIndex{10});
}

TEST_CASE("entries lost on the way are found by the next heartbeat, and sent again") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.propose(n1);
  cluster.propose(n1);
  cluster.drop_all();
  cluster.time_out(n1);
  cluster.settle();
  CHECK(cluster.server(n2).log().last_index() == LogIndex{3});
  CHECK(cluster.server(n3).commit_index() == LogIndex{3});
}

TEST_CASE("a lost probe, and a lost answer to one, are made up for by the next heartbeat") {
  RaftCluster cluster{3};
  cluster.campaign(n1);
  cluster.deliver_round();
  cluster.deliver_round();
  REQUIRE(cluster.server(n1).role() == Role::leader);
  SECTION("the probe") { cluster.drop_all(); }
  SECTION("the answer") {
    cluster.deliver_round();
    cluster.drop_all();
  }
  CHECK(cluster.server(n1).commit_index() == LogIndex{0});
  cluster.time_out(n1);
  cluster.settle();
  CHECK(cluster.server(n1).commit_index() == LogIndex{1});
}

TEST_CASE("answers that were lost are made up for by the answer to a heartbeat") {
  RaftCluster cluster{3, narrow()};
  cluster.elect(n1);
  for (int i = 0; i < 8; ++i) cluster.propose(n1);
  cluster.deliver_round();
  cluster.drop_all();
  CHECK(cluster.server(n1).progress(n2).inflight.full(2, 1500));
  cluster.time_out(n1);
  cluster.settle();
  CHECK(cluster.server(n1).commit_index() == LogIndex{9});
  CHECK(cluster.server(n1).progress(n2).inflight.empty());
}

TEST_CASE("a commit is told at once, not with the next heartbeat") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.propose(n1);
  cluster.settle();  // no time passes
  CHECK(cluster.server(n2).commit_index() == LogIndex{2});
  CHECK(cluster.server(n3).commit_index() == LogIndex{2});
}

TEST_CASE("a quiet cluster sends no more than its heartbeats and their answers") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.time_out(n1);
  CHECK(cluster.wire.size() == 2);
  cluster.deliver_round();
  CHECK(cluster.wire.size() == 2);
  cluster.deliver_round();
  CHECK(cluster.wire.empty());
}

TEST_CASE("an answer that was overtaken lowers nothing") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.propose(n1);
  cluster.propose(n1);
  cluster.settle();
  REQUIRE(cluster.server(n1).progress(n2).match_index == LogIndex{3});
  cluster.receive(n1, n2, took(1, 1));
  cluster.receive(n1, n2, refused(1, 2, 1, 1));
  CHECK(cluster.server(n1).progress(n2).match_index == LogIndex{3});
  CHECK(cluster.server(n1).progress(n2).next_index == LogIndex{4});
  CHECK(cluster.server(n1).progress(n2).state == ProgressState::replicate);
}

TEST_CASE("an answer to an earlier leadership counts for nothing") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.propose(n1);
  cluster.drop_all();
  cluster.step_down(n1);
  cluster.campaign(n1);
  cluster.receive(n1, n2, raft::RequestVoteReply{.term = Term{2}, .vote_granted = true});
  REQUIRE(cluster.server(n1).role() == Role::leader);
  cluster.receive(n1, n2, took(1, 2));
  CHECK(cluster.server(n1).progress(n2).match_index == LogIndex{0});
}

TEST_CASE("a refusal of an older probe does not move the newer one") {
  RaftCluster cluster{3};
  cluster.start(n1, {.hard_state = {.current_term = Term{4}, .voted_for = {}},
                     .entries = log_of({1, 2, 3, 4})});
  cluster.campaign(n1);
  cluster.receive(n1, n2, raft::RequestVoteReply{.term = Term{5}, .vote_granted = true});
  cluster.drop_all();
  cluster.receive(n1, n2, refused(5, 4, 3, 3));
  CHECK(cluster.server(n1).progress(n2).next_index == LogIndex{4});
  cluster.receive(n1, n2, refused(5, 4, 0, 0));
  CHECK(cluster.server(n1).progress(n2).next_index == LogIndex{4});
  CHECK(cluster.count<AppendEntries>(n1, n2) == 1);
}

TEST_CASE("reads do not make a leader send the same entries again and again") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.isolate(n3);
  cluster.propose(n1, 1000);
  cluster.settle();
  cluster.step_down(n1);
  cluster.advance(seconds(1));
  cluster.elect(n1);  // n3 is probed now, and does not answer
  cluster.propose(n1, 1000);
  cluster.settle();
  u32 entries_to_n3 = 0;
  for (u64 read = 1; read <= 20; ++read) {
    cluster.read(n1, raft::ReadId{read});
    for (const Envelope& e : cluster.wire) {
      if (e.to == n3 && as<AppendEntries>(e) != nullptr) {
        entries_to_n3 += as<AppendEntries>(e)->entry_count;
      }
    }
    cluster.settle();
  }
  CHECK(cluster.reads(n1).size() == 20);
  CHECK(entries_to_n3 == 0);
}

TEST_CASE("reads do not put off the heartbeat that sends a lost probe again") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  const Instant heartbeat = cluster.server(n1).deadline();
  cluster.advance(milliseconds(30));
  cluster.read(n1, raft::ReadId{1});
  CHECK(cluster.server(n1).deadline() == heartbeat);
}

TEST_CASE("a leader counts its own entry when it is durable, and not before") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.slow_disks = true;
  cluster.crash(n3);
  cluster.propose(n1);
  cluster.deliver_round();  // n2 has it in memory
  cluster.finish_writes(n2);
  cluster.deliver_round();
  CHECK(cluster.server(n1).commit_index() == LogIndex{1});
  cluster.finish_writes(n1);
  CHECK(cluster.server(n1).commit_index() == LogIndex{2});
}

TEST_CASE("a follower commits no further than what this message has verified") {
  RaftCluster cluster{3};
  cluster.start(
      n2, {.hard_state = {.current_term = Term{2}, .voted_for = {}}, .entries = log_of({1, 2, 2})});
  // The leader's log is 1 3 3; index 2 and 3 here are not the leader's.
  cluster.receive(n2, n1, append(3, 1, 1, 0, 3));
  CHECK(cluster.server(n2).commit_index() == LogIndex{1});
  CHECK(cluster.last<AppendEntriesReply>(n2, n1)->match_index == LogIndex{1});
}

TEST_CASE("a delayed shorter message does not shorten the log") {
  RaftCluster cluster{3};
  const auto entries = log_of({1, 1, 1});
  cluster.receive(n2, n1, append(1, 0, 0, 3), entries);
  cluster.receive(n2, n1, append(1, 0, 0, 1), {entries[0]});
  CHECK(cluster.server(n2).log().last_index() == LogIndex{3});
  CHECK(cluster.last<AppendEntriesReply>(n2, n1)->match_index == LogIndex{1});
}

TEST_CASE("what a follower is to store is what it had not, and where it begins") {
  RaftCluster cluster{3};
  cluster.start(
      n2, {.hard_state = {.current_term = Term{2}, .voted_for = {}}, .entries = log_of({1, 2, 2})});
  raft::Raft server = cluster.server(n2);
  raft::Output out;
  const raft::Message message = append(3, 0, 0, 3);
  server.on(cluster.now(), n1, message, log_of({1, 3, 3}), out);
  CHECK(out.truncated_from == LogIndex{2});
  CHECK(out.stored.first == LogIndex{2});
  CHECK(out.stored.skipped == 1);
  CHECK(out.stored.count == 2);
}

TEST_CASE("the bytes not yet committed are those of the entries after the commit") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  cluster.isolate(n1);
  cluster.propose(n1, 100);
  cluster.propose(n1, 200);
  cluster.settle();
  CHECK(cluster.server(n1).uncommitted_bytes() == 300);
  // Another leader makes it drop them.
  cluster.advance(seconds(1));
  cluster.elect(n2);
  cluster.propose(n2, 7);
  cluster.heal();
  cluster.run(seconds(1));
  CHECK(cluster.server(n1).uncommitted_bytes() == 0);
  CHECK(cluster.server(n1).commit_index() == LogIndex{3});
}

TEST_CASE("who is not the leader takes no proposal") {
  RaftCluster cluster{3};
  cluster.elect(n1);
  CHECK(!cluster.propose(n2).has_value());
  CHECK(cluster.server(n2).log().last_index() == LogIndex{1});
}

}  // namespace
}  // namespace snowflk::testing
