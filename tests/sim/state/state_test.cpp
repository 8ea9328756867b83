// World as a value: copied, compared, hashed at any event, and forks that stay equal.
#include "sim/state/state.hpp"

#include <set>
#include <string>

#include "sim/swarm.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"

namespace snowflk::sim {
namespace {

WorldOptions options_of(u64 seed) {
  WorldOptions options = swarm_options(seed, kGeneratorVersion, Mode::swarm);
  options.seed = seed;
  return options;
}

std::string list_of(const World& world) {
  std::string list;
  state::append_list(list, world);
  return list;
}

void run(World& world, u64 events) {
  for (u64 at = 0; at < events && world.step(); ++at) {
  }
}

TEST_CASE("a fork of any world at any event is equal to it, and stays so at every step of both") {
  testing::check_property("a fork goes on as its original does", [] {
    const u64 seed = *rc::gen::inRange<u64>(1, 100'000);
    const u64 forked_at = *rc::gen::inRange<u64>(0, 4'000);
    World world{options_of(seed)};
    run(world, forked_at);
    World fork = world;
    RC_ASSERT(state::equal(world, fork));
    for (int step = 0; step < 60; ++step) {
      const bool goes_on = world.step().has_value();
      RC_ASSERT(goes_on == fork.step().has_value());
      RC_ASSERT(state::digest_of(world) == state::digest_of(fork));
      RC_ASSERT(world.digest() == fork.digest());
      if (!goes_on) break;
    }
  });
}

TEST_CASE("two worlds that were built alike are equal, though they share nothing") {
  World a{options_of(5)};
  World b{options_of(5)};
  run(a, 3000);
  run(b, 3000);
  CHECK(state::equal(a, b));
  CHECK_FALSE(state::first_difference(list_of(a), list_of(b)));
}

TEST_CASE("every event changes the state") {
  World world{options_of(7)};
  std::set<std::pair<u64, u64>> seen;
  for (int event = 0; event < 500; ++event) {
    const Digest digest = state::digest_of(world);
    CHECK(seen.emplace(digest.high, digest.low).second);
    if (!world.step()) break;
  }
}

TEST_CASE("what is done to a fork is named, and the original does not feel it") {
  World world{options_of(9)};
  run(world, 400);
  const Digest before = state::digest_of(world);
  const auto named = [&](const auto& change) {
    World fork = world;
    change(fork);
    CHECK_FALSE(state::equal(world, fork));
    const auto difference = state::first_difference(list_of(world), list_of(fork));
    return difference ? difference->part : std::string{};
  };
  CHECK(named([](World& fork) { fork.jump_clock(NodeId{2}, seconds(1)); }) ==
        "n2.clock.wall_offset");
  CHECK(named([](World& fork) { fork.fail_next(NodeId{1}, DiskActionKind::sync); }) ==
        "n1.disk.fail_next.size");
  CHECK(named([](World& fork) { fork.limit_operations(1); }) == "clients.left");
  CHECK(named([](World& fork) { fork.dismiss_supervisor(); }) == "restarts");
  CHECK(state::digest_of(world) == before);
}

TEST_CASE("a bit that rots on a disk is in the state") {
  World world{options_of(11)};
  run(world, 3000);
  const NodeId node{1};
  std::vector<bitcask::FoundFile> files;
  world.seat(node).disk.list(files);
  REQUIRE_FALSE(files.empty());
  World fork = world;
  REQUIRE(fork.rot_byte(node, files.front().file, 100));
  CHECK(state::digest_of(world) != state::digest_of(fork));
  const auto difference = state::first_difference(list_of(world), list_of(fork));
  REQUIRE(difference);
  CHECK(difference->part.starts_with("n1.disk.inodes["));
}

TEST_CASE("of two lists the first part that differs is named, also where one is longer") {
  CHECK_FALSE(state::first_difference("a = 1\nb = 2\n", "a = 1\nb = 2\n"));
  const auto value = state::first_difference("a = 1\nb = 2\n", "a = 1\nb = 3\n");
  REQUIRE(value);
  CHECK(value->part == "b");
  CHECK(value->a == "2");
  CHECK(value->b == "3");
  const auto missing = state::first_difference("a = 1\nb = 2\n", "a = 1\n");
  REQUIRE(missing);
  CHECK(missing->part == "b");
  CHECK(missing->b.empty());
}

}  // namespace
}  // namespace snowflk::sim
