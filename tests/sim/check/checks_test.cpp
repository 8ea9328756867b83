// All checks together, on worlds as the swarm draws them.
#include "sim/check/checks.hpp"

#include "sim/check/keydir_matches_map.hpp"
#include "sim/check/log_replay.hpp"
#include "sim/swarm.hpp"
#include "tests/catch.hpp"
#include "tests/sim/check/checked_run.hpp"

namespace snowflk::sim {
using snowflk::sim::testing::CheckedRun;

TEST_CASE("worlds of the swarm keep all promises") {
  u64 entries = 0;
  for (u64 seed = 1; seed <= 60; ++seed) {
    WorldOptions options = swarm_options(seed);
    options.chaos = std::min(options.chaos, seconds(4));
    CheckedRun run{options};
    const auto& violation = run.run();
    INFO("seed " << seed << ": " << (violation ? violation->property : "") << ": "
                 << (violation ? violation->sentence : ""));
    CHECK_FALSE(violation);
    entries += run.world.node(NodeId{1}).applied_index().value;
  }
  CHECK(entries > 500);
}

TEST_CASE("a node whose keys are not those of the log is seen") {
  WorldOptions options;
  options.workload.operations = 40;
  options.workload.think_mean = milliseconds(2);
  options.node.value_cache_bytes = 0;  // every value is read from its file
  CheckedRun run{options};
  CHECK_FALSE(run.run());
  const Seat& seat = std::as_const(run.world).seat(NodeId{1});
  Model::Map map;
  seat.node.machine().for_each(
      [&](Bytes key, const kv::Found&) { map.emplace(as_text(key), "nothing of the kind"); });
  REQUIRE_FALSE(map.empty());
  CHECK(keydir_matches_map(seat, map, Instant{})->property == "keydir_matches_map");
  map.clear();
  CHECK(keydir_matches_map(seat, map, Instant{}));
  const CheckedRun unused{options};
  const Seat& fresh = unused.world.seat(NodeId{1});
  CHECK_FALSE(keydir_matches_map(fresh, map, Instant{}));
  map.emplace("k", "v");
  CHECK(keydir_matches_map(fresh, map, Instant{})->sentence ==
        "node 1: key \"k\" has no value after entry 0, where it is \"v\" by the log (seen at "
        "0.000000 s)");
}

}  // namespace snowflk::sim
