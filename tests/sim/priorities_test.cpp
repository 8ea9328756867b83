#include "sim/priorities.hpp"

#include <map>
#include <vector>

#include "sim/schedule.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {

namespace {

Pending wake(u32 node, Duration at) {
  return Pending{.at = VirtualTime{at.value}, .cause = {}, .node = node, .kind = EventKind::wake};
}

Schedule scheduled(u64 seed, const PriorityOptions& options) {
  Schedule schedule{seed};
  schedule.set_priorities(Priorities{seed, 3, options});
  return schedule;
}

}  // namespace

TEST_CASE("By priorities nothing comes too early, and a lane keeps its order") {
  for (u64 seed = 1; seed <= 200; ++seed) {
    Schedule schedule = scheduled(seed, {.depth = 3, .steps = 20, .window = seconds(1)});
    for (u32 node = 1; node <= 3; ++node) {
      for (i64 at = 0; at < 10; ++at) schedule.push(wake(node, milliseconds(at * 7 + node)));
    }
    std::map<u32, VirtualTime> last;
    VirtualTime before;
    for (int left = 30; left > 0; --left) {
      const Pending next = schedule.pop();
      REQUIRE(schedule.now() >= next.at);
      REQUIRE(schedule.now() >= before);
      REQUIRE(next.at > last[next.node]);
      last[next.node] = next.at;
      before = schedule.now();
    }
    REQUIRE(schedule.empty());
  }
}

TEST_CASE("What is later than the window or the limit overtakes nothing") {
  for (u64 seed = 1; seed <= 100; ++seed) {
    Schedule schedule = scheduled(seed, {.depth = 1, .steps = 10, .window = milliseconds(10)});
    schedule.push(wake(1, milliseconds(1)));
    schedule.push(wake(2, milliseconds(12)));
    REQUIRE(schedule.pop().node == 1);
    schedule.push(wake(3, milliseconds(20)));
    REQUIRE(schedule.pop(VirtualTime{milliseconds(15).value}).node == 2);
  }
}

TEST_CASE("An order that needs d - 1 changes is met at least as often as is promised") {
  // Node 1's first, then node 2's first, then node 1's second: two lanes, one change.
  constexpr u64 kSeeds = 20'000;
  constexpr PriorityOptions kOptions{.depth = 2, .steps = 4, .window = seconds(1)};
  u64 met = 0;
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    Schedule schedule = scheduled(seed, kOptions);
    for (const u32 node : {2U, 1U}) {
      for (const i64 at : {1, 2}) schedule.push(wake(node, milliseconds(at)));
    }
    const std::vector order{schedule.pop().node, schedule.pop().node, schedule.pop().node};
    if (order == std::vector<u32>{1, 2, 2}) met += 1;
  }
  CHECK(met * lane_count(3) * kOptions.steps >= kSeeds);
}

TEST_CASE("Each kind of event has a lane among those that are counted") {
  const Priorities priorities{1, 3, PriorityOptions{}};
  for (u32 kind = 0; kind <= static_cast<u32>(EventKind::campaign); ++kind) {
    for (u32 node = 0; node <= 3; ++node) {
      for (u8 peer = 1; peer <= 3; ++peer) {
        const auto of = static_cast<EventKind>(kind);
        if (of == EventKind::datagram && (node == 0 || node == peer)) continue;
        REQUIRE(priorities.lane_of(
                    Pending{.at = {}, .cause = {}, .node = node, .peer = peer, .kind = of}) <
                lane_count(3));
      }
    }
  }
}

}  // namespace snowflk::sim
