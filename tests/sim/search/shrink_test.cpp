// A failed run becomes a recording, the recording becomes small, and a file of it fails alike.
#include <algorithm>

#include "sim/search/explain.hpp"
#include "sim/search/record.hpp"
#include "sim/search/rewrites.hpp"
#include "sim/search/shrink.hpp"
#include "sim/search/written.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::search {
namespace {

/// The core is sound: what fails here are disks whose syncs do nothing, under power cuts.
scenario::Scenario of_lying_disks() {
  const auto scenario = scenario::parse(R"({
    "story": "Disks that lie about their syncs, and lose power.", "nodes": 3, "duration": "3s",
    "disk": {"lying_sync": "100%"}, "faults": {"power_cut_every": "900ms", "down_mean": "100ms"},
    "workload": {"clients": 2, "operations": 40, "keys": 3}})");
  if (!scenario) FAIL(scenario::describe("lying disks", scenario.error()));
  return *scenario;
}

struct Failed {
  scenario::Scenario scenario = of_lying_disks();
  Failure failure = try_out(scenario, 1).failure;
  u64 runs = 0;
  Recording recording;

  Failed() {
    REQUIRE(!failure.none());
    const auto options = scenario::run_options(scenario, 1);
    const auto recorded = record_failure(scenario, options, failure, 1, runs);
    if (!recorded) FAIL(recorded.error());
    recording = *recorded;
  }
};

std::string text_of(const Recording& recording, const Failure& failure) {
  return file_of(recording, failure, "seed 1 of a test");
}

TEST_CASE("a run that failed fails alike as a recording, by hand and without draws") {
  const Failed failed;
  CHECK(failed.recording.scenario.recorded);
  CHECK(failed.recording.scenario.script.size() > 20);
  CHECK(failed.recording.options.faults.power_cut_every == Duration{0});
  CHECK(failed.recording.options.workload.operations == 0);
  CHECK(try_out(failed.recording).failure.is_like(failed.failure));
}

TEST_CASE("a shrunk recording fails alike, and without any of its steps it does not") {
  const Failed failed;
  const Shrunk shrunk = shrink(failed.recording, failed.failure, {});
  const auto& script = shrunk.recording.scenario.script;
  CHECK(shrunk.minimal);
  CHECK(script.size() <= 10);
  CHECK(count_faults(shrunk.recording.scenario) >= 1);
  CHECK(try_out(shrunk.recording).failure.is_like(failed.failure));
  const Explanation explanation = explain(shrunk.recording, failed.failure);
  REQUIRE(explanation.without.size() == script.size());
  for (const Without& without : explanation.without) {
    INFO("step " << without.step);
    CHECK(!without.failure.is_like(failed.failure));
  }
  CHECK(explanation.decided_at < script.size());
}

TEST_CASE("a shrunk recording is the same with however many jobs") {
  const Failed failed;
  const Shrunk alone = shrink(failed.recording, failed.failure, {.jobs = 1, .progress = {}});
  const Shrunk together = shrink(failed.recording, failed.failure, {.jobs = 2, .progress = {}});
  CHECK(alone.runs == together.runs);
  CHECK(text_of(as_written(alone.recording), failed.failure) ==
        text_of(as_written(together.recording), failed.failure));
}

TEST_CASE("a budget of runs ends the search, and what it has by then fails alike") {
  const Failed failed;
  const Shrunk some = shrink(failed.recording, failed.failure, {.runs_max = 3, .progress = {}});
  CHECK(!some.minimal);
  CHECK(some.runs <= 5);
  CHECK(try_out(some.recording).failure.is_like(failed.failure));
}

TEST_CASE("a wish to stop ends the search, and what it has by then fails alike") {
  const Failed failed;
  const std::size_t all = failed.recording.scenario.script.size();
  for (const int after : {0, 20}) {
    int asked = 0;
    const Shrunk some =
        shrink(failed.recording, failed.failure,
               {.progress = {}, .stop_asked = [&asked, after] { return asked++ >= after; }});
    CHECK(!some.minimal);
    CHECK(some.runs <= static_cast<u64>(after) + 5);
    CHECK((some.recording.scenario.script.size() < all) == (after > 0));
    CHECK(try_out(some.recording).failure.is_like(failed.failure));
  }
}

