// Those who wait in a node: proposals, forwards, parked requests, reads.
#include "core/node/forwards.hpp"
#include "core/node/parking.hpp"
#include "core/node/peers.hpp"
#include "core/node/proposals.hpp"
#include "core/node/reads.hpp"
#include "tests/catch.hpp"

namespace snowflk::node {
namespace {

Origin client(u64 id) { return Origin::of_client(ClientId{id}, RequestId{id}); }

Proposal proposal(u64 index, u64 term, u64 id) {
  return Proposal{
      .index = LogIndex{index}, .term = Term{term}, .origin = client(id), .deadline = Instant{100}};
}

struct Answers {
  std::vector<u64> executed;
  std::vector<u64> overridden;
  auto into() {
    return [this](const Proposal& answered, bool was_executed) {
      (was_executed ? executed : overridden).push_back(answered.origin.client.value);
    };
  }
};

}  // namespace

TEST_CASE("a proposal is executed if its own entry is applied at its index") {
  Proposals proposals;
  Answers answers;
  proposals.add(proposal(5, 2, 50));
  proposals.add(proposal(6, 2, 60));
  proposals.applied(LogIndex{5}, Term{2}, answers.into());
  CHECK(answers.executed == std::vector<u64>{50});
  CHECK(answers.overridden.empty());
  CHECK(proposals.size() == 1);
}

TEST_CASE("a proposal whose index another term's entry took is overridden, a later one is not") {
  Proposals proposals;
  Answers answers;
  proposals.add(proposal(5, 2, 50));
  proposals.add(proposal(6, 2, 60));
  proposals.add(proposal(5, 4, 51));  // The node led again, where its log was cut.
  proposals.applied(LogIndex{5}, Term{4}, answers.into());
  CHECK(answers.executed == std::vector<u64>{51});
  CHECK(answers.overridden == std::vector<u64>{50});
  proposals.applied(LogIndex{6}, Term{5}, answers.into());
  CHECK(answers.overridden == std::vector<u64>{50, 60});
  CHECK(proposals.size() == 0);
}

TEST_CASE("a proposal of a client that left is answered to nobody") {
  Proposals proposals;
  Answers answers;
  proposals.add(proposal(5, 2, 50));
  proposals.add(proposal(6, 2, 60));
  proposals.forget(ClientId{50});
  proposals.applied(LogIndex{5}, Term{2}, answers.into());
  proposals.applied(LogIndex{6}, Term{2}, answers.into());
  CHECK(answers.executed == std::vector<u64>{60});
}

TEST_CASE("a proposal whose time is up is unknown, once") {
  Proposals proposals;
  Answers answers;
  proposals.add(proposal(5, 2, 50));
  u32 unknown = 0;
  proposals.expire(Instant{99}, [&](const Proposal&) { unknown += 1; });
  CHECK(unknown == 0);
  CHECK(proposals.deadline() == Instant{100});
  proposals.expire(Instant{100}, [&](const Proposal&) { unknown += 1; });
  CHECK(unknown == 1);
  proposals.applied(LogIndex{5}, Term{2}, answers.into());
  CHECK(answers.executed.empty());
}

TEST_CASE("a broken stream breaks what went out on it, and nothing newer") {
  Forwards forwards;
  const ForwardId old = forwards.add(NodeId{2}, 1, client(10), Instant{100});
  const ForwardId young = forwards.add(NodeId{2}, 2, client(20), Instant{100});
  forwards.add(NodeId{3}, 1, client(30), Instant{100});
  std::vector<u64> unknown;
  forwards.broken(NodeId{2}, 1, [&](const Forwarded& forwarded) {
    unknown.push_back(forwarded.origin.client.value);
  });
  CHECK(unknown == std::vector<u64>{10});
  CHECK_FALSE(forwards.answered(NodeId{2}, old).has_value());
  CHECK_FALSE(forwards.answered(NodeId{3}, young).has_value());  // Not the one it was sent to.
  CHECK(forwards.answered(NodeId{2}, young).has_value());
  CHECK_FALSE(forwards.answered(NodeId{2}, young).has_value());  // Once.
}

TEST_CASE("what went to a leader that another has followed is unknown after its time") {
  Forwards forwards;
  forwards.followed(NodeId{2}, Instant{5});
  forwards.add(NodeId{2}, 1, client(10), Instant{1000});
  forwards.followed(NodeId{2}, Instant{50});  // No news.
  CHECK(forwards.deadline() > Instant{50});
  forwards.followed(NodeId{3}, Instant{60});
  forwards.add(NodeId{3}, 1, client(20), Instant{1000});
  CHECK(forwards.deadline() == Instant{60});
  std::vector<u64> unknown;
  const auto into = [&](const Forwarded& forwarded) {
    unknown.push_back(forwarded.origin.client.value);
  };
  forwards.expire(Instant{59}, into);
  CHECK(unknown.empty());
  forwards.expire(Instant{60}, into);
  CHECK(unknown == std::vector<u64>{10});
  CHECK(forwards.deadline() == Instant{1000});
}

TEST_CASE("news of an older epoch does not end a newer stream") {
  Peers peers({NodeId{1}, NodeId{2}});
  CHECK(peers.epoch(NodeId{2}) == 0);
  peers.up(NodeId{2}, 4);
  peers.down(NodeId{2}, 3);
  CHECK(peers.epoch(NodeId{2}) == 4);
  peers.down(NodeId{2}, 4);
  CHECK(peers.epoch(NodeId{2}) == 0);
  peers.up(NodeId{2}, 4);  // The same stream does not rise again.
  CHECK(peers.epoch(NodeId{2}) == 0);
  peers.up(NodeId{9}, 1);  // Nobody's.
  CHECK(peers.epoch(NodeId{9}) == 0);
}

TEST_CASE("parked requests go on in the order they came, until one must wait") {
  Parking parking;
  for (u64 id = 1; id <= 3; ++id) parking.add(client(id), {}, Instant{100});
  std::vector<u64> admitted;
  parking.retry([&](const Parked& parked) {
    if (admitted.size() == 2) return false;
    admitted.push_back(parked.origin.client.value);
    return true;
  });
  CHECK(admitted == std::vector<u64>{1, 2});
  u32 refused = 0;
  parking.expire(Instant{100}, [&](const Parked&) { refused += 1; });
  CHECK(refused == 1);
  CHECK(parking.empty());
  CHECK(parking.deadline() == kNever);
}

TEST_CASE("reads that come while a round is under way wait for the next") {
  Reads reads;
  reads.add(client(1), {}, Instant{100});
  CHECK(reads.round_due());
  reads.round_asked(raft::ReadId{7}, Instant{10});
  reads.add(client(2), {}, Instant{100});
  CHECK_FALSE(reads.round_due());
  reads.round_answered({.read = raft::ReadId{6}, .index = LogIndex{9}, .confirmed = true});
  CHECK(reads.first_ready(LogIndex{9}) == nullptr);  // An answer to nothing that is asked.
  reads.round_answered({.read = raft::ReadId{7}, .index = LogIndex{9}, .confirmed = true});
  CHECK(reads.first_ready(LogIndex{8}) == nullptr);
  REQUIRE(reads.first_ready(LogIndex{9}) != nullptr);
  CHECK(reads.first_ready(LogIndex{9})->origin.is_client(ClientId{1}));
  reads.pop_ready();
  CHECK(reads.first_ready(LogIndex{9}) == nullptr);
  CHECK(reads.round_due());
}

TEST_CASE("a round that is not confirmed, or lost, is asked for again") {
  Reads reads;
  reads.add(client(1), {}, Instant{100});
  reads.round_asked(raft::ReadId{1}, Instant{10});
  reads.round_answered({.read = raft::ReadId{1}, .index = LogIndex{}, .confirmed = false});
  CHECK(reads.round_due());
  reads.round_asked(raft::ReadId{2}, Instant{10});
  CHECK_FALSE(reads.round_overdue(Instant{9}));
  CHECK(reads.deadline() == Instant{10});
  CHECK(reads.round_overdue(Instant{10}));
  reads.round_asked(raft::ReadId{3}, Instant{20});
  reads.round_answered({.read = raft::ReadId{1}, .index = LogIndex{4}, .confirmed = true});
  CHECK(reads.first_ready(LogIndex{9}) == nullptr);  // Of the round that was not confirmed.
  reads.round_answered({.read = raft::ReadId{3}, .index = LogIndex{5}, .confirmed = true});
  CHECK(reads.first_ready(LogIndex{9}) != nullptr);
}

TEST_CASE("reads are answered also where answers take longer than the wait to ask again") {
  Reads reads;
  reads.add(client(1), {}, Instant{100});
  reads.round_asked(raft::ReadId{1}, Instant{10});
  reads.add(client(2), {}, Instant{100});
  reads.round_asked(raft::ReadId{2}, Instant{20});
  reads.round_answered({.read = raft::ReadId{1}, .index = LogIndex{5}, .confirmed = true});
  REQUIRE(reads.first_ready(LogIndex{5}) != nullptr);
  reads.pop_ready();
  CHECK(reads.first_ready(LogIndex{5}) == nullptr);  // The second came after the question.
  reads.round_answered({.read = raft::ReadId{2}, .index = LogIndex{5}, .confirmed = true});
  CHECK(reads.first_ready(LogIndex{5}) == nullptr);
  CHECK(reads.round_due());
}

}  // namespace snowflk::node
