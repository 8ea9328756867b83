// What a file leaves open: defaults, or what the seed draws, made to fit what the file says.
#include "sim/scenario/run.hpp"
#include "tests/catch.hpp"
#include "tests/sim/scenario/scenario_of.hpp"

namespace snowflk::sim::scenario {
namespace {

TEST_CASE("whatever the seed draws fits what the file says") {
  for (const std::string members :
       {R"("nodes": 1)", R"("nodes": 9)", R"("node": {"batch_bytes_max": 32768})",
        R"("node": {"segment_bytes": 65536})",
        R"("node": {"batch_bytes_max": 1000000, "value_cache_bytes": 1024})",
        R"("faults": {"rot_every": "100ms", "rot_nodes_max": 2})",
        R"("faults": {"rot_nodes_max": 9})", R"("nodes": 2, "faults": {"rot_nodes_max": 2})",
        R"("node": {"heartbeat_interval": "400ms"})", R"("node": {"election_timeout_max": "40ms"})",
        R"("node": {"election_timeout_min": "2s"})",
        R"("node": {"heartbeat_interval": "900ms", "election_timeout_max": "1s"})",
        R"("start": {"3": {"log": [1]}})", R"("script": [{"crash": 3}, {"run": "1ms"}])"}) {
    const Scenario scenario = scenario_of(R"("swarm": true, )" + members);
    for (u64 seed = 1; seed <= 300; ++seed) {
      const auto why = invalid(run_options(scenario, seed));
      INFO(members << " seed " << seed << ": " << why.value_or(""));
      CHECK(!why);
    }
  }
}

TEST_CASE("what the file itself says must fit together, whatever the seed") {
  for (const std::string members :
       {R"("node": {"batch_bytes_max": 32768, "segment_bytes": 65536})",
        R"("node": {"heartbeat_interval": "2s", "election_timeout_min": "1s"})",
        R"("nodes": 3, "faults": {"rot_nodes_max": 4})"}) {
    INFO(members);
    CHECK(!parse(R"({"story": "s", "swarm": true, )" + members + "}"));
  }
}

TEST_CASE("a swarm has the nodes that its file names") {
  const Scenario scenario = scenario_of(R"("swarm": true, "expect": {"role": {"3": "follower"}})");
  for (u64 seed = 1; seed <= 100; ++seed) CHECK(run_options(scenario, seed).nodes >= 3);
}

TEST_CASE("faults and clients without a script last ten seconds, if the file does not say") {
  CHECK(run_options(scenario_of(R"("network": {"loss": "50%"})"), 1).chaos == seconds(10));
  CHECK(run_options(scenario_of(R"("workload": {"clients": 1})"), 1).chaos == seconds(10));
  CHECK(run_options(scenario_of(R"("nodes": 3)"), 1).chaos == Duration{0});
  CHECK(run_options(scenario_of(R"("duration": "3s", "network": {"loss": "50%"})"), 1).chaos ==
        seconds(3));
  CHECK(run_options(scenario_of(R"("network": {"loss": "50%"}, "script": [{"run": "1s"}])"), 1)
            .chaos == Duration{0});
}

}  // namespace
}  // namespace snowflk::sim::scenario
