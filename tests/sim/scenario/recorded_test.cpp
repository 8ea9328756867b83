// Recorded schedules: what is not by hand takes no time, what finds nothing is passed over, and
// what is written is read as it was.
#include "sim/scenario/run.hpp"
#include "sim/scenario/write.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::scenario {
namespace {

Scenario recorded(const std::string& steps) {
  const auto scenario = parse(R"({"story": "s", "recorded": true, "heal": false,
    "by_hand": ["timers", "messages"], "script": [)" +
                              steps + "]}");
  if (!scenario) FAIL(describe("recorded", scenario.error()));
  return *scenario;
}

constexpr std::string_view kElection = R"({"campaign": 1}, {"exchange": [1, 2]})";

TEST_CASE("an exchange is all messages between two nodes, until none waits") {
  const Scenario scenario =
      recorded(std::string{kElection} + R"(, {"expect": {"role": {"1": "leader", "3": "follower"},
                                                          "term": {"2": 1, "3": 0}}})");
  const RunResult result = run(scenario, 1, nullptr);
  INFO((result.violation ? result.violation->sentence : std::string{}));
  CHECK(!result.violation);
  CHECK(result.steps_passed_over.empty());
  CHECK(result.end < VirtualTime{seconds(2).value});
}

TEST_CASE("a step that finds nothing to act on is passed over") {
  const Scenario scenario =
      recorded(R"({"deliver": "append_entries", "link": "1->2"}, {"finish": 1},
    {"restart": 1}, {"exchange": [2, 3]}, {"crash": 3}, {"crash": 3}, {"wake": 3})");
  const RunResult result = run(scenario, 1, nullptr);
  CHECK(!result.violation);
  CHECK(result.steps_done == 7);
  CHECK(result.steps_passed_over == std::vector<std::size_t>{0, 1, 2, 3, 5, 6});
}

TEST_CASE("a message is meant by its number, and a number that none has is passed over") {
  const std::string twice = R"({"campaign": 1}, {"campaign": 1}, )";
  const RunResult second =
      run(recorded(twice + R"({"deliver": "pre_vote", "link": "1->2", "number": 2})"), 1, nullptr);
  CHECK(second.steps_passed_over.empty());
  REQUIRE(second.picked.size() == 1);
  CHECK(second.picked[0].place == 2);
  CHECK(second.picked[0].of == 2);
  const RunResult ninth =
      run(recorded(twice + R"({"deliver": "pre_vote", "link": "1->2", "number": 9})"), 1, nullptr);
  CHECK(ninth.steps_passed_over == std::vector<std::size_t>{2});
}

TEST_CASE("an operation that a script lets fail ends its node, and nobody brings it back") {
  const Scenario scenario = recorded(R"({"hold_disk": 1}, {"campaign": 1}, {"exchange": [1, 2]},
    {"finish": 1, "lane": "log", "error": "io"}, {"run": "5s"},
    {"expect": {"role": {"1": "down"}}})");
  const RunResult result = run(scenario, 1, nullptr);
  INFO((result.violation ? result.violation->sentence : std::string{}));
  CHECK(!result.violation);
}

TEST_CASE("all that waits on a disk is done, and what comes of it, until nothing waits") {
  // Its vote for itself; then, as it leads, the first entry of its term.
  const RunResult result = run(recorded(R"({"hold_disk": 1}, {"campaign": 1}, {"exchange": [1, 2]},
    {"finish": 1, "all": true}, {"exchange": [1, 2]}, {"expect": {"role": {"1": "leader"}}},
    {"finish": 1, "all": true, "lane": "log"}, {"exchange": [1, 2]},
    {"expect": {"commit": {"1": 1}}}, {"finish": 1, "all": true, "lane": "log"})"),
                               1, nullptr);
  INFO((result.violation ? result.violation->sentence : std::string{}));
  CHECK(!result.violation);
  CHECK(result.steps_passed_over == std::vector<std::size_t>{9});
}

TEST_CASE("who gives up waits no longer, and is not answered") {
  const RunResult result = run(recorded(std::string{kElection} + R"(,
    {"propose": ["SET", "x", "1"], "to": 1, "as": "op1"}, {"give_up": "op1"}, {"give_up": "op1"},
    {"exchange": [1, 2]})"),
                               1, nullptr);
  INFO((result.violation ? result.violation->sentence : std::string{}));
  CHECK(!result.violation);
  CHECK(result.steps_passed_over == std::vector<std::size_t>{4});
}

