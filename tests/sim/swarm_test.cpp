// What a seed draws: within what bounds, in which mode.
#include "sim/swarm.hpp"

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