TEST_CASE("a shrunk recording as a file fails alike") {
  const Failed failed;
  const Shrunk shrunk = shrink(failed.recording, failed.failure, {});
  const std::string text = text_of(as_written(shrunk.recording), failed.failure);
  INFO(text);
  const auto read = scenario::parse(text);
  REQUIRE(read.has_value());
  CHECK(try_out(*read, read->seed).failure.is_like(failed.failure));
}

TEST_CASE("a step with which a node comes to lead says so, and no other") {
  const auto scenario = scenario::parse(R"({"story": "s", "recorded": true, "heal": false,
    "by_hand": ["timers", "messages"], "script": [{"campaign": 1}, {"exchange": [1, 2]},
    {"propose": ["SET", "x", "1"], "to": 1, "as": "op1"}, {"campaign": 3}, {"isolate": 1},
    {"exchange": [3, 2]}]})");
  if (!scenario) FAIL(scenario::describe("leaders", scenario.error()));
  const Recording recording{.scenario = *scenario, .options = scenario::run_options(*scenario, 1)};
  const auto named = with_leaders_named(recording).scenario.script;
  CHECK(named[0].note.empty());
  CHECK(named[1].note == "With this, n1 leads term 1.");
  CHECK(named[2].note.empty());
  CHECK(named[4].note.empty());
}

scenario::Step step_of(scenario::Verb verb, u32 node) {
  scenario::Step step;
  step.verb = verb;
  step.nodes.push_back({.number = node, .name = {}});
  return step;
}

u64 count_of(const Recording& recording, scenario::Verb verb) {
  return static_cast<u64>(
      std::ranges::count(recording.scenario.script, verb, &scenario::Step::verb));
}

TEST_CASE("timers, and a disk from a step on, go by themselves from there on and no sooner") {
  using scenario::Verb;
  Recording recording;
  recording.scenario.by_hand = {"timers", "disks"};
  recording.scenario.script = {step_of(Verb::wake, 1), step_of(Verb::finish, 1),
                               step_of(Verb::wake, 2), step_of(Verb::finish, 1),
                               step_of(Verb::finish, 2)};
  const Recording all = with_timers_from(recording, 0);
  CHECK(count_of(all, Verb::wake) == 0);
  CHECK(all.scenario.by_hand == std::vector<std::string>{"disks"});
  const Recording later = with_timers_from(recording, 2);
  CHECK(later.scenario.by_hand == recording.scenario.by_hand);
  CHECK(count_of(later, Verb::wake) == 1);
  CHECK(later.scenario.script[2].verb == Verb::by_hand);
  CHECK(later.scenario.script[2].words == std::vector<std::string>{"disks"});
  const Recording released = with_disk_released_from(recording, 1, 3);
  CHECK(count_of(released, Verb::finish) == 2);
  CHECK(released.scenario.script[3].verb == Verb::release_disk);
  const Recording held = with_disk_held_from(recording, 1, 3);
  CHECK(held.scenario.script[0].verb == Verb::release_disk);
  CHECK(held.scenario.script[3].verb == Verb::hold_disk);
  CHECK(count_of(held, Verb::finish) == 2);
}

TEST_CASE("what a disk does one after the other is done in one step, but for what fails") {
  using scenario::Verb;
  Recording recording;
  recording.scenario.script = {step_of(Verb::finish, 1), step_of(Verb::finish, 1),
                               step_of(Verb::finish, 2), step_of(Verb::finish, 1),
                               step_of(Verb::finish, 1)};
  recording.scenario.script[0].lane = recording.scenario.script[1].lane = "log";
  recording.scenario.script[4].text = "io";
  const auto all = with_all_finished(recording).scenario.script;
  REQUIRE(all.size() == 4);
  CHECK(all[0].all);
  CHECK(all[0].lane == "log");
  CHECK(!all[1].all);
  CHECK(!all[2].all);
  CHECK(all[3].text == "io");
  CHECK(!with_finishes_at(recording, 2));
}

