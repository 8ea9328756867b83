// Time travel: the world at any event of a run, whatever was done to it by hand on the way.
#include "sim/timeline/timeline.hpp"

#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/scenario.hpp"
#include "sim/state/state.hpp"
#include "sim/timeline/scene.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::timeline {
namespace {

/// Keeps the digests of what it sees, and passes all on.
class Witness final : public scenario::Watcher {
 public:
  explicit Witness(Timeline& timeline) : timeline_(&timeline) {}
  void event(const World& world, const StepRecord& record) override {
    if (record.event.value % 97 == 1) {
      seen_.emplace_back(record.event.value, state::digest_of(world));
    }
    timeline_->event(world, record);
  }
  void say(const World&, std::string_view) override {}
  void touched(const World& world) override { timeline_->touched(world); }
  [[nodiscard]] const std::vector<std::pair<u64, Digest>>& seen() const { return seen_; }

 private:
  Timeline* timeline_;
  std::vector<std::pair<u64, Digest>> seen_;
};

void goes_back_and_forth(const std::string& text, u64 seed) {
  const auto scenario = scenario::parse(text);
  REQUIRE(scenario);
  Timeline timeline;
  Witness witness{timeline};
  scenario::run(*scenario, seed, &witness);
  REQUIRE(witness.seen().size() > 10);
  Prng prng{seed, 0, 1};
  for (int visit = 0; visit < 60; ++visit) {
    const auto& [event, state] = witness.seen()[prng.below(witness.seen().size())];
    const auto moment = timeline.at(event);
    REQUIRE(moment);
    CHECK(moment->world.counters().events == event);
    CHECK(state::digest_of(moment->world) == state);
    CHECK(moment->line.starts_with("{\"i\":" + std::to_string(event) + ","));
  }
}

TEST_CASE("any event of a random world is there as it was") {
  goes_back_and_forth(R"({"story": "A random world.", "swarm": true})", 3);
  goes_back_and_forth(R"({"story": "A random world.", "swarm": true})", 8);
}

TEST_CASE("what a script does by hand is there too") {
  goes_back_and_forth(R"({
    "story": "The leader is cut off, a node crashes and starts again, a disk is full for a while.",
    "nodes": 3,
    "workload": {"clients": 2, "operations": 50},
    "script": [
      {"until": "leader", "as": "old"}, {"propose": ["SET", "a", 1]},
      {"isolate": "old"}, {"run": "400ms"}, {"until": "leader", "as": "new"},
      {"crash": "new"}, {"run": "200ms"}, {"restart": "new"},
      {"heal": "all"}, {"fill": "old"}, {"run": "300ms"}, {"free": "old"}, {"run": "500ms"}]})",
                      5);
}

TEST_CASE("times lead to the last event until then") {
  const auto scenario = scenario::parse(R"({"story": "A random world.", "swarm": true})");
  REQUIRE(scenario);
  Timeline timeline;
  scenario::run(*scenario, 3, &timeline);
  CHECK(timeline.event_at(kEndOfTime) == timeline.events());
  const u64 half = timeline.events() / 2;
  const VirtualTime then = timeline.at(half)->world.now();
  CHECK(timeline.event_at(then) >= half);
  CHECK(timeline.event_at(then - nanoseconds(1)) < half);
}

TEST_CASE("however long a run is, there are not more copies of its world than fit") {
  WorldOptions options;
  options.seed = 1;
  options.nodes = 3;
  World world{options};
  Timeline timeline;
  for (int event = 0; event < 400'000; ++event) {
    const auto record = world.step();
    REQUIRE(record);
    timeline.event(world, *record);
  }
  CHECK(timeline.copies() <= Timeline::kCopiesMax + 1);
  CHECK(timeline.copies() >= Timeline::kCopiesMax / 2);
  CHECK(timeline.at(399'999)->world.counters().events == 399'999);
}

TEST_CASE("a scene shows who leads, what is on its way and who waits") {
  const auto scenario = scenario::parse(R"({
    "story": "A leader, cut off.", "nodes": 3,
    "script": [{"until": "leader", "as": "old"}, {"isolate": "old"},
               {"propose": ["SET", "k", "v"], "to": "old"}, {"run": "100ms"}]})");
  REQUIRE(scenario);
  Timeline timeline;
  scenario::run(*scenario, 1, &timeline);
  bool cut = false;
  bool waits = false;
  for (u64 event = 1; event <= timeline.events(); event += 5) {
    const auto moment = timeline.at(event);
    REQUIRE(moment);
    const Scene scene = scene_of(moment->world);
    CHECK(scene.event == event);
    CHECK(scene.nodes.size() == 3);
    const std::string text = print(scene);
    cut = cut || text.find("links that are cut") != std::string::npos;
    waits = waits || text.find("SET k v") != std::string::npos;
  }
  CHECK(cut);
  CHECK(waits);
}

}  // namespace
}  // namespace snowflk::sim::timeline
