// Versions in a scenario: how they are written, what is told of them, and how a failure in which
// nodes were upgraded is recorded and made small.
#include <algorithm>

#include "sim/scenario/fault_report.hpp"
#include "sim/scenario/ledger.hpp"
#include "sim/scenario/write.hpp"
#include "sim/search/record.hpp"
#include "sim/search/rewrites.hpp"
#include "sim/search/shrink.hpp"
#include "sim/timeline/scene.hpp"
#include "tests/sim/story/teller.hpp"

namespace snowflk::sim::scenario {
namespace {

Scenario scenario_of(const std::string& members) {
  auto scenario = parse(R"({"story": "s", )" + members + "}");
  if (!scenario) FAIL(describe("s", scenario.error()));
  return *std::move(scenario);
}

std::string line_for(const std::string& members) {
  const auto scenario = parse(R"({"story": "s", )" + members + "}");
  REQUIRE_FALSE(scenario);
  return describe("x", scenario.error());
}

TEST_CASE("versions and upgrades are read as they are written, and written as they were read") {
  const Scenario scenario = scenario_of(R"("versions": {"1": 1, "3": -2}, "recorded": true,
    "script": [{"upgrade": [1, 2], "version": -1}, {"upgrade": 3, "version": 1, "under_way": "log"},
               {"deliver": "unknown", "link": "1->2"}])");
  CHECK(scenario.versions == std::vector<i64>{1, 0, -2});
  const WorldOptions options = options_of(scenario, quiet_options(scenario));
  CHECK(options.versions == scenario.versions);
  REQUIRE(scenario.script.size() == 3);
  CHECK(scenario.script[0].verb == Verb::upgrade);
  CHECK(scenario.script[0].amount == -1);
  CHECK(scenario.script[0].nodes.size() == 2);
  CHECK(scenario.script[1].lane == "log");
  const std::string text = write(scenario, options, "{}");
  const auto again = parse(text);
  REQUIRE(again);
  CHECK(again->versions == scenario.versions);
  CHECK(write(*again, options, "{}") == text);
  CHECK(text.find(R"({"upgrade": 3, "version": 1, "under_way": "log"})") != std::string::npos);
}

TEST_CASE("what is wrong with a version gets a line") {
  CHECK(line_for(R"("script": [{"upgrade": 1}])") ==
        "x:1: $.script[0].upgrade: \"upgrade\" needs \"version\", by how many it is ahead of this "
        "one, or behind if negative");
  CHECK(line_for(R"("script": [{"upgrade": 1, "version": 3}])") ==
        "x:1: $.script[0].version: expected an integer from -2 to 2, found 3");
  CHECK(line_for(R"("script": [{"upgrad": 1, "version": 1}])") ==
        "x:1: $.script[0].upgrad: a step has no such key; the nearest is \"upgrade\"");
  CHECK(line_for(R"("script": [{"crash": 1, "version": 1}])") ==
        "x:1: $.script[0].version: \"version\" cannot stand beside \"crash\"");
  CHECK(line_for(R"("versions": {"4": 1})").starts_with("x:1: $.versions.4: "));
  CHECK(line_for(R"("version": {"1": 1})") ==
        "x:1: $.version: a scenario has no such key; the nearest is \"versions\"");
  CHECK(line_for(R"("faults": {"upgrade_ahead_max": 3})")
            .starts_with("x:1: $.faults.upgrade_ahead_max: "));
}

TEST_CASE("the story tells an upgrade and what the versions make of each other") {
  const std::string text = story::told(
      R"({"story": "s", "script": [{"until": "leader", "as": "a"}, {"upgrade": 1, "version": 1},
          {"restart": 1}, {"run": "1s"}, {"upgrade": 1, "version": 0}, {"restart": 1}]})",
      1);
  CHECK(story::has(text, "is stopped, to be started 1 version ahead of this one"));
  CHECK(story::has(text, "is stopped, to be started in the version that this one is"));
  CHECK(story::has(text, "refuses a message from n1: it does not know this kind"));
  const std::string apart = story::told(
      R"({"story": "s", "heal": false, "versions": {"1": -2}, "script": [{"run": "1s"}]})", 1);
  CHECK(story::has(apart, "their versions are too far apart"));
}

TEST_CASE("a scene shows the version of a node that is not of ours, and of no other") {
  WorldOptions options;
  options.versions = {0, 1};
  World world{options};
  while (world.step(VirtualTime{1'000'000})) {
  }
  const std::string text = print(timeline::scene_of(world));
  CHECK(story::count_of(text, "version +1: minors of the wire format ahead of this one") == 1);
  CHECK(story::count_of(text, "version ") == 1);
}

TEST_CASE("upgrades are counted where faults are, and the ledger names them") {
  const Scenario scenario = scenario_of(R"("duration": "10s", "faults": {"upgrade_every": "3s"},
                                          "workload": {"operations": 300})");
  Ledger ledger;
  const RunResult result = run(scenario, 1, &ledger);
  CHECK_FALSE(result.violation);
  CHECK(result.faults.upgrade > 3);
  CHECK(phrase_fired(result.faults).find("upgrade=") != std::string::npos);
  CHECK(phrase_drawn(run_options(scenario, 1)).find("upgrade=3.0s") != std::string::npos);
  CHECK(ledger_json(ledger.counts(), 1).find(R"("upgrade":{)") != std::string::npos);
}

