// A scenario file that is wrong gets one line that says where and what; one that is right, a value.
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "sim/scenario/scenario.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::scenario {
namespace {

/// The line that a wrong scenario gets.
std::string line_for(std::string_view text) {
  const auto scenario = parse(text);
  REQUIRE(!scenario);
  std::string line = describe("x.json", scenario.error());
  CHECK(line.find('\n') == std::string::npos);
  return line;
}

TEST_CASE("a small scenario is read as it is written") {
  const auto scenario = parse(R"({
    "story": "A leader is cut off.", "nodes": 5, "seed": 9, "by_hand": ["timers"],
    "network": {"loss": "1/400", "delay_min": "2ms"},
    "start": {"2": {"log": [1, 1, 4], "vote": 3}},
    "script": [
      {"until": "leader", "as": "old", "within": "3s"},
      {"after": "1s", "note": "Cut off.", "isolate": "old"},
      {"cut": ["1->2", "old<->3"]},
      {"propose": ["SET", "x", 1], "to": 3, "as": "w"}
    ],
    "expect": {"role": {"old": "follower"}, "reply": {"w": "OK"}, "leaders_per_term_max": 1}
  })");
  REQUIRE(scenario);
  CHECK(scenario->nodes == 5);
  CHECK(scenario->seed == 9);
  CHECK(scenario->by_hand == std::vector<std::string>{"timers"});
  REQUIRE(scenario->script.size() == 4);
  CHECK(scenario->script[0].verb == Verb::until);
  CHECK(scenario->script[0].within == seconds(3));
  CHECK(scenario->script[1].nodes == std::vector{NodeRef{.number = 0, .name = "old"}});
  CHECK(scenario->script[1].after == seconds(1));
  CHECK(scenario->script[2].links.size() == 3);
  CHECK(scenario->script[3].words == std::vector<std::string>{"SET", "x", "1"});
  REQUIRE(scenario->expect.size() == 3);
  CHECK(scenario->expect[0].subject == Subject::role);
  CHECK(scenario->expect[1].value == "OK");
  REQUIRE(scenario->start.size() == 5);
  CHECK(scenario->start[1].entry_terms == std::vector{Term{1}, Term{1}, Term{4}});
  CHECK(scenario->start[1].term == Term{4});
  CHECK(scenario->start[1].voted_for == NodeId{3});
  const WorldOptions options = options_of(*scenario, quiet_options(*scenario));
  CHECK(options.network.loss_ppm == 2500);
  CHECK(options.network.delay_min == milliseconds(2));
  CHECK(options.workload.operations == 0);
}

TEST_CASE("a step that breaks something says where, how much, or which file") {
  const auto step = [](const std::string& text) {
    return line_for("{\"story\": \"s\", \"script\": [" + text + "]}");
  };
  CHECK(step(R"({"bad_sector": 2})") ==
        "x.json:1: $.script[0].bad_sector: \"bad_sector\" needs \"entry\", the index of the entry "
        "that cannot be read, or \"file\"");
  CHECK(step(R"({"misdirected_write": 2, "entry": 1})") ==
        "x.json:1: $.script[0].misdirected_write: \"misdirected_write\" needs \"other\", the index "
        "of "
        "the entry over which it lies");
  CHECK(step(R"({"lose_file": 2, "file": "passwd"})") ==
        "x.json:1: $.script[0].lose_file: \"passwd\" is no file of a node, such as \"meta.0\"");
  CHECK(step(R"({"drift": 2, "ppm": 60000})").starts_with("x.json:1: $.script[0].ppm: "));
  CHECK(step(R"({"stale_read": 2, "entry": 1, "other": 2})") ==
        "x.json:1: $.script[0].other: \"other\" cannot stand beside \"stale_read\"");
  CHECK(line_for(R"({"story": "s", "property": "election_safety"})") ==
        "x.json:1: $.property: a run that passes breaks no property: \"verdict\" says how it must "
        "end");
}

TEST_CASE("how a swarm draws is said of swarms only, and of versions that know it") {
  CHECK(line_for("{\"story\": \"s\", \"mode\": \"lite\"}") ==
        "x.json:1: $.mode: \"mode\" says how a swarm draws: it needs \"swarm\": true");
  CHECK(line_for("{\"story\": \"s\", \"swarm\": true,\n \"mode\": \"lite\", \"generator\": 1}") ==
        "x.json:2: $.generator: generator 1 knows no mode \"lite\"");
  CHECK(line_for("{\"story\": \"s\", \"swarm\": true, \"mode\": \"litte\"}").find("\"lite\"") !=
        std::string::npos);
  const auto beyond = parse(R"({"story": "s", "swarm": true, "mode": "beyond"})");
  REQUIRE(beyond);
  CHECK(beyond->mode == Mode::beyond);
}

