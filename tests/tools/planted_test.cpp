// Builds with a fault planted in them (tests/planted): what no run may show is caught by running
// twice, and named; what may be added moves nothing.
#include <string>

#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

const std::string kScenario = SNOWFLK_SOURCE_DIR "/scenarios/election/isolated_leader.json";
const std::string kSwarm = SNOWFLK_SOURCE_DIR "/scenarios/swarm/everything.json";

Ran planted(const Scratch& scratch, const std::string& name, const std::string& arguments) {
  return run_program(scratch, SNOWFLK_BINARY_DIR "/tests/snowflk_planted_" + name, arguments);
}

TEST_CASE("a campaign that runs every seed twice catches an uninitialised read") {
  const Scratch scratch;
  const Ran ran =
      planted(scratch, "uninitialised_timeout", "sim swarm --seeds 1..30 --twice 1 --failures .");
  INFO(ran.out << ran.err);
  CHECK(ran.exit == 6);
  CHECK(contains(ran.out, "verdict=nondeterminism"));
  CHECK(contains(ran.out, "the first event and field that differ: snowflk sim bisect "));
}

TEST_CASE("a campaign that runs every seed twice catches an order by addresses") {
  const Scratch scratch;
  const Ran ran = planted(scratch, "pointer_order", "sim swarm --seeds 1..30 --twice 1");
  INFO(ran.out << ran.err);
  CHECK(ran.exit == 6);
  CHECK(contains(ran.out, "verdict=nondeterminism"));
}

TEST_CASE("an uninitialised read is caught by running twice, and named") {
  const Scratch scratch;
  const Ran named = planted(scratch, "uninitialised_read", "sim bisect " + kScenario + " --seed 3");
  INFO(named.out << named.err);
  CHECK(named.exit == 6);
  CHECK(contains(named.out, ".node.raft.leader_heard_at"));
  // It becomes a leader in the event that is named.
  const std::string last = lines_of(named.out).back();
  REQUIRE(last.starts_with("verdict=different event="));
  const std::string event = last.substr(last.rfind('=') + 1);
  const Ran shown = planted(scratch, "uninitialised_read",
                            "sim replay " + kScenario + " --seed 3 --at " + event + " --json");
  CHECK(contains(shown.out, R"("k":"became_leader")"));
}

TEST_CASE("an uninitialised read that decides when something happens is named by that effect") {
  const Scratch scratch;
  const Ran named =
      planted(scratch, "uninitialised_timeout", "sim bisect " + kScenario + " --seed 3");
  INFO(named.out << named.err);
  CHECK(named.exit == 6);
  CHECK((contains(named.out, "  effects: deadline") ||
         contains(named.out, ".node.raft.election_deadline")));
}

TEST_CASE("an order by addresses is caught by running twice, and named") {
  const Scratch scratch;
  const Ran named = planted(scratch, "pointer_order", "sim bisect " + kSwarm + " --seed 3");
  INFO(named.out << named.err);
  CHECK(named.exit == 6);
  CHECK(contains(named.out, "  effects: sends["));
}

TEST_CASE("another build is the other side, and what it does otherwise is named") {
  const Scratch scratch;
  const std::string other = SNOWFLK_BINARY_DIR "/tests/snowflk_planted_pointer_order";
  const Ran equal = snowflk(
      scratch, "sim bisect " + kScenario + " --seed 3 --with " SNOWFLK_BINARY_DIR "/bin/snowflk");
  CHECK(equal.exit == 0);
  const Ran named = snowflk(scratch, "sim bisect " + kSwarm + " --seed 3 --with " + other);
  INFO(named.out << named.err);
  CHECK(named.exit == 6);
  CHECK(contains(named.out, "  effects: sends["));
}

TEST_CASE("a draw more, from a stream of its own or at the end of one, moves no digest") {
  const Scratch scratch;
  const std::string seeds = "sim swarm --generator 1 --seeds 1..40 --twice 0";
  const auto verdicts_of = [](const Ran& ran) {
    std::vector<std::string> verdicts = lines_of(ran.out);
    std::erase_if(verdicts, [](const std::string& line) { return !line.starts_with("verdict="); });
    return verdicts;
  };
  const auto kept = verdicts_of(snowflk(scratch, seeds));
  const auto more = verdicts_of(planted(scratch, "extra_draw", seeds));
  CHECK(kept.size() == 40);
  CHECK(kept == more);
}

}  // namespace
}  // namespace snowflk::testing
