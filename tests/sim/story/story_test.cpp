// A story can be followed by whoever knows the paper: entries, commits and logs are told.
#include <fstream>
#include <sstream>

#include "sim/scenario/run.hpp"
#include "sim/story/entries.hpp"
#include "sim/story/phrases.hpp"
#include "sim/story/story.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::story {
namespace {

/// Tells all of a run.
class Teller final : public scenario::Watcher {
 public:
  explicit Teller(bool every_operation)
      : story_(Style{.colour = false, .every_operation = every_operation}, text) {}
  void event(const World& world, const StepRecord& record) override {
    Actor actor;
    actor.node = record.node;
    if (!record.node.nobody()) {
      actor.state = &world.node(record.node);
      const raft::Raft* raft = actor.state->raft();
      actor.standing = raft == nullptr                             ? Standing::booting
                       : raft->role() == raft::Role::leader        ? Standing::leader
                       : raft->role() == raft::Role::candidate     ? Standing::candidate
                       : raft->role() == raft::Role::pre_candidate ? Standing::pre_candidate
                                                                   : Standing::follower;
    }
    story_.observe(record, actor, world.history());
  }
  void say(const World& world, std::string_view line) override { story_.say(world.now(), line); }
  std::string text;

 private:
  Story story_;
};

std::string told(const std::string& scenario_text, u64 seed, bool every_operation = true) {
  const auto scenario = scenario::parse(scenario_text);
  if (!scenario) FAIL(describe("scenario", scenario.error()));
  Teller teller{every_operation};
  const auto result = scenario::run(*scenario, seed, &teller);
  INFO((result.violation ? result.violation->sentence : std::string{}));
  CHECK(!result.violation);
  return teller.text;
}

std::string file(const std::string& name) {
  std::ifstream in{SNOWFLK_SOURCE_DIR "/scenarios/" + name, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool has(const std::string& text, std::string_view part) {
  UNSCOPED_INFO("looked for: " << part << "\n" << text);
  return text.find(part) != std::string::npos;
}

TEST_CASE(
    "the story of an isolated leader tells what it takes, what commits, and what it gives up") {
  const std::string text = told(file("election/isolated_leader.json"), 7);
  CHECK(has(text, "appends entry 1: no-op (term 1)"));
  CHECK(has(text, "appends entry 3: SET x alone (term 1)"));
  CHECK(has(text, "commits entry 2: SET x everybody"));
  CHECK(has(text, "removes its entries from 3 on"));
  CHECK(has(text, "log 1 1 2 2 | commit 4"));
  CHECK(has(text, "n1 n2 n3: log 1 1 2 2 | commit 4"));
}

TEST_CASE("the story of figure 8 shows the logs as the figure draws them") {
  const std::string text = told(file("replication/figure8.json"), 1);
  CHECK(has(text, "is up: start 2, term 2, log 1 2 | commit 1"));
  CHECK(has(text, "-- n1 n2: log 1 2 4 | commit 1\n"));
  CHECK(has(text, "commits entries 2 to 3: no-op, no-op"));
}

TEST_CASE("in a run of many operations commits are gathered, and entries are not told one by one") {
  const std::string text =
      told(R"({"story": "s", "workload": {"clients": 3, "operations": 300}})", 1, false);
  CHECK(has(text, "commits entries "));
  CHECK(!has(text, ": SET"));
  CHECK(std::ranges::count(text, '\n') < 60);
}

TEST_CASE("a node is called by the name that the script gave it last") {
  const std::string text = told(R"({"story": "s", "by_hand": ["timers"], "script": [
    {"until": {"role": {"1": "follower", "2": "follower", "3": "follower"}}}, {"until": "idle"},
    {"campaign": 1}, {"until": "leader", "as": "early"}, {"until": "idle"}, {"run": "1s"},
    {"campaign": 2}, {"until": "leader", "as": "other"}, {"until": "idle"}, {"run": "1s"},
    {"campaign": 1}, {"until": "leader", "as": "late"}, {"until": "idle"}]})",
                                1);
  CHECK(has(text, "n1, the leader of term 1, is called \"early\""));
  CHECK(has(text, "n1, the leader of term 3, is called \"late\""));
  const auto named = text.find("is called \"late\"");
  REQUIRE(named != std::string::npos);
  CHECK(has(text.substr(named), "n1 (late)"));
  CHECK(!has(text.substr(named), "(early)"));
}

TEST_CASE("what a node does again and again is told once, and counted") {
  const std::string text = told(R"({"story": "s", "script": [{"until": "leader", "as": "l"},
    {"isolate": "l"}, {"until": "leader", "as": "m"}, {"run": "5s"}]})",
                                1);
  CHECK(has(text, " times more: hears no leader"));
}

TEST_CASE("a long log is a row of counted terms") {
  raft::Log log;
  CHECK(log_row(log) == "empty");
  for (u64 i = 0; i < 3; ++i) log.append({.term = Term{1}, .kind = raft::EntryKind::command});
  log.append({.term = Term{4}, .kind = raft::EntryKind::command});
  CHECK(log_row(log) == "1 1 1 4");
  for (u64 i = 0; i < 50; ++i) log.append({.term = Term{5}, .kind = raft::EntryKind::command});
  CHECK(log_row(log) == "1x3 4x1 5x50");
}

TEST_CASE("bytes that no terminal should see are quoted") {
  std::string text;
  append_value(text, std::string_view{"\x1b[2J\0", 5});
  CHECK(std::ranges::none_of(text, [](char c) { return c < ' ' || c == 0x7f; }));
  CHECK(text.starts_with('"'));
}

}  // namespace
}  // namespace snowflk::sim::story
