// What the verbs of a script do, when they do it, and what is told of them.
#include <algorithm>

#include "sim/scenario/run.hpp"
#include "tests/catch.hpp"
#include "tests/sim/scenario/scenario_of.hpp"

namespace snowflk::sim::scenario {
namespace {

RunResult run_of(const std::string& members, Watcher* watcher = nullptr) {
  return run(scenario_of(members), 1, watcher);
}

/// A cluster of three whose n1 leads, by hand.
std::string with_leader(const std::string& steps) {
  return R"("by_hand": ["timers"], "script": [
    {"until": {"role": {"1": "follower", "2": "follower", "3": "follower"}}}, {"until": "idle"},
    {"campaign": 1}, {"until": "leader", "as": "first"}, {"until": "idle"},)" +
         steps + "]";
}

bool passes(const std::string& members) {
  const RunResult result = run_of(members);
  if (result.violation) UNSCOPED_INFO(result.violation->sentence);
  return !result.violation;
}

/// Ends in a mistake of the scenario, whose sentence ends with `with`.
bool is_mistake(const std::string& members, std::string_view with) {
  const RunResult result = run_of(members);
  if (!result.violation) return false;
  UNSCOPED_INFO(result.violation->sentence);
  return result.violation->kind == ViolationKind::mistake &&
         result.violation->sentence.starts_with("$.script[") &&
         result.violation->sentence.ends_with(with);
}

class Counter final : public Watcher {
 public:
  void event(const World&, const StepRecord& record) override {
    const auto* crash = std::get_if<NodeCrashed>(&record.what);
    if (crash == nullptr) return;
    causes.push_back(record.cause);
    (crash->kind == CrashKind::process ? processes : machines) += 1;
  }
  void say(const World&, std::string_view text) override { said.emplace_back(text); }
  int processes = 0;
  int machines = 0;
  std::vector<EventId> causes;
  std::vector<std::string> said;
};

TEST_CASE("what a script asks for and cannot have is its mistake, not the core's") {
  CHECK(is_mistake(with_leader(R"({"deliver": "request_vote"})"),
                   "no such message waits: deliver request_vote"));
  CHECK(is_mistake(with_leader(R"({"hold_disk": 2}, {"finish": 2})"),
                   "no disk operation of n2 waits"));
  CHECK(is_mistake(with_leader(R"({"rot": 2, "entry": 9})"), "n2 has no durable entry 9"));
  CHECK(is_mistake(with_leader(R"({"crash": 2}, {"campaign": 2})"),
                   "n2 is down: it has no election timeout that could pass"));
  CHECK(is_mistake(with_leader(R"({"restart": 2})"), "n2 is up"));
  CHECK(is_mistake(with_leader(R"({"crash": 2}, {"pause": 2})"), "n2 is down"));
  CHECK(is_mistake(with_leader(R"({"pause": [2, 2]})"), "n2 is paused already"));
  CHECK(is_mistake(with_leader(R"({"resume": 2})"), "n2 is not paused"));
  CHECK(passes(R"("script": [{"pause": 2}, {"pause": "all"}, {"resume": "all"},
                             {"crash": 1}, {"restart": "all"}])"));
}

TEST_CASE("a crash or a failure that never comes is a mistake") {
  CHECK(is_mistake(R"("script": [{"crash": 2, "at": "before forward"}])",
                   "this never came: will be killed before its next forward: n2"));
  CHECK(is_mistake(R"("script": [{"run": "1s"}, {"fail": 1, "operation": "unlink"}])",
                   "this never came: the next unlink of n1 will fail"));
}

TEST_CASE("steps of the first instant find nodes that were started") {
  CHECK(
      passes(R"("script": [{"crash": "all"}, {"expect": {"role": {"1": "down", "2": "down"}}}])"));
  CHECK(passes(R"("script": [{"pause": "all"}, {"expect": {"role": {"1": "paused"}}}])"));
  CHECK(is_mistake(R"("script": [{"campaign": 1}])",
                   "n1 is booting: it has no election timeout that could pass"));
}

TEST_CASE("one step after another, disk operations are finished") {
  CHECK(
      passes(R"("by_hand": ["disks"], "script": [{"run": "10ms"}, {"finish": 1}, {"finish": 1}])"));
}

TEST_CASE("a disk operation that is in execution when the hold comes does not wait") {
  CHECK(is_mistake(with_leader(R"({"propose": ["SET", "x", 1], "to": 1},
    {"until": {"last_index": {"1": 2}}}, {"hold_disk": 1}, {"finish": 1})"),
                   "no disk operation of n1 (first) waits"));
}

TEST_CASE("what is delivered arrives before the next step") {
  CHECK(passes(R"("by_hand": ["timers"], "script": [
    {"until": {"role": {"1": "follower", "2": "follower", "3": "follower"}}}, {"until": "idle"},
    {"hold": "request_vote_reply"}, {"campaign": 1}, {"until": "idle"},
    {"expect": {"role": {"1": "candidate"}}},
    {"deliver": "request_vote_reply"}, {"expect": {"role": {"1": "leader"}}}])"));
}

TEST_CASE("nothing is under way while all waits for the script") {
  CHECK(passes(with_leader(R"({"hold_disk": 2}, {"propose": ["SET", "x", 1], "to": 1, "as": "w"},
    {"until": "idle"}, {"expect": {"last_index": {"2": 2}, "reply": {"w": "OK"}}})")));
  CHECK(passes(with_leader(R"({"hold": "append_entries"},
    {"propose": ["SET", "x", 1], "to": 1, "as": "w"}, {"until": "idle"},
    {"expect": {"outcome": {"w": "pending"}}})")));
}

TEST_CASE("a crash by the script is an event with a cause, whenever it comes") {
  for (const std::string at : {"before write", "after write", "before sync", "after sync",
                               "before append_entries_reply", "after append_entries_reply"}) {
    INFO(at);
    Counter counter;
    const RunResult result = run_of(with_leader(R"({"crash": 2, "at": ")" + at + R"("},
      {"propose": ["SET", "x", 1], "to": 1}, {"until": {"role": {"2": "down"}}})"),
                                    &counter);
    CHECK(!result.violation);
    CHECK(counter.processes == 1);
    REQUIRE(counter.causes.size() == 1);
    CHECK(counter.causes[0].value != 0);
  }
  Counter counter;
  CHECK(
      !run_of(with_leader(R"({"power_cut": "all"}, {"expect": {"role": {"1": "down"}}})"), &counter)
           .violation);
  CHECK(counter.machines == 3);
}

TEST_CASE("a run is not at rest while a proposal has no answer") {
  struct Last final : Watcher {
    void event(const World& world, const StepRecord&) override {
      outcome = world.history().operations().empty() ? Outcome::pending
                                                     : world.history().operations()[0].outcome;
    }
    void say(const World&, std::string_view) override {}
    Outcome outcome = Outcome::pending;
  } last;
  const RunResult result =
      run_of(R"("script": [{"run": "20ms"}, {"propose": ["SET", "x", 1], "to": 1}])", &last);
  CHECK(!result.violation);
  CHECK(last.outcome != Outcome::pending);
}

TEST_CASE("one vote is granted once, however often it is asked for") {
  CHECK(passes(R"("by_hand": ["timers"], "script": [
    {"until": {"role": {"1": "follower", "2": "follower", "3": "follower"}}}, {"until": "idle"},
    {"cut": ["1<->3"]}, {"hold": "request_vote", "link": "1->2"}, {"campaign": 1},
    {"until": {"role": {"1": "candidate"}}}, {"until": "idle"},
    {"duplicate": "request_vote"}, {"until": "idle"}, {"deliver": "request_vote"},
    {"until": "idle"},
    {"expect": {"vote": {"2": 1}, "events_min": {"vote_granted": 1},
                "events_max": {"vote_granted": 1}}}])"));
}

TEST_CASE("what breaks networks and disks by hand says what it cannot do") {
  CHECK(is_mistake(with_leader(R"({"ring": "all"})"), "a ring is made of all nodes, four or more"));
  CHECK(is_mistake(R"("nodes": 4, "script": [{"ring": [1, 2, 3, 3]}])",
                   "n3 stands twice in the ring"));
  CHECK(
      is_mistake(R"("nodes": 2, "script": [{"bridge": 1}])", "a bridge needs three nodes or more"));
  CHECK(is_mistake(with_leader(R"({"bad_sector": 2, "entry": 9})"),
                   "n2 has no durable entry 9 that holds something"));
  CHECK(is_mistake(with_leader(R"({"misdirected_read": 2, "entry": 1, "other": 9})"),
                   "n2 has no durable entry 1 or 9 that holds something"));
  CHECK(is_mistake(with_leader(R"({"stale_read": 2, "entry": 1})"),
                   "n2 has no durable entry 1 that holds something"));
  CHECK(is_mistake(with_leader(R"({"lose_file": 2, "file": "seg-00000000000000ff.log"})"),
                   "n2 has no file seg-00000000000000ff.log"));
}

TEST_CASE("a node that was wiped refuses, and the others go on without it") {
  CHECK(passes(with_leader(R"(
    {"by_hand": []}, {"wipe": 3}, {"restart": 3}, {"run": "500ms"},
    {"expect": {"role": {"3": "down"}}},
    {"propose": ["SET", "x", 1], "to": 1, "as": "w"}, {"until": "answered"},
    {"expect": {"reply": {"w": "OK"}}})")));
}

TEST_CASE("a page that reads as it was not written is refused, and taken when it is mended") {
  for (const std::string blemish :
       {R"({"stale_read": 3, "entry": 2})", R"({"misdirected_read": 3, "entry": 2, "other": 4})",
        R"({"misdirected_write": 3, "entry": 2, "other": 3})"}) {
    INFO(blemish);
    CHECK(passes(with_leader(R"(
      {"by_hand": []}, {"propose": ["SET", "x", 1], "to": 1}, {"until": "answered"},
      {"propose": ["SET", "x", 2], "to": 1}, {"until": "answered"},
      {"propose": ["SET", "x", 3], "to": 1}, {"until": {"commit_min": {"3": 4}}},)" +
                             blemish + R"(,
      {"crash": 3}, {"restart": 3}, {"run": "500ms"},
      {"expect": {"role": {"3": "refusing"}, "events_min": {"rot_found": 1}}},
      {"mend": 3}, {"run": "5s"}, {"expect": {"role": {"3": "follower"}}})")));
  }
}

TEST_CASE("a node with a bad sector cannot start, and starts when it can be read again") {
  CHECK(passes(with_leader(R"(
    {"by_hand": []}, {"propose": ["SET", "x", 1], "to": 1}, {"until": {"commit_min": {"3": 2}}},
    {"crash": 3}, {"bad_sector": 3, "entry": 2}, {"restart": 3}, {"run": "2s"},
    {"expect": {"events_max": {"rot_found": 0, "started": 3}}},
    {"mend": 3}, {"run": "5s"}, {"expect": {"role": {"3": "follower"}}})")));
}

TEST_CASE("one of the two copies of the metadata may be lost") {
  CHECK(passes(with_leader(R"(
    {"lose_file": 3, "file": "meta.0"}, {"restart": 3}, {"run": "500ms"},
    {"expect": {"role": {"3": "follower"}}})")));
}

TEST_CASE("a jam lets go in the order that a script says") {
  const auto lets_go = [](const std::string& order) {
    return passes(with_leader(R"(
      {"propose": ["SET", "x", 1]}, {"until": "answered"}, {"until": "idle"}, {"jam": "1->3"},
      {"propose": ["SET", "x", 2]}, {"until": "answered"},
      {"propose": ["SET", "x", 3]}, {"until": "answered"},
      {"expect": {"last_index": {"3": 2}}}, {"heal": "1->3")" +
                              order +
                              R"(}, {"until": "idle"}, {"expect": {"last_index": {"2": 4}}})"));
  };
  CHECK(lets_go(R"(, "order": "kept")"));
  CHECK(lets_go(R"(, "order": "reversed")"));
  CHECK(lets_go(""));
}

TEST_CASE("a clock may run at another rate, and jump") {
  CHECK(passes(with_leader(R"(
    {"by_hand": []}, {"drift": 1, "ppm": 50000}, {"drift": 2, "ppm": -50000},
    {"jump": 3, "ms": -10000}, {"run": "1s"}, {"propose": ["SET", "x", 1], "to": 1, "as": "w"},
    {"until": "answered"}, {"expect": {"reply": {"w": "OK"}}})")));
}

TEST_CASE("a control must end as it says, and nothing else will do") {
  const std::string lies = R"("script": [{"until": "leader", "as": "a"}, {"lie": "all"},
    {"propose": ["SET", "x", 1], "as": "w"}, {"until": "answered"},
    {"power_cut": "all", "unsynced": "lost"}, {"restart": "all"}, {"run": "1s"}])";
  CHECK(!passes(lies));
  CHECK(passes(lies + R"(, "verdict": "safety")"));
  CHECK(!passes(lies + R"(, "verdict": "liveness")"));
  CHECK(!passes(lies + R"(, "verdict": "safety", "property": "log_matching")"));
  const RunResult wrong = run_of(R"("script": [{"run": "1s"}], "verdict": "liveness")");
  REQUIRE(wrong.violation);
  CHECK(wrong.violation->sentence ==
        "every run must end in a violation of liveness, and this one passes");
}

}  // namespace
}  // namespace snowflk::sim::scenario
