// Every scenario of the tree holds, is told the same way every time, and could fail.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/scenario/run.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::scenario {
namespace {

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  const std::filesystem::path top = SNOWFLK_SOURCE_DIR "/scenarios";
  for (const auto& entry : std::filesystem::recursive_directory_iterator{top}) {
    if (entry.path().extension() == ".json") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

Scenario load(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  auto scenario = parse(text.str());
  if (!scenario) FAIL(describe(file, scenario.error()));
  return *std::move(scenario);
}

TEST_CASE("every scenario holds for seeds 1 to 5") {
  const auto files = scenario_files();
  REQUIRE(files.size() >= 15);
  for (const std::string& file : files) {
    const Scenario scenario = load(file);
    CHECK(!scenario.story.empty());
    for (u64 seed = 1; seed <= 5; ++seed) {
      const RunResult result = run(scenario, seed, nullptr);
      INFO(file << " --seed " << seed);
      INFO((result.violation ? result.violation->sentence : std::string{}));
      CHECK(!result.violation);
    }
  }
}

TEST_CASE("a seed gives the same digest every time, and another seed another one") {
  for (const std::string& file : scenario_files()) {
    INFO(file);
    const Scenario scenario = load(file);
    const RunResult first = run(scenario, 7, nullptr);
    const RunResult second = run(scenario, 7, nullptr);
    CHECK(first.digest == second.digest);
    CHECK(first.events == second.events);
    CHECK(run(scenario, 8, nullptr).digest != first.digest);
  }
}

/// The sentence of what is broken by `steps` in a cluster of three.
std::string sentence_of(const std::string& steps) {
  const auto scenario = parse(R"({"story": "s", "by_hand": ["timers"], "script": [
    {"until": {"role": {"1": "follower", "2": "follower", "3": "follower"}}}, {"until": "idle"},
    {"campaign": 1}, {"until": "leader", "as": "first"}, {"until": "idle"},)" +
                              steps + "]}");
  if (!scenario) FAIL(describe("steps", scenario.error()));
  const RunResult result = run(*scenario, 1, nullptr);
  return result.violation ? result.violation->sentence : std::string{};
}

bool ends(const std::string& sentence, std::string_view with) {
  INFO(sentence);
  CHECK(sentence.ends_with(with));
  return sentence.ends_with(with);
}

TEST_CASE("an expectation that is not met says what was found") {
  CHECK(ends(sentence_of(R"({"expect": {"role": {"2": "leader"}}})"),
             "n2 is follower, expected leader"));
  CHECK(ends(sentence_of(R"({"expect": {"term": {"first": 2}}})"),
             "the term of n1 (first) is 1, expected 2"));
  CHECK(ends(sentence_of(R"({"expect": {"vote": {"2": 3}}})"),
             "the vote of n2 in term 1 is n1, expected n3 (n0: nobody)"));
  CHECK(ends(sentence_of(R"({"expect": {"log": {"2": [1, 2]}}})"),
             "the log of n2 has the terms [1], expected [1 2]"));
  CHECK(ends(sentence_of(R"({"expect": {"last_index": {"2": 9}}})"),
             "the last index of n2 is 1, expected 9"));
  CHECK(ends(sentence_of(R"({"expect": {"commit": {"1": 9}}})"),
             "the commit index of n1 (first) is 1, expected 9"));
  CHECK(ends(sentence_of(R"({"expect": {"commit_min": {"1": 9}}})"),
             "the commit index of n1 (first) is 1, expected 9 or more"));
  CHECK(ends(sentence_of(R"({"expect": {"applied": {"1": 9}}})"),
             "the applied index of n1 (first) is 1, expected 9"));
  CHECK(ends(sentence_of(R"({"expect": {"value_at": {"2": {"x": "1"}}}})"),
             "n2 has nil for key x, expected \"1\""));
  CHECK(ends(sentence_of(R"({"expect": {"value": {"x": 1}}})"),
             "n1 (first) has nil for key x, expected \"1\""));
  CHECK(ends(sentence_of(R"({"expect": {"leader": 2}})"), "n1 (first) leads, expected n2"));
  CHECK(ends(sentence_of(R"({"expect": {"leader": 0}})"), "n1 (first) leads, expected nobody"));
  CHECK(ends(sentence_of(R"({"expect": {"logs_equal": false}})"),
             "the logs of all nodes are equal, expected a difference"));
  CHECK(ends(sentence_of(R"({"expect": {"term_max": 0}})"), "n3 is in term 1, expected 0 at most"));
  CHECK(ends(sentence_of(R"({"expect": {"leaders_per_term_max": 0}})"),
             "term 1 had 1 leaders, expected 0 at most"));
  CHECK(ends(sentence_of(R"({"expect": {"elections_max": 0}})"),
             "nodes stood for election 1 times, expected 0 at most"));
  CHECK(ends(sentence_of(R"({"expect": {"events_min": {"rot_found": 1}}})"),
             "rot_found 0 times, expected 1 at least"));
  CHECK(ends(sentence_of(R"({"expect": {"events_max": {"became_leader": 0}}})"),
             "became_leader 1 times, expected 0 at most"));
}

TEST_CASE("a reply is what redis-cli would print, and an outcome is told apart from it") {
  const std::string ask = R"({"propose": ["SET", "x", 1], "as": "w"}, {"until": "answered"},
    {"propose": ["GET", "y"], "as": "r"}, {"until": "answered"},)";
  CHECK(sentence_of(ask + R"({"expect": {"reply": {"w": "OK", "r": null},
                                         "outcome": {"w": "ok"}}})")
            .empty());
  CHECK(ends(sentence_of(ask + R"({"expect": {"reply": {"w": "KO"}}})"),
             "\"w\" was answered \"OK\", expected \"KO\""));
  CHECK(ends(sentence_of(ask + R"({"expect": {"outcome": {"w": "unknown"}}})"),
             "the outcome of \"w\" is ok, expected unknown"));
}