TEST_CASE("an unknown key is answered with the nearest one") {
  CHECK(line_for("{\"story\": \"s\",\n \"nodez\": 3}") ==
        "x.json:2: $.nodez: a scenario has no such key; the nearest is \"nodes\"");
  CHECK(line_for(R"({"story": "s", "script": [{"isolat": 1}]})") ==
        "x.json:1: $.script[0].isolat: a step has no such key; the nearest is \"isolate\"");
  CHECK(line_for(R"({"story": "s", "network": {"los": "1%"}})") ==
        "x.json:1: $.network.los: network has no such key; the nearest is \"loss\"");
  CHECK(line_for(R"({"story": "s", "expect": {"rolle": {}}})") ==
        "x.json:1: $.expect.rolle: an expectation has no such key; the nearest is \"role\"");
}

TEST_CASE("a value of the wrong type is answered with what was expected") {
  CHECK(line_for("{\"story\": \"s\",\n\n\"nodes\": \"three\"}") ==
        "x.json:3: $.nodes: expected an integer from 1 to 9, found \"three\"");
  CHECK(line_for(R"({"story": 1})") == "x.json:1: $.story: expected a text, found 1");
  CHECK(line_for(R"([])") == "x.json:1: $: expected an object, found a list");
  CHECK(line_for(R"({"story": "s", "script": {}})") ==
        "x.json:1: $.script: expected a list, found an object");
  CHECK(line_for(R"({"story": "s", "duration": "5 sec"})") ==
        "x.json:1: $.duration: expected a duration such as \"500ms\" or \"1.5s\", found \"5 sec\"");
  CHECK(line_for(R"({"story": "s", "network": {"loss": "1/3"}})") ==
        "x.json:1: $.network.loss: expected a share that is a whole number of millionths, found "
        "\"1/3\"");
  CHECK(line_for(R"({"story": "s", "expect": {"role": {"1": "folower"}}})")
            .ends_with("found \"folower\"; the nearest is \"follower\""));
}

TEST_CASE("a node that is not there is refused where it stands") {
  CHECK(line_for("{\"story\": \"s\", \"nodes\": 3, \"script\": [\n{\"isolate\": 9}]}") ==
        "x.json:2: $.script[0].isolate: there is no node 9: nodes are 1 to 3");
  CHECK(line_for(R"({"story": "s", "script": [{"cut": "1->4"}]})") ==
        "x.json:1: $.script[0].cut: there is no node 4: nodes are 1 to 3");
  CHECK(line_for(R"({"story": "s", "expect": {"term": {"0": 1}}})") ==
        "x.json:1: $.expect.term.0: there is no node 0: nodes are 1 to 3");
  CHECK(line_for(R"({"story": "s", "start": {"99999999999999": {}}})").find("there is no node") !=
        std::string::npos);
}

TEST_CASE("a name is known from the step on that gave it") {
  CHECK(line_for(
            R"({"story": "s", "script": [{"until": "leader", "as": "olf"}, {"pause": "old"}]})") ==
        "x.json:1: $.script[1].pause: expected a node, 1 to 3, or a name that an earlier \"as\" "
        "gave; found \"old\"; the nearest is \"olf\"");
  CHECK(line_for(R"({"story": "s", "script": [{"expect": {"reply": {"w": "OK"}}}]})") ==
        "x.json:1: $.script[0].expect.reply.w: no earlier \"propose\" is named \"w\"");
  CHECK(parse(R"({"story": "s", "expect": {"role": {"a": "leader"}},
                  "script": [{"until": "leader", "as": "a"}]})"));
}

TEST_CASE("a step has one verb, and beside it only what belongs to it") {
  CHECK(line_for(R"({"story": "s", "script": [{"run": "1s", "heal": "all"}]})") ==
        "x.json:1: $.script[0]: a step has one verb, here are two: \"run\" and \"heal\"");
  CHECK(line_for(R"({"story": "s", "script": [{"run": "1s", "link": "1->2"}]})") ==
        "x.json:1: $.script[0].link: \"link\" cannot stand beside \"run\"");
  CHECK(line_for(R"({"story": "s", "script": [{"within": "1s"}]})") ==
        "x.json:1: $.script[0]: \"within\" stands beside no verb");
  CHECK(line_for(R"({"story": "s", "script": [{}]})")
            .ends_with("a step needs a verb, such as "
                       "\"run\" or \"expect\""));
  CHECK(line_for(R"({"story": "s", "script": [{"propose": ["SETT", "x", 1]}]})") ==
        "x.json:1: $.script[0].propose: expected a command of the store; it answers: ERR unknown "
        "command 'SETT', with args beginning with: 'x' '1' ");
  CHECK(line_for(R"({"story": "s", "script": [{"propose": []}]})").find("expected a command") !=
        std::string::npos);
}