TEST_CASE("what is written of a recorded schedule is read as the same run") {
  const Scenario scenario = recorded(std::string{kElection} +
                                     R"(, {"propose": ["SET", "x", "1"], "to": 2, "as": "op1"},
    {"propose": ["GET", "x"], "to": 3, "as": "op2"}, {"give_up": "op2"},
    {"after": "5ms", "exchange": [1, 2]}, {"duplicate": "append_entries", "link": "1->3"},
    {"power_cut": 3}, {"restart": 3}, {"rot": 2, "file": "meta.0", "byte": 9},
    {"bad_sector": 2, "file": "seg-0000000000000001.log", "byte": 4608},
    {"stale_read": 2, "file": "meta.0", "once": true}, {"jump": 2, "ms": -9, "ns": -8},
    {"misdirected_read": 2, "file": "meta.0", "other_file": "meta.1", "other_byte": 1},
    {"misdirected_write": 1, "file": "meta.1", "byte": 5, "other_file": "meta.0"}, {"fill": 2},
    {"fail": 1, "operation": "read", "file": "meta.0", "byte": 4096},
    {"fail": 1, "operation": "read", "file": "meta.1", "bytes": 4096},
    {"fail": 1, "operation": "read", "bytes": 1},
    {"finish": 2, "lane": "log", "all": true}, {"finish": 2, "all": true},
    {"finish_read": 1}, {"finish_read": 2, "file": "meta.0", "byte": 4096, "number": 2},
    {"redraw": 12},
    {"wake": 1}, {"deliver": "append_entries", "link": "1->2", "flip": 99},
    {"crash": 2, "under_way": "log"}, {"restart": 2},
    {"stream_down": "1->2"}, {"stream_down": "2->1"}, {"stream_up": ["1->2", "2->1"]})");
  const WorldOptions options = run_options(scenario, 7);
  const std::string text = write(scenario, options, "{}");
  INFO(text);
  const auto again = parse(text);
  REQUIRE(again.has_value());
  CHECK(again->seed == 7);
  const RunResult first = run(scenario, 7, nullptr);
  const RunResult second = run(*again, 7, nullptr);
  CHECK(first.digest == second.digest);
  CHECK(first.events == second.events);
  CHECK(write(*again, run_options(*again, 7), "{}") == text);
}

TEST_CASE("a stream that is by hand is there for who has heard of it") {
  const std::string start = R"({"by_hand": ["timers", "messages", "streams"]}, )";
  const std::string without = R"({"campaign": 1}, {"exchange": [1, 2]}, {"restart": 3},
    {"expect": {"role": {"1": "leader"}}})";
  const RunResult up = run(
      recorded(start + R"({"stream_down": ["1->2", "2->1"]}, {"stream_up": ["1->2", "2->1"]}, )" +
               without),
      1, nullptr);
  INFO((up.violation ? up.violation->sentence : std::string{}));
  CHECK(!up.violation);
  CHECK(up.steps_passed_over == std::vector<std::size_t>{5});
  const RunResult twice = run(recorded(start + R"({"stream_up": "1->2"}, {"stream_down": "1->2"},
    {"stream_down": "1->2"}, {"stream_up": "1->2"})"),
                              1, nullptr);
  CHECK(twice.steps_passed_over == std::vector<std::size_t>{1, 3, 4});
}

// A node reads its metadata first when it starts, a copy of it at a time.
TEST_CASE("a read that is by hand takes as long as the script lets it") {
  const auto after = [](const std::string& steps) {
    const auto scenario = parse(R"({"story": "s", "nodes": 1, "heal": false, "script": [
      {"until": "leader"}, {"by_hand": ["reads"]}, {"crash": 1}, {"restart": 1}, )" +
                                steps + "]}");
    if (!scenario) FAIL(describe("reads", scenario.error()));
    const RunResult result = run(*scenario, 1, nullptr);
    return result.violation ? result.violation->sentence : std::string{};
  };
  const std::string starts = R"({"run": "3s"}, {"expect": {"role": {"1": "booting"}}})";
  CHECK(after(starts).empty());
  CHECK(after(R"({"run": "1s"}, {"finish_read": 1, "file": "meta.0"}, )" + starts).empty());
  CHECK(after(R"({"run": "1s"}, {"finish_read": 1}, {"finish_read": 1, "file": "meta.0"})")
            .ends_with("no read of n1 waits from byte 0 of meta.0"));
  CHECK(after(R"({"run": "1s"}, {"finish_read": 1, "number": 3})")
            .ends_with("no 3 reads of n1 wait"));
  CHECK(
      after(R"({"run": "1s"}, {"crash": 1}, {"finish_read": 1})").ends_with("no read of n1 waits"));
  CHECK(after(R"({"run": "1s"}, {"by_hand": []}, {"until": "leader"})").empty());
}