TEST_CASE("a message that waits is delivered, doubled or dropped by type and link") {
  const std::string hold = R"({"hold": "append_entries", "link": "1->2"},
    {"propose": ["SET", "x", 1], "to": 1, "as": "w"}, {"until": {"reply": {"w": "OK"}}},)";
  CHECK(sentence_of(hold + R"({"expect": {"last_index": {"2": 1, "3": 2}}},
    {"deliver": "append_entries", "link": "1->2"}, {"until": "idle"},
    {"expect": {"last_index": {"2": 2}}})")
            .empty());
  CHECK(sentence_of(hold + R"({"drop": "append_entries", "link": "1->2", "all": true},
    {"until": "idle"}, {"expect": {"last_index": {"2": 1}}})")
            .empty());
  CHECK(sentence_of(hold + R"({"duplicate": "append_entries", "link": "1->2"}, {"until": "idle"},
    {"deliver": "append_entries", "link": "1->2", "newest": true}, {"until": "idle"},
    {"expect": {"last_index": {"2": 2}}})")
            .empty());
  CHECK(ends(sentence_of(hold + R"({"deliver": "request_vote", "link": "1->2"})"),
             "no such message waits: deliver request_vote on 1 -> 2"));
}

TEST_CASE("a disk operation that waits is finished by hand, and one that fails ends the node") {
  CHECK(sentence_of(R"({"hold_disk": 2}, {"propose": ["SET", "x", 1], "to": 1},
    {"until": {"last_index": {"2": 2}}}, {"finish": 2, "operation": "write"}, {"run": "1ms"},
    {"finish": 2, "operation": "sync"}, {"until": "idle"}, {"release_disk": 2})")
            .empty());
  CHECK(ends(sentence_of(R"({"hold_disk": 2}, {"finish": 2})"), "no disk operation of n2 waits"));
  CHECK(ends(sentence_of(R"({"rot": 2, "entry": 50})"), "n2 has no durable entry 50"));
  CHECK(sentence_of(R"({"fail": 2, "operation": "sync"}, {"propose": ["SET", "x", 1], "to": 1},
    {"until": {"role": {"2": "down"}}})")
            .empty());
}

TEST_CASE("a node crashes at the effect that a script names") {
  CHECK(sentence_of(R"({"crash": 2, "at": "before append_entries_reply"},
    {"propose": ["SET", "x", 1], "to": 1, "as": "w"}, {"until": {"role": {"2": "down"}}},
    {"until": {"reply": {"w": "OK"}}}, {"restart": 2}, {"until": {"role": {"2": "follower"}}})")
            .empty());
}

}  // namespace
}  // namespace snowflk::sim::scenario
