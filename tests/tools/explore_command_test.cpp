// `snowflk sim explore` as a script sees it: what it prints, what it keeps, exit codes.
#include <filesystem>
#include <string>

#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

const std::string kSmall = "sim explore --exhaustive --terms 2 --entries 1";
const std::string kOfSmall = "states=12975 transitions=37210 depth=26 complete=yes violations=0";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("an exhaustive search ends in its counts, whatever the jobs") {
  const Scratch scratch;
  const Ran one = snowflk(scratch, kSmall);
  CHECK(one.exit == 0);
  CHECK(lines_of(one.out).back() == kOfSmall);
  CHECK(contains(one.err, "states a second"));
  const Ran two = snowflk(scratch, kSmall + " --jobs 2");
  CHECK(two.exit == 0);
  CHECK(two.out == one.out);
  const Ran json = snowflk(scratch, kSmall + " --json");
  CHECK(lines_of(json.out).size() == 1);
  CHECK(contains(json.out, R"("states":12975,"transitions":37210,"depth":26,"complete":true)"));
}

TEST_CASE("a search that stops is kept, and ends as if it had not stopped") {
  const Scratch scratch;
  const Ran stopped = snowflk(scratch, kSmall + " --budget-states 5000 --save kept");
  CHECK(stopped.exit == 8);
  CHECK(contains(stopped.out, "stopped: the budget of 5000 states is spent"));
  CHECK(contains(stopped.out, "to go on: snowflk sim explore --exhaustive --resume kept"));
  CHECK(contains(lines_of(stopped.out).back(), "complete=no violations=0"));
  const Ran resumed = snowflk(scratch, "sim explore --exhaustive --resume kept --jobs 2");
  CHECK(resumed.exit == 0);
  CHECK(lines_of(resumed.out).back() == kOfSmall);

  const Ran full = snowflk(scratch, kSmall + " --memory 1MiB --save none");
  CHECK(full.exit == 8);
  CHECK(contains(full.out, "stopped: the search holds the 1MiB that --memory allows"));
  CHECK_FALSE(contains(full.out, "to go on"));
}

TEST_CASE("what explore cannot do is said in a line") {
  const Scratch scratch;
  const auto refused = [&](const std::string& arguments, const std::string& why) {
    check_refused(scratch, "sim explore " + arguments, why);
  };
  refused("", "--exhaustive");
  refused("--exhaustive --nodes 9", "bounds: nodes: expected 2 to 5, found 9");
  refused("--exhaustive --memory 4", "--memory: expected a size such as 4GiB");
  refused("--exhaustive --terms x", "--terms");
  refused("--exhaustive --resume nowhere", "nowhere: cannot be read");
  refused("--exhaustive --resume nowhere --terms 3", "cannot be given");
  refused("--exhaustive --budget soon", "--budget: expected a duration such as 60s");
  refused("--exhaustive --resume " + scratch.file("text", "this is no search"),
          "it is no search that was stopped");
}

TEST_CASE("an option that a strategy does not have is refused, and one that a kept search has") {
  const Scratch scratch;
  const auto refused = [&](const std::string& arguments, const std::string& why) {
    check_refused(scratch, "sim explore " + arguments, why);
  };
  const std::string of_runs = "that is of --priorities, --crash-points, --forks";
  refused("--exhaustive --terms 1 --entries 1 --budget 5s --seed 4 --forks-per-seed 3",
          "--exhaustive has no --seed: " + of_runs);
  refused("--exhaustive --budget-runs 5", "--exhaustive has no --budget-runs: " + of_runs);
  refused("--exhaustive swarm", "--exhaustive has no SCENARIO: " + of_runs);
  refused("--exhaustive --window 2s", "--exhaustive has no --window: that is of --priorities");
  refused("--forks --budget-states 5", "--forks has no --budget-states: that is of --exhaustive");
  refused("--forks --no-symmetry", "--forks has no --no-symmetry: that is of --exhaustive");
  refused("--priorities --choices 3 --budget 1s",
          "--priorities has no --choices: that is of --crash-points");
  const auto kept = [](const std::string& option) {
    return "--resume: " + option + " is that of the search that was kept, and cannot be given";
  };
  refused("--priorities --resume p --depth 7 --seed 99 swarm", kept("SCENARIO"));
  refused("--priorities --resume p --depth 7 --budget-runs 1", kept("--depth"));
  refused("--crash-points --resume c --seed 9 --choices 3", kept("--seed"));
  refused("--crash-points --resume c --choices 3", kept("--choices"));
  refused("--forks --resume f --forks-per-seed 3", kept("--forks-per-seed"));
  refused("--exhaustive --resume e --old-messages", kept("--old-messages"));
}