TEST_CASE("bytes that are no JSON are refused with their line") {
  CHECK(line_for("") == "x.json: the file is empty; expected a scenario, a JSON object");
  CHECK(line_for(" \n\t") == "x.json: the file is empty; expected a scenario, a JSON object");
  CHECK(line_for(R"({"story": "s", "nodes": 3.5})") ==
        "x.json:1: $.nodes: expected an integer from 1 to 9, found 3.5");
  CHECK(line_for(R"({"story": "s", "nodes": 1e400})") ==
        "x.json:1: $.nodes: the number is beyond any range");
  CHECK(line_for(R"({"story": "s", "script": [{"cut": ["1->1"]}]})") ==
        "x.json:1: $.script[0].cut[0]: expected a link between two nodes, found \"1->1\"");
  CHECK(line_for("{\n\"story\": \"s\",\n}").starts_with("x.json:3: $: syntax error"));
  CHECK(line_for("{\"story\": \"s\"} x").starts_with("x.json:1: $: syntax error"));
  CHECK(line_for("{\"story\": \"\xff\"}").starts_with("x.json:1: $"));
  CHECK(line_for("{\"story\": \"a\nb\"}").starts_with("x.json:"));
  CHECK(line_for(std::string("\0\0\0", 3)).starts_with("x.json:1: $: syntax error"));
}

TEST_CASE("a key that stands twice is refused, at any depth") {
  CHECK(line_for("{\"story\": \"s\",\n\"story\": \"t\"}") ==
        "x.json:2: $: the key \"story\" stands here twice");
  CHECK(line_for(R"({"story": "s", "script": [{"expect": {"term": {"1": 1, "1": 2}}}]})") ==
        "x.json:1: $.script[0].expect.term: the key \"1\" stands here twice");
}

TEST_CASE("nesting without end is refused, not followed") {
  CHECK(line_for(std::string(100'000, '[')).find("nested deeper than 32 levels") !=
        std::string::npos);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK(line_for(objects).find("nested deeper than 32 levels") != std::string::npos);
}

TEST_CASE("numbers that are too large are refused, not rounded") {
  for (const char* number : {"99999999999999999999999", "18446744073709551615", "1e3", "1e999999",
                             "3.0", "-1", "-99999999999999999999999"}) {
    INFO(number);
    CHECK(line_for(fmt::format(R"({{"story": "s", "nodes": {}}})", number)).find("$.nodes") !=
          std::string::npos);
  }
}

TEST_CASE("options that fit no world are refused in a sentence") {
  CHECK(line_for(R"({"story": "s", "start": {"1": {"log": [3, 2]}}})") ==
        "x.json:1: $.start.1: the terms of its log go back");
  CHECK(line_for("{\"story\": \"s\",\n\"start\": {\n\"2\": {\"log\": [1], \"commit\": 2}}}") ==
        "x.json:3: $.start.2: its commit index is beyond its log");
  CHECK(line_for("{\"story\": \"s\",\n\"node\": {\"heartbeat_interval\": \"5s\"}}") ==
        "x.json:2: $.node: the election timeout is not longer than the heartbeat interval");
  CHECK(line_for(R"({"story": "s", "node": {"segment_bytes": 5}})")
            .starts_with("x.json:1: $.node: "));
}

TEST_CASE("no prefix of a scenario crashes the parser") {
  const std::string text = R"({"story":"s\u00e9","nodes":3,"network":{"loss":"1/400"},"script":[
    {"until":"leader","as":"a"},{"propose":["SET","x",1],"as":"w"},{"cut":["a->2","1<->*"]},
    {"until":{"role":{"a":"leader"}},"within":"1.5s"}],"expect":{"value":{"x":null}}})";
  REQUIRE(parse(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    CHECK(!parse(std::string_view{text}.substr(0, size)));
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = '7';
    const auto scenario = parse(changed);
    if (!scenario) CHECK(describe("x", scenario.error()).find('\n') == std::string::npos);
  }
}

}  // namespace
}  // namespace snowflk::sim::scenario
