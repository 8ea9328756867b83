// Negative controls: a disk that lies about fsync is in no swarm, and what it loses the checks must
// say, every time.
//
// A clock beyond the bound of a lease will be one too; reads go by ReadIndex alone until there are
// leases, so that no clock can make an answer stale.
#include <string>

#include "sim/scenario/claims.hpp"
#include "sim/scenario/run.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::scenario {
namespace {

constexpr u64 kSeeds = 200;

/// After the first instant all disks lie; five writes are acknowledged, and power goes.
Scenario with_lies(const std::string& unsynced) {
  std::string writes;
  for (char key = 'a'; key < 'f'; ++key) {
    writes += R"({"propose": ["SET", ")" + std::string{key} + R"(", 1]}, {"until": "answered"},)";
  }
  auto scenario = parse(R"({"story": "s", "script": [{"until": "leader", "as": "first"},
    {"run": "200ms"}, {"lie": "all"},)" +
                        writes + R"({"power_cut": "all", "unsynced": ")" + unsynced + R"("},
    {"restart": "all"}, {"run": "2s"}]})");
  if (!scenario) FAIL(describe("s", scenario.error()));
  return *std::move(scenario);
}

/// Whether, in the end, a leader that has applied all lacks one of the five.
class Loss final : public Watcher {
 public:
  void event(const World& world, const StepRecord&) override {
    lost = false;
    const NodeId leader = world.leader();
    if (leader.nobody() || !world.healed()) return;
    for (char key = 'a'; key < 'f'; ++key) {
      const auto value = stored_value(world, leader, std::string{key});
      if (value && !*value) lost = true;
    }
  }
  void say(const World&, std::string_view) override {}
  bool lost = false;
};

TEST_CASE("whenever a disk that lies has lost what was acknowledged, a check says so") {
  u64 flagged = 0;
  for (const std::string unsynced : {"lost", "drawn"}) {
    const Scenario scenario = with_lies(unsynced);
    for (u64 seed = 1; seed <= kSeeds; ++seed) {
      Loss loss;
      const RunResult result = run(scenario, seed, &loss);
      INFO(unsynced << " seed " << seed);
      if (result.violation) {
        flagged += 1;
        CHECK(result.violation->kind != ViolationKind::mistake);
      } else {
        CHECK(!loss.lost);
      }
      if (unsynced == "lost") CHECK(result.violation);
    }
  }
  CHECK(flagged >= kSeeds);
}

TEST_CASE("what did not lie was kept: the same run with honest disks passes") {
  Scenario scenario = with_lies("lost");
  std::erase_if(scenario.script, [](const Step& step) { return step.verb == Verb::lie; });
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    Loss loss;
    const RunResult result = run(scenario, seed, &loss);
    INFO("seed " << seed);
    CHECK(!result.violation);
    CHECK(!loss.lost);
  }
}

}  // namespace
}  // namespace snowflk::sim::scenario