TEST_CASE("a read that fails may be whichever comes next, and bring a byte of what it brought") {
  using scenario::Verb;
  Recording recording;
  recording.scenario.script = {step_of(Verb::fail, 1), step_of(Verb::fail, 2),
                               step_of(Verb::fail, 3)};
  for (scenario::Step& step : recording.scenario.script) step.word = "read";
  recording.scenario.script[2].word = "sync";
  recording.scenario.script[0].text = recording.scenario.script[1].text = "meta.0";
  recording.scenario.script[0].bytes = recording.scenario.script[0].byte = 4096;
  const auto any = with_any_reads(recording, 0, 3).scenario.script;
  CHECK(any[0].text.empty());
  CHECK(any[0].byte == 0);
  CHECK(any[0].bytes == 1);
  CHECK(any[1].bytes == 0);
  CHECK(any[2].word == "sync");
}

TEST_CASE("what comes between two turns of a schedule goes, or becomes an exchange at its end") {
  using scenario::Verb;
  const auto parsed = scenario::parse(R"({"story": "s", "recorded": true, "heal": false,
    "by_hand": ["timers", "messages"], "script": [{"campaign": 1},
    {"deliver": "pre_vote", "link": "1->2"}, {"propose": ["SET", "x", "1"]},
    {"deliver": "pre_vote_reply", "link": "2->1"}, {"deliver": "pre_vote", "link": "1->3"}]})");
  if (!parsed) FAIL(scenario::describe("turns", parsed.error()));
  const Recording recording{.scenario = *parsed, .options = scenario::run_options(*parsed, 1)};
  const std::vector<Recording> coarser = coarser_within(recording, 1, 5);
  // Without the request; 1 and 2 exchange, or say nothing; 1 and 3 say nothing: one message is no
  // exchange.
  REQUIRE(coarser.size() == 4);
  CHECK(count_of(coarser[0], Verb::propose) == 0);
  CHECK(coarser[1].scenario.script.size() == 4);
  CHECK(coarser[1].scenario.script.back().verb == Verb::exchange);
  CHECK(coarser[2].scenario.script.size() == 3);
  CHECK(count_of(coarser[3], Verb::deliver) == 2);
}

TEST_CASE("nodes are quietened one number after the other, and no number that they would refuse") {
  Recording recording;
  recording.options.node.segment_bytes = 1 << 20;
  recording.options.node.batch_bytes_max = 1 << 18;
  recording.options.node.entries_per_message_max = 1;
  const std::vector<Recording> quieter = quieter_nodes(recording);
  // The times of elections, entries, batches; segments of 256 KiB would be too small for the batch.
  REQUIRE(quieter.size() == 3);
  CHECK(quieter[1].options.node.entries_per_message_max == 1024);
  CHECK(quieter[2].options.node.batch_bytes_max == 64U << 10U);
  const auto small = with_a_small_cache(recording);
  REQUIRE(small);
  CHECK(small->options.node.value_cache_bytes == 1024);
  CHECK(!with_a_small_cache(*small));
}

TEST_CASE("a run that passes is like no failure, and a mistake of a script is none") {
  const Failure passed;
  CHECK(passed.none());
  CHECK(!passed.is_like(passed));
  const Failure other{
      .property = "election_safety", .kind = ViolationKind::safety, .sentence = "two leaders"};
  CHECK(!other.is_like(Failure{.property = "log_matching", .sentence = "two leaders"}));
  CHECK(other.is_like(Failure{.property = "election_safety", .sentence = "of another term"}));
  Failure of_a_rule = other;
  of_a_rule.rule = "read-back-differs";
  CHECK(!of_a_rule.is_like(other));
}

}  // namespace
}  // namespace snowflk::sim::search
