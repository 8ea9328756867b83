// Nodes of different versions in one world: what is on the wire, what each reads, what is refused.
#include "sim/versions.hpp"

#include <map>

#include "sim/world.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

constexpr wire::Sender kSender{.cluster = ClusterId{kClusterIdOfWorlds}, .self = NodeId{2}};

std::vector<std::byte> vote() {
  std::vector<std::byte> frame;
  wire::encode(kSender,
               raft::Message{raft::RequestVote{
                   .term = Term{3}, .last_log_index = LogIndex{2}, .last_log_term = Term{1}}},
               frame);
  return frame;
}

std::optional<wire::FrameFault> fault_of(Bytes frame) {
  const auto read = wire::decode(kSender.cluster, frame);
  return read ? std::nullopt : std::optional{read.error()};
}

/// What happened to frames between nodes of different versions, by what was made of them.
struct Made {
  u64 newer = 0;
  u64 older = 0;
  std::map<wire::FrameFault, u64> refused;
  u64 upgrades = 0;
  u64 breaks = 0;
};

WorldOptions calm(std::vector<i64> versions) {
  WorldOptions options;
  options.seed = 7;
  options.versions = std::move(versions);
  options.workload.operations = 400;
  options.workload.think_mean = milliseconds(5);
  return options;
}

void note(const StepRecord& record, Made& made) {
  if (std::holds_alternative<NodeUpgraded>(record.what)) made.upgrades += 1;
  const auto* frame = std::get_if<FrameDelivered>(&record.what);
  if (frame == nullptr) return;
  bool refused = false;
  for (const node::Event& event : record.effects->events) {
    const auto* own = std::get_if<node::NodeEvent>(&event);
    const auto* rejected = own == nullptr ? nullptr : std::get_if<node::FrameRejected>(own);
    if (rejected == nullptr) continue;
    refused = true;
    made.refused[rejected->fault] += 1;
  }
  if (refused || frame->foreign) return;
  if (frame->ahead > 0) made.newer += 1;
  if (frame->ahead < 0) made.older += 1;
}

Made run(World& world, Duration span) {
  Made made;
  const VirtualTime end = world.now() + span;
  while (const auto record = world.step(end)) note(*record, made);
  CHECK_FALSE(world.violation());
  made.breaks = world.streams().breaks();
  return made;
}

u64 answered(const World& world) {
  u64 ok = 0;
  for (const Operation& operation : world.history().operations()) {
    if (operation.outcome == Outcome::ok) ok += 1;
  }
  return ok;
}

}  // namespace