TEST_CASE("a budget of CPU time stops an exhaustive search, which is kept") {
  const Scratch scratch;
  const Ran stopped = snowflk(scratch, kSmall + " --budget 1ms");
  CHECK(stopped.exit == 8);
  CHECK(contains(stopped.out, "stopped: the budget of 1ms is spent"));
  CHECK(contains(stopped.out, "--resume snowflk-explore-exhaustive.search"));
  const Ran rest = snowflk(
      scratch, "sim explore --exhaustive --resume snowflk-explore-exhaustive.search --budget 10m");
  CHECK(rest.exit == 0);
  CHECK(lines_of(rest.out).back() == kOfSmall);
  CHECK_FALSE(std::filesystem::exists(scratch.path("snowflk-explore-exhaustive.search")));
}

TEST_CASE("an exhaustive search that is killed has been kept, and that costs little") {
  const Scratch scratch;
  const Ran killed = snowflk(scratch, "sim explore --exhaustive --terms 3 --entries 2 --save kept",
                             "& pid=$!; while [ ! -e kept ]; do sleep 0.1; done; kill -9 $pid");
  const Ran rest = snowflk(scratch, "sim explore --exhaustive --resume kept --budget-states 1");
  CHECK(rest.exit == 8);
  CHECK(contains(lines_of(rest.out).back(), "complete=no violations=0"));
  CHECK_FALSE(lines_of(rest.out).back().starts_with("states=1 "));
}

TEST_CASE("a kept search is not written over, by itself or another, nor anything else") {
  const Scratch scratch;
  const auto stays = [&](const std::string& arguments, const std::string& file,
                         const std::string& why = "another search or something else, which stays") {
    CAPTURE(arguments);
    const std::string before = read_whole(scratch.path(file));
    REQUIRE_FALSE(before.empty());
    const Ran ran = snowflk(scratch, "sim explore " + arguments + " --save " + file);
    CHECK(ran.exit == 1);
    CHECK(lines_of(ran.err).size() == 1);
    CHECK(contains(ran.err, file + ": there is " + why));
    CHECK(read_whole(scratch.path(file)) == before);
  };
  scratch.file("notes", "mine");
  scratch.file("world.json", R"({"story": "A world.", "nodes": 3, "duration": "400ms"})");
  const std::string exhaustive = "--exhaustive --terms 1 --budget-states 9";
  const std::string priorities = "--priorities world.json --budget-runs 2";
  const std::string crashes = "--crash-points world.json --budget-runs 8";
  const std::string forks = "--forks world.json --budget-runs 2";
  std::string file = "kept-0";
  for (const std::string& own : {exhaustive, priorities, crashes, forks}) {
    file.back() = static_cast<char>(file.back() + 1);
    snowflk(scratch, "sim explore " + own + " --save " + file);
    stays(own, file, "this very search, as far as it has come");
    for (const std::string& other : {exhaustive, priorities, crashes, forks}) {
      if (other != own) stays(other, file);
    }
    stays(own, "notes");
  }
  stays("--exhaustive --terms 2", "kept-1");
  stays("--priorities world.json --budget-runs 2 --depth 4", "kept-2");
  stays("--crash-points world.json --budget-runs 8 --seed 3", "kept-3");
  stays("--forks --budget-runs 2", "kept-4");
  // What is gone on with stays in its place.
  const Ran on = snowflk(scratch, "sim explore --priorities --resume kept-2 --budget-runs 3");
  CHECK(contains(on.out, "--resume kept-2\nruns=5 "));
}

}  // namespace
}  // namespace snowflk::testing
