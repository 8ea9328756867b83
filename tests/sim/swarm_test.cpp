// What a seed draws: within what bounds, in which mode.
#include "sim/swarm.hpp"

#include <string>
#include <type_traits>

#include "sim/world.hpp"
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

/// All that `options` say, field by field.
std::string as_drawn(const WorldOptions& options) {
  std::string text;
  const auto add = [&]<class Group>(const Group& group) {
    for_each_field(group, [&]<class Member>(std::string_view field, const Member& member) {
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

/// The same, but for what version 2 brought.
std::string as_the_first_drew(WorldOptions options) {
  FaultOptions& faults = options.faults;
  faults.shape_every = faults.swizzle_every = faults.drift_change_every = Duration{0};
  faults.effect_crash_every = faults.bad_sector_every = faults.stale_read_every = Duration{0};
  faults.misdirected_read_every = faults.misdirected_write_every = Duration{0};
  faults.lost_file_every = faults.wipe_every = Duration{0};
  return as_drawn(options);
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

/// The same of version 4, but for what that brought.
std::string as_the_third_drew(WorldOptions options) {
  options.network.late_answer_ppm = 0;
  options.network.late_answer_delay = NetworkOptions{}.late_answer_delay;
  options.faults.coup_every = options.faults.relapse_every = Duration{0};
  options.faults.lost_vote_every = Duration{0};
  options.faults.relapse_mean = FaultOptions{}.relapse_mean;
  options.workload.loyal_ppm = 0;
  return as_drawn(options);
}

TEST_CASE("the fourth generator version adds, and moves nothing that the third one drew") {
  u64 with_nothing_new = 0;
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    const WorldOptions third = swarm_options(seed, 3);
    const WorldOptions fourth = swarm_options(seed, 4);
    CHECK(third.faults.coup_every == Duration{0});
    CHECK(as_the_third_drew(fourth) == as_drawn(third));
    if (as_drawn(fourth) == as_drawn(third)) with_nothing_new += 1;
    const FaultOptions& faults = fourth.faults;
    CHECK((faults.lost_vote_every == Duration{0} || faults.rot_nodes_max > 0));
  }
  CHECK(with_nothing_new > kSeeds / 3);
  CHECK(with_nothing_new < kSeeds * 2 / 3);
}

TEST_CASE("the fifth generator version adds, and moves nothing that the fourth one drew") {
  u64 leave_out = 0;
  u64 upgrade = 0;
  u64 in_metadata = 0;
  u64 unreadable_votes = 0;
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    const WorldOptions fourth = swarm_options(seed, 4);
    WorldOptions fifth = swarm_options(seed, 5);
    CHECK(fourth.faults.left_out_max == 0);
    CHECK((fifth.faults.left_out_max == 0 || fifth.faults.left_out_max * 2 < fifth.nodes));
    leave_out += fifth.faults.left_out_max != 0 ? 1 : 0;
    fifth.faults.left_out_max = 0;
    CHECK(fourth.faults.upgrade_every == Duration{0});
    CHECK(fifth.faults.upgrade_ahead_max == 1);  // all understand each other
    if (fifth.faults.upgrade_every != Duration{0}) upgrade += 1;
    fifth.faults.upgrade_every = {};
    CHECK((fifth.faults.bad_sector_meta_ppm == 0 || fifth.faults.bad_sector_every != Duration{0}));
    CHECK((fifth.faults.lost_vote_unreadable_ppm == 0 ||
           fifth.faults.lost_vote_every != Duration{0}));
    in_metadata += fifth.faults.bad_sector_meta_ppm != 0 ? 1 : 0;
    unreadable_votes += fifth.faults.lost_vote_unreadable_ppm != 0 ? 1 : 0;
    fifth.faults.bad_sector_meta_ppm = fifth.faults.lost_vote_unreadable_ppm = 0;
    CHECK(as_drawn(fifth) == as_drawn(fourth));
  }
  CHECK(leave_out > kSeeds / 3);
  CHECK(leave_out < kSeeds * 2 / 3);
  CHECK(upgrade > kSeeds / 5);
  CHECK(upgrade < kSeeds / 3);
  CHECK(in_metadata > kSeeds / 20);
  CHECK(unreadable_votes > kSeeds / 50);
}

TEST_CASE("the sixth generator version has calm worlds, and the others are those of the fifth") {
  u64 calm = 0;
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    const WorldOptions fifth = swarm_options(seed, 5);
    const WorldOptions sixth = swarm_options(seed, 6);
    if (as_drawn(sixth) == as_drawn(fifth)) continue;
    calm += 1;
    WorldOptions without_faults = sixth;
    without_faults.faults = FaultOptions{};
    CHECK(as_drawn(sixth) == as_drawn(without_faults));
    CHECK(sixth.network.delay_mean == fifth.network.delay_mean);
    CHECK(sixth.network.loss_ppm == 0);
    CHECK(sixth.disk.sync_mean == fifth.disk.sync_mean);
    CHECK(sixth.disk.sync_error_ppm == 0);
    CHECK(sixth.workload.operations == fifth.workload.operations);
    CHECK(sixth.nodes == fifth.nodes);
  }
  CHECK(calm > kSeeds / 24);
  CHECK(calm < kSeeds / 12);
}

Digest digest_of(const WorldOptions& options) {
  World world{options};
  while (world.step(VirtualTime{options.chaos.value})) {
  }
  return world.digest();
}

TEST_CASE("a seed without a new class of faults runs as the third generator version has it") {
  u64 run = 0;
  for (u64 seed = 1; run < 12; ++seed) {
    WorldOptions options = swarm_options(seed, 4);
    if (as_drawn(options) != as_drawn(swarm_options(seed, 3))) continue;
    options.check_expensive_invariants = false;
    WorldOptions before = swarm_options(seed, 3);
    before.check_expensive_invariants = false;
    CHECK(digest_of(options) == digest_of(before));
    run += 1;
  }
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