TEST_CASE("a frame whose minor is shifted is right if it was, and wrong if it was") {
  const std::vector<std::byte> ours = vote();
  for (const i64 by : {-2, -1, 1, 2}) {
    INFO(by);
    std::vector<std::byte> shifted = ours;
    shift_minor(shifted, by);
    CHECK(minor_ahead(shifted) == by);
    CHECK((fault_of(shifted) == wire::FrameFault::version) == (by < -1 || by > 1));
    CHECK(fault_of(shifted).has_value() == (by < -1 || by > 1));
    shift_minor(shifted, -by);
    CHECK(shifted == ours);
  }
  for (std::size_t bit = 0; bit < ours.size() * 8; ++bit) {
    std::vector<std::byte> turned = ours;
    turned[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    std::vector<std::byte> shifted = turned;
    shift_minor(shifted, 1);
    CHECK(fault_of(shifted).has_value());
    shift_minor(shifted, -1);
    CHECK(shifted == turned);
  }
}

TEST_CASE("news are well-formed, of a kind that ours refuses, and say which version they are of") {
  CHECK(version_of_kind(vote()) == 0);
  for (i64 version = 1; version <= kVersionsAway; ++version) {
    for (const u64 number : {0U, 1U, 2U, 3U}) {
      std::vector<std::byte> news;
      append_news(kSender, version, number, news);
      CHECK(version_of_kind(news) == version);
      CHECK(minor_ahead(news) == version);
      shift_minor(news, -version);
      CHECK(fault_of(news) == wire::FrameFault::kind);
      const auto length = wire::frame_length(kSender.cluster, news);
      REQUIRE(length);
      CHECK(*length == news.size());
    }
  }
}

TEST_CASE("who is one version ahead is understood, and what only it says is refused and no more") {
  World world{calm({1})};
  const Made made = run(world, seconds(5));
  CHECK(made.newer > 50);
  CHECK(made.older > 50);
  REQUIRE(made.refused.size() == 1);
  CHECK(made.refused.begin()->first == wire::FrameFault::kind);
  CHECK(made.refused.begin()->second > 10);
  CHECK(made.breaks == 0);
  CHECK(answered(world) >= 390);
}

TEST_CASE("nodes of one version are as those of ours, whatever it is") {
  for (const i64 version : {-2, -1, 1, 2}) {
    INFO(version);
    World world{calm({version, version, version})};
    const Made made = run(world, seconds(5));
    CHECK(made.newer + made.older == 0);
    CHECK(made.refused.empty());
    CHECK(answered(world) >= 390);
  }
}

TEST_CASE("one ahead and one behind do not understand each other, and both understand ours") {
  World world{calm({1, 0, -1})};
  const Made made = run(world, seconds(5));
  CHECK(made.newer > 0);
  CHECK(made.older > 0);
  CHECK(made.refused.contains(wire::FrameFault::version));
  CHECK(made.refused.contains(wire::FrameFault::kind));
  CHECK_FALSE(world.streams().stands(NodeId{1}, NodeId{3}));
  CHECK(world.streams().stands(NodeId{1}, NodeId{2}));
}

TEST_CASE("who is two versions ahead takes no part, and the others go on") {
  World world{calm({0, 0, 2})};
  const Made made = run(world, seconds(5));
  CHECK(made.newer + made.older == 0);
  CHECK(made.refused.contains(wire::FrameFault::version));
  CHECK(world.node(NodeId{3}).raft()->commit_index().value == 0);
  REQUIRE_FALSE(world.leader().nobody());
  CHECK(world.node(world.leader()).raft()->commit_index().value > 50);
}

TEST_CASE("a node that is upgraded by hand is of the new version from its next start on") {
  World world{calm({})};
  run(world, seconds(1));
  world.upgrade(NodeId{2}, 1);
  const auto record = world.step_ordered();
  REQUIRE(record);
  REQUIRE(std::holds_alternative<NodeUpgraded>(record->what));
  CHECK(record->stopped);
  CHECK_FALSE(world.is_up(NodeId{2}));
  CHECK(world.seat(NodeId{2}).version == 0);
  world.upgrade(NodeId{2}, -1);  // another thought: it is down
  const auto again = world.step_ordered();
  REQUIRE(again);
  CHECK_FALSE(again->stopped);
  world.restart(NodeId{2});
  const Made made = run(world, seconds(1));
  CHECK(world.seat(NodeId{2}).version == -1);
  CHECK(made.older > 0);
}

TEST_CASE(
    "drawn upgrades bring nodes to each version that may be, and the cluster stays in reach") {
  std::map<i64, u64> met;
  u64 answers = 0;
  for (u64 seed = 1; seed <= 20; ++seed) {
    WorldOptions options = calm({});
    options.seed = seed;
    options.faults.upgrade_every = seconds(3);
    options.faults.down_mean = milliseconds(100);
    World world{options};
    const Made made = run(world, seconds(10));
    CHECK(made.upgrades > 2);
    CHECK(made.upgrades == world.faults().counted(FaultClass::upgrade));
    CHECK_FALSE(made.refused.contains(wire::FrameFault::version));
    world.heal();
    run(world, seconds(3));
    for (const NodeId id : world.nodes()) {
      met[world.seat(id).version] += 1;
      CHECK(world.node(id).applied_index() == world.node(world.leader()).raft()->commit_index());
    }
    answers += answered(world);
  }
  CHECK(met.size() == 2);
  CHECK(met[0] > 10);
  CHECK(met[1] > 10);
  CHECK(answers > 20 * 300);
}

TEST_CASE("beyond the bounds, upgrades bring some two versions ahead") {
  WorldOptions options = calm({});
  options.faults.upgrade_every = seconds(1);
  options.faults.upgrade_ahead_max = 2;
  World world{options};
  const Made made = run(world, seconds(20));
  CHECK(made.refused.contains(wire::FrameFault::version));
}

TEST_CASE(
    "a bit that turns in a frame between versions is found, and does not mend at the border") {
  WorldOptions options = calm({1, 0, 1});
  options.network.flip_ppm = 300'000;
  World world{options};
  const Made made = run(world, seconds(5));  // no violation: each was refused
  CHECK(made.refused.at(wire::FrameFault::checksum) > 100);
}

}  // namespace snowflk::sim
