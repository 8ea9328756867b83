// What a seed draws: within what bounds, in which mode.
#include "sim/swarm.hpp"

#include <string>
#include <type_traits>

#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

constexpr u64 kSeeds = 500;

TEST_CASE("within the bounds a majority keeps its bytes, and no sector is garbage") {
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    const WorldOptions options = swarm_options(seed);
    CHECK(options.faults.rot_nodes_max * 2 < options.nodes);
    CHECK(options.disk.garbage_ppm == 0);
    CHECK(!options.safety_only);
  }
}

TEST_CASE("beyond the bounds there are worlds without a majority that kept its bytes") {
  u64 hopeless = 0;
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    const WorldOptions options = swarm_options(seed, kGeneratorVersion, Mode::beyond);
    CHECK(options.safety_only);
    if (options.faults.rot_nodes_max * 2 >= options.nodes) hopeless += 1;
  }
  CHECK(hopeless > kSeeds / 4);
}

/// All that `options` say, field by field, but for those that version 2 brought.
std::string as_the_first_drew(const WorldOptions& options) {
  std::string text;
  const auto add = [&]<class Group>(const Group& group) {
    for_each_field(group, [&]<class Member>(std::string_view field, const Member& member) {
      for (const std::string_view added :
           {"shape_every_ns", "swizzle_every_ns", "drift_change_every_ns", "effect_crash_every_ns",
            "bad_sector_every_ns", "stale_read_every_ns", "misdirected_read_every_ns",
            "misdirected_write_every_ns", "lost_file_every_ns", "wipe_every_ns"}) {
        if (field == added) return;
      }
      text += std::string{field} + "=";
      if constexpr (std::is_same_v<Member, Duration>) {
        text += std::to_string(member.value) + " ";
      } else {
        text += std::to_string(member) + " ";
      }
    });
  };
  add(options.network);
  add(options.disk);
  add(options.clock);
  add(options.faults);
  add(options.workload);
  add(options.node);
  return text + std::to_string(options.nodes) + " " + std::to_string(options.chaos.value);
}

TEST_CASE("the second generator version adds, and moves nothing that the first one drew") {
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    CHECK(as_the_first_drew(swarm_options(seed, 1)) == as_the_first_drew(swarm_options(seed, 2)));
    CHECK(swarm_options(seed, 1).faults.shape_every == Duration{0});
  }
}

TEST_CASE("the third generator version adds, and moves nothing that the second one drew") {
  u64 with_stragglers = 0;
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    const WorldOptions second = swarm_options(seed, 2);
    WorldOptions third = swarm_options(seed, 3);
    CHECK(second.network.straggler_ppm == 0);
    with_stragglers += third.network.straggler_ppm != 0 ? 1 : 0;
    third.network.straggler_ppm = second.network.straggler_ppm;
    third.network.straggler_delay = second.network.straggler_delay;
    third.workload.empty_ppm = second.workload.empty_ppm;
    third.node.applies_per_step_max = second.node.applies_per_step_max;
    third.node.reply_bytes_per_step_max = second.node.reply_bytes_per_step_max;
    CHECK(as_the_first_drew(third) == as_the_first_drew(second));
    CHECK(third.faults.shape_every == second.faults.shape_every);
    CHECK(third.faults.wipe_every == second.faults.wipe_every);
  }
  CHECK(with_stragglers > kSeeds / 4);
}

TEST_CASE("no swarm draws a disk that lies") {
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    for (const Mode mode : {Mode::lite, Mode::swarm, Mode::beyond}) {
      CHECK(swarm_options(seed, kGeneratorVersion, mode).disk.lying_sync_ppm == 0);
    }
  }
}

TEST_CASE("lite worlds are small, their disks and clocks are good") {
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    const WorldOptions options = swarm_options(seed, kGeneratorVersion, Mode::lite);
    CHECK(options.nodes <= 5);
    CHECK(options.chaos <= milliseconds(1500));
    CHECK(options.workload.operations <= 48);
    CHECK(options.disk.sync_error_ppm == 0);
    CHECK(options.faults.rot_every == Duration{0});
    CHECK(options.faults.machine_crash_every == Duration{0});
    CHECK(options.clock.drift_ppm_max == ClockOptions{}.drift_ppm_max);
  }
}

}  // namespace
}  // namespace snowflk::sim