TEST_CASE("a link from a node to itself is no link, whatever it is called") {
  const auto scenario = parse(R"({"story": "s", "heal": false, "by_hand": ["timers"], "script": [
    {"until": "idle"}, {"campaign": 2}, {"until": "leader", "as": "a"}, {"cut": "a->2"}]})");
  if (!scenario) FAIL(describe("named", scenario.error()));
  const RunResult result = run(*scenario, 1, nullptr);
  REQUIRE(result.violation);
  CHECK(result.violation->kind == ViolationKind::mistake);
  CHECK(result.violation->sentence.ends_with("a node has no link with itself"));
}

std::string refusal_of(const std::string& step) {
  const auto scenario = parse(R"({"story": "s", "script": [)" + step + "]}");
  return scenario ? std::string{} : scenario.error().text;
}

TEST_CASE("what a recorded step cannot mean is refused with a sentence") {
  CHECK(refusal_of(R"({"deliver": "ping", "number": 2, "newest": true})") ==
        "one of \"number\", \"newest\" and \"all\" says which message");
  CHECK(refusal_of(R"({"finish": 1, "operation": "read"})") == "of reads say \"finish_read\"");
  CHECK(refusal_of(R"({"finish_read": "all"})").starts_with("expected"));
  CHECK(refusal_of(R"({"finish": "all"})").starts_with("expected"));
  CHECK(refusal_of(R"({"finish": 1, "all": true, "error": "io"})") ==
        "one operation fails, not \"all\"");
  CHECK(refusal_of(R"({"finish_read": 1, "number": 0})").starts_with("expected"));
  CHECK(refusal_of(R"({"finish_read": 1, "error": "io"})") ==
        "\"error\" cannot stand beside \"finish_read\"");
  CHECK(refusal_of(R"({"redraw": 0})").starts_with("expected"));
  CHECK(refusal_of(R"({"redraw": "anew"})").starts_with("expected"));
  CHECK(refusal_of(R"({"redraw": 1e30})").starts_with("expected"));
  CHECK(refusal_of(R"({"finish_read": 1, "byte": 7})") ==
        "beside \"finish_read\", \"byte\" needs \"file\"");
  CHECK(refusal_of(R"({"finish_read": 1, "file": "notes"})")
            .starts_with("expected the name of a file"));
  CHECK(refusal_of(R"({"fail": 1, "operation": "sync", "file": "meta.0"})") ==
        "of reads alone \"fail\" says which file");
  CHECK(refusal_of(R"({"fail": 1, "operation": "read", "byte": 7})") ==
        "beside \"fail\", \"byte\" needs \"file\"");
  CHECK(refusal_of(R"({"fail": 1, "operation": "sync", "bytes": 7})") ==
        "of reads alone \"fail\" says how many bytes come");
  CHECK(refusal_of(R"({"drop": "ping", "flip": 7})") == "\"flip\" cannot stand beside \"drop\"");
  CHECK(refusal_of(R"({"fail": 1, "operation": "read", "file": "x"})")
            .starts_with("expected the name of a file"));
  CHECK(refusal_of(R"({"give_up": "w"})") == "no proposal before this one is named \"w\"");
  CHECK(refusal_of(R"({"rot": 1, "entry": 2, "file": "meta.0"})") ==
        "\"rot\" has \"entry\" or \"file\", not both");
  CHECK(
      refusal_of(R"({"rot": 1, "file": "notes.txt"})").starts_with("expected the name of a file"));
  CHECK(refusal_of(R"({"bad_sector": 1, "file": "meta.0", "entry": 2})") ==
        "\"bad_sector\" has \"entry\" or \"file\", not both");
  CHECK(refusal_of(R"({"stale_read": 1, "entry": 2, "byte": 7})") ==
        "beside \"stale_read\", \"byte\" needs \"file\"");
  CHECK(refusal_of(R"({"misdirected_read": 1, "file": "meta.0"})") ==
        "\"misdirected_read\" needs \"other_file\", the file of the other page");
  CHECK(refusal_of(R"({"misdirected_read": 1, "file": "meta.0", "other": 3})") ==
        "\"other\" is an entry: beside \"file\" it is \"other_file\"");
  CHECK(refusal_of(R"({"misdirected_write": 1, "file": "meta.0", "other_file": "x"})")
            .starts_with("expected the name of a file"));
  CHECK(refusal_of(R"({"misdirected_write": 1, "entry": 1, "other": 2, "other_byte": 2})") ==
        "beside \"misdirected_write\", \"other_byte\" needs \"file\"");
  CHECK(refusal_of(R"({"bad_sector": 1, "file": "meta.0", "once": true})") ==
        "\"once\" cannot stand beside \"bad_sector\"");
  CHECK(refusal_of(R"({"jump": 1})") ==
        "\"jump\" needs \"ms\", by how many milliseconds, back if negative");
  CHECK(refusal_of(R"({"finish": 1, "lane": "fast"})").find("log") != std::string::npos);
}

}  // namespace
}  // namespace snowflk::sim::scenario