// ---- What is recorded ------------------------------------------------------------------------

/// What nodes heard of each other, and what they are when a run ends.
class Watching final : public Watcher {
 public:
  explicit Watching(search::Recorder* recorder) : recorder_(recorder) {}
  void event(const World& world, const StepRecord& record) override {
    if (recorder_ != nullptr) recorder_->event(world, record);
    const auto* frame = std::get_if<FrameDelivered>(&record.what);
    if (frame == nullptr) return;
    if (frame->ahead > 0) newer += 1;
    if (frame->ahead < 0) older += 1;
    if (frame->foreign) foreign += 1;
    if (frame->damaged) damaged += 1;
  }
  void say(const World& world, std::string_view text) override {
    if (recorder_ != nullptr) recorder_->say(world, text);
  }
  void ended(const World& world) override {
    for (const NodeId id : world.nodes()) {
      versions.push_back(world.seat(id).version);
      commits.push_back(
          world.node(id).raft() == nullptr ? 0 : world.node(id).raft()->commit_index().value);
    }
  }
  u64 newer = 0;
  u64 older = 0;
  u64 foreign = 0;
  u64 damaged = 0;
  std::vector<i64> versions;
  std::vector<u64> commits;

 private:
  search::Recorder* recorder_;
};

TEST_CASE("a run of mixed versions is recorded: each frame arrives again as it was") {
  for (const std::string faults : {R"("upgrade_every": "2s")", R"("upgrade_every": "1s",
       "upgrade_ahead_max": 2, "process_crash_every": "5s")"}) {
    const Scenario scenario = scenario_of(R"("duration": "5s", "heal": false,
      "versions": {"2": 1}, "network": {"flip": "1%"},
      "workload": {"clients": 3, "operations": 200}, "faults": {"down_mean": "50ms", )" +
                                          faults + "}");
    for (u64 seed = 1; seed <= 4; ++seed) {
      INFO(faults << " seed " << seed);
      search::Recorder recorder;
      Watching first{&recorder};
      Watching again{nullptr};
      const WorldOptions options = run_options(scenario, seed);
      static_cast<void>(run_in(scenario, options, &first));
      const search::Recording recording = recorder.recording(scenario, options, false);
      const RunResult result = run_in(recording.scenario, recording.options, &again);
      CHECK_FALSE(result.violation);
      CHECK(first.newer > 0);
      CHECK(first.foreign > 0);
      CHECK(first.damaged > 0);
      CHECK(again.versions == first.versions);
      CHECK(again.commits == first.commits);
      CHECK(again.newer == first.newer);
      CHECK(again.older == first.older);
      CHECK(again.foreign == first.foreign);
      // Of news with a turned bit the recorder tells nothing: they are refused like any such frame.
      CHECK(again.damaged <= first.damaged);
      CHECK(again.damaged + 5 > first.damaged);
      const auto upgrades =
          std::ranges::count(recording.scenario.script, Verb::upgrade, &Step::verb);
      CHECK(result.faults.upgrade == static_cast<u64>(upgrades));
      CHECK(upgrades > 0);
    }
  }
}

TEST_CASE("an upgrade is a fault; the shrinker takes it for a crash where that is enough") {
  // Disks that lie fail whatever version a node is of; the power goes where it is upgraded.
  const Scenario scenario = scenario_of(R"("duration": "3s", "disk": {"lying_sync": "100%"},
    "versions": {"1": 1},
    "faults": {"power_cut_every": "900ms", "down_mean": "100ms", "upgrade_every": "2s"},
    "workload": {"clients": 2, "operations": 40, "keys": 3})");
  const WorldOptions options = run_options(scenario, 1);
  const search::Failure failure = search::try_out(scenario, 1).failure;
  REQUIRE_FALSE(failure.none());
  u64 runs = 0;
  const auto recorded = search::record_failure(scenario, options, failure, 1, runs);
  if (!recorded) FAIL(recorded.error());
  const search::Shrunk shrunk = search::shrink(*recorded, failure, {});
  CHECK(shrunk.recording.scenario.versions.empty());
  for (const Step& step : shrunk.recording.scenario.script) CHECK(step.verb != Verb::upgrade);
  CHECK(search::try_out(shrunk.recording).failure.is_like(failure));
}

TEST_CASE("a cluster without one of its nodes keeps the versions of the others") {
  search::Recording recording;
  recording.scenario = scenario_of(R"("versions": {"1": 1, "2": -1, "3": 2})");
  recording.options = options_of(recording.scenario, quiet_options(recording.scenario));
  const auto smaller = search::smaller_clusters(recording);
  REQUIRE(smaller.size() >= 3);
  CHECK(smaller[0].options.versions == std::vector<i64>{1, -1});
  CHECK(smaller[1].options.versions == std::vector<i64>{1, 2});
  CHECK(smaller[2].options.versions == std::vector<i64>{-1, 2});
}

}  // namespace
}  // namespace snowflk::sim::scenario
