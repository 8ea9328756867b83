// A Raft as a plain value: who goes on from it, goes on as the one it was taken from.
#include "core/raft/state.hpp"

#include "core/raft/raft.hpp"
#include "tests/catch.hpp"

namespace snowflk::raft {
namespace {

constexpr Instant kNow{1'000'000'000};

Options options() {
  Options options;
  options.self = NodeId{1};
  options.voters = {NodeId{1}, NodeId{2}, NodeId{3}};
  options.check_expensive_invariants = true;
  return options;
}

Raft fresh() { return Raft{options(), HardState{}, Log{}, LogIndex{}, Prng{1, 1, 1}, kNow}; }

Message empty_append() {
  AppendEntries append;
  append.term = Term{1};
  return append;
}

Message acknowledged(u64 match) {
  AppendEntriesReply reply;
  reply.term = Term{1};
  reply.success = true;
  reply.match_index = LogIndex{match};
  return reply;
}

/// Leads term 1, with its no-op on node 2 and a command on the way.
Raft leader() {
  Raft raft = fresh();
  Output out;
  raft.campaign(kNow, out);
  for (const u32 voter : {1U, 2U}) {
    raft.on(kNow, NodeId{voter}, Message{RequestVoteReply{.term = Term{1}, .vote_granted = true}},
            {}, out);
  }
  for (const u32 voter : {1U, 2U}) {
    raft.on(kNow, NodeId{voter}, acknowledged(1), {}, out);
  }
  raft.propose(kNow, EntryKind::command, 7, out);
  raft.check_invariants();
  REQUIRE(raft.commit_index() == LogIndex{1});
  return raft;
}

std::vector<AppendEntries> appends_of(const Output& out) {
  std::vector<AppendEntries> appends;
  for (const Outgoing& message : out.messages) {
    if (const auto* m = std::get_if<AppendEntries>(&message.message)) appends.push_back(*m);
  }
  return appends;
}

}  // namespace

TEST_CASE("a leader that goes on from its state sends what it would have sent") {
  Raft raft = leader();
  State state;
  raft.save(state);
  Raft other = fresh();
  other.resume(state, kNow);
  other.check_invariants();
  CHECK(other.role() == Role::leader);
  CHECK(other.uncommitted_bytes() == 7);
  CHECK(other.progress(NodeId{2}).inflight.count() == raft.progress(NodeId{2}).inflight.count());

  Output out;
  Output other_out;
  const Message reply = acknowledged(2);
  raft.on(kNow, NodeId{2}, reply, {}, out);
  raft.on(kNow, NodeId{1}, reply, {}, out);
  other.on(kNow, NodeId{2}, reply, {}, other_out);
  other.on(kNow, NodeId{1}, reply, {}, other_out);
  CHECK(raft.commit_index() == LogIndex{2});
  CHECK(other.commit_index() == LogIndex{2});
  REQUIRE(appends_of(other_out).size() == appends_of(out).size());
  for (std::size_t i = 0; i < appends_of(out).size(); ++i) {
    CHECK(appends_of(other_out)[i].prev_log_index == appends_of(out)[i].prev_log_index);
    CHECK(appends_of(other_out)[i].leader_commit == appends_of(out)[i].leader_commit);
    CHECK(appends_of(other_out)[i].entry_count == appends_of(out)[i].entry_count);
  }
}

TEST_CASE(
    "who goes on from a state has heard of no leader lately, and remembers who led its term") {
  Raft raft = fresh();
  Output out;
  raft.on(kNow, NodeId{2}, empty_append(), {}, out);
  raft.check_invariants();
  State state;
  raft.save(state);
  CHECK(state.leader_of_term == NodeId{2});
  Raft other = fresh();
  other.resume(state, kNow);
  other.check_invariants();

  // The one hears a leader and does not listen to a candidate; the other does.
  RequestVote question;
  question.term = Term{2};
  const Message request = question;
  raft.on(kNow, NodeId{3}, request, {}, out);
  other.on(kNow, NodeId{3}, request, {}, out);
  CHECK(raft.hard_state().current_term == Term{1});
  CHECK(other.hard_state().voted_for == NodeId{3});

  other.resume(state, kNow);
  out.clear();
  other.on(kNow, NodeId{3}, empty_append(), {}, out);
  REQUIRE(out.events.size() == 1);
  CHECK(std::get<MessageRefused>(out.events[0]).contradiction ==
        Contradiction::second_leader_of_a_term);
}

}  // namespace snowflk::raft
