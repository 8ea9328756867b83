// `snowflk sim bisect` and `sim replay --at` as a script sees them; and that a fault that no run
// may show is caught by running twice, and named.
#include <string>

#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

const std::string kScenario = SNOWFLK_SOURCE_DIR "/scenarios/election/isolated_leader.json";

TEST_CASE("a run is equal to itself in another process, and the chain files of both are the same") {
  const Scratch scratch;
  const Ran equal = snowflk(scratch, "sim bisect " + kScenario + " --seed 3");
  INFO(equal.err);
  CHECK(equal.exit == 0);
  CHECK(lines_of(equal.out).back().starts_with("verdict=equal events="));
  for (const std::string file : {"a", "b"}) {
    CHECK(snowflk(scratch, "sim run " + kScenario + " --seed 3 --chain " + file).exit == 0);
  }
  CHECK(read_whole(scratch.path("a")) == read_whole(scratch.path("b")));
  CHECK(snowflk(scratch, "sim bisect a b").exit == 0);
  CHECK(snowflk(scratch, "sim bisect a").exit == 0);
  CHECK(snowflk(scratch, "sim replay a").exit == 0);
  const Ran json = snowflk(scratch, "sim bisect a b --json");
  CHECK(json.out.starts_with(R"({"equal":true,"events":)"));
}

TEST_CASE("files that cannot be compared are refused, with what is wrong") {
  const Scratch scratch;
  REQUIRE(snowflk(scratch, "sim run " + kScenario + " --seed 3 --chain a").exit == 0);
  REQUIRE(snowflk(scratch, "sim run " + kScenario + " --seed 4 --chain b").exit == 0);
  REQUIRE(snowflk(scratch, "sim run " + kScenario + " --seed 3 --trace t").exit == 0);
  scratch.file("empty", "");
  scratch.file("text", "hello\n");
  const auto refused = [&](const std::string& arguments, const std::string& why) {
    const Ran ran = snowflk(scratch, arguments);
    INFO(arguments << ": " << ran.err);
    CHECK(ran.exit == 1);
    CHECK(contains(ran.err, why));
  };
  refused("sim bisect a b", "runs of two seeds: 3 and 4");
  refused("sim bisect a t", "one is a chain file, the other a trace");
  refused("sim bisect a empty", "empty: the file is empty");
  refused("sim bisect a text", "text: neither a chain file nor a trace");
  refused("sim bisect a missing", "missing: No such file");
  refused("sim bisect a --with missing", "missing");
  refused("sim bisect missing", "snowflk: missing: No such file or directory\n");
  refused("sim bisect text", "snowflk: text: neither a scenario, nor a trace, nor a chain file\n");
  refused("sim bisect " + kScenario + " --with /bin/true",
          "snowflk: /bin/true: it leaves no chain file: no build of snowflk");
  refused("sim bisect t --seed 4", "t: it was recorded with seed 3: --seed is of a scenario");
  refused("sim replay t --seed 4 --at 10",
          "t: it was recorded with seed 3: --seed is of a scenario");
  refused("sim replay a --seed 4 --at 10",
          "a: it was recorded with seed 3: --seed is of a scenario");
  refused("sim replay " + kScenario,
          "expected a trace, a failure or a chain file; of a scenario "
          "say --at, --walk or --chain, or sim run");
  refused("sim run " + kScenario + " --seeds 1..2 --chain a", "--chain is for one seed");
  refused("sim replay a --chain c --window 7..3", "--window: expected events");
  refused("sim replay t --at 99999999", "there is no event 99999999: the run has events 1 to ");
  refused("sim replay t --at soon", "expected an event (4711), a time (1.203s), or steps");
}

TEST_CASE("of two chain files that differ the event between their checkpoints is looked for") {
  const Scratch scratch;
  REQUIRE(snowflk(scratch, "sim run " + kScenario + " --seed 3 --chain a").exit == 0);
  std::string other = read_whole(scratch.path("a"));
  const std::size_t state = other.rfind("\"state\":\"") + 9;
  other[state] = other[state] == '0' ? '1' : '0';
  scratch.file("b", other);
  const Ran ran = snowflk(scratch, "sim bisect a b");
  CHECK(ran.exit == 6);
  CHECK(contains(ran.out, "run again 32 times, it does not differ there"));
  CHECK(lines_of(ran.out).back().starts_with("verdict=different between=1.."));
  CHECK(snowflk(scratch, "sim replay b").exit == 9);
}

TEST_CASE("of two traces the first line that differs is named by its field") {
  const Scratch scratch;
  REQUIRE(snowflk(scratch, "sim run " + kScenario + " --seed 3 --trace a").exit == 0);
  std::string other = read_whole(scratch.path("a"));
  const std::string granted = "\"vote_granted\":true";
  const std::size_t at = other.find(granted);
  REQUIRE(at != std::string::npos);
  other.replace(at, granted.size(), "\"vote_granted\":false");
  scratch.file("b", other);
  const Ran ran = snowflk(scratch, "sim bisect a b");
  CHECK(ran.exit == 6);
  CHECK(contains(ran.out, "vote_granted"));
  CHECK(contains(ran.out, "    A: true"));
  CHECK(contains(ran.out, "    B: false"));
}

TEST_CASE("a trace that was cut short in a line ends before it") {
  const Scratch scratch;
  const std::string run = "sim run " SNOWFLK_SOURCE_DIR "/scenarios/election/isolated_leader.json";
  REQUIRE(snowflk(scratch, run + " --seed 7 --trace whole").exit == 0);
  const std::string whole = read_whole(scratch.path("whole"));
  const std::size_t line = whole.find("\n{\"i\":66,");
  REQUIRE(line != std::string::npos);
  scratch.file("cut", whole.substr(0, line + 20));
  const Ran compared = snowflk(scratch, "sim bisect whole cut");
  CHECK(compared.exit == 6);
  CHECK(contains(compared.out, "event 66 at "));
  CHECK(contains(compared.out, "A: goes on\n    B: has ended"));
}

TEST_CASE("the world is shown at events and times, and to and fro") {
  const Scratch scratch;
  REQUIRE(snowflk(scratch, "sim run " + kScenario + " --seed 7 --trace t").exit == 0);
  const Ran one = snowflk(scratch, "sim replay t --at 200 --at 0.3s");
  INFO(one.out << one.err);
  CHECK(one.exit == 0);
  CHECK(contains(one.out, "event 200 at "));
  CHECK(contains(one.out, "leader"));
  CHECK(contains(one.out, "links that are cut"));
  scratch.file("steps", "200\n+1\n-1\nnowhere\n0.3s\nq\n5\n");
  const Ran walk = snowflk(scratch, "sim replay t --walk", "<steps");
  CHECK(walk.exit == 0);
  CHECK(contains(walk.out, "event 201 at "));
  CHECK(contains(walk.err, "found \"nowhere\""));
  CHECK_FALSE(contains(walk.out, "event 5 at "));
  const Ran same = snowflk(scratch, "sim replay " + kScenario + " --seed 7 --at 200 --json");
  CHECK(contains(same.out, R"({"event":200,)"));
  const Ran state = snowflk(scratch, "sim replay t --at 200 --state");
  CHECK(contains(state.out, "n2.node.raft.commit_index = "));
}

}  // namespace
}  // namespace snowflk::testing
