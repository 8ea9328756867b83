// What the strategies of `sim explore` find of a mutant, and what becomes of it.
#include <filesystem>
#include <regex>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

TEST_CASE("what priorities and forks find of a mutant is made small") {
  const Scratch scratch;
  const std::string mutant = SNOWFLK_BINARY_DIR "/tests/snowflk_planted_B27";
  for (const std::string strategy : {"forks --seed 300", "priorities --seed 700"}) {
    CAPTURE(strategy);
    const Ran found = run_program(scratch, mutant,
                                  "sim explore --" + strategy + " --budget-runs 1000 --save none");
    CHECK(found.exit == 3);
    CHECK(contains(found.out, "commit_restriction does not hold: "));
    std::smatch command;
    const std::regex to_shrink{"to make it small: snowflk (sim shrink [^\\n]+)"};
    REQUIRE(std::regex_search(found.out, command, to_shrink));
    const Ran small = run_program(scratch, mutant, command[1].str() + " --out small.json");
    CHECK(small.exit == 0);
    CHECK(run_program(scratch, mutant, "sim run small.json").exit == 3);
    CHECK(snowflk(scratch, "sim run small.json").exit == 0);
  }
}

// By hand its disks take less time: a node may wait there for what comes later than in the run, and
// is not to be woken for that.
TEST_CASE("of a failing seed sim explain says which classes of faults it needs, and until when") {
  const Scratch scratch;
  const std::string mutant = SNOWFLK_BINARY_DIR "/tests/snowflk_planted_B27";
  CHECK(run_program(scratch, mutant, "sim swarm --seeds 3..3").exit == 3);
  const Ran told = run_program(scratch, mutant, "sim explain snowflk-swarm-seed3.trace --jobs 2");
  CHECK(told.exit == 0);
  CHECK(contains(told.out, "commit_restriction does not hold: "));
  CHECK(contains(told.out, "class of faults      without it\n"));
  CHECK(contains(told.out, "fails alike\n"));
  CHECK(contains(told.out, "with these alone it fails alike: "));
  std::smatch counts;
  const std::regex counted{
      "classes=(\\d+) needed=(\\d+) enough=(\\d+) decided_at=([^ ]+) runs=\\d+\n$"};
  REQUIRE(std::regex_search(told.out, counts, counted));
  CHECK(std::stoi(counts[2].str()) > 0);
  CHECK(std::stoi(counts[3].str()) < std::stoi(counts[1].str()));
  const Ran json =
      run_program(scratch, mutant, "sim explain snowflk-swarm-seed3.trace --jobs 2 --json");
  const auto object = nlohmann::json::parse(json.out);
  CHECK(object["property"] == "commit_restriction");
  CHECK(object["classes"].size() == std::stoul(counts[1].str()));
  CHECK(object["enough"].size() == std::stoul(counts[3].str()));
  // No later than the failure, which is at 10.07 s.
  CHECK(object["decided_at_ns"] > 0);
  CHECK(object["decided_at_ns"] < 10'100'000'000);
}

// The search that was a schedule of 200 steps once: what is long there is a queue of requests.
TEST_CASE("failures of one mutant become small, whichever seed of the swarm finds them") {
  const Scratch scratch;
  const std::string mutant = SNOWFLK_BINARY_DIR "/tests/snowflk_planted_B27";
  scratch.file("any.json", R"({"story": "Any.", "swarm": true, "generator": 6})");
  for (const std::string seed : {"3", "25", "56", "155"}) {
    CAPTURE(seed);
    const Ran small = run_program(
        scratch, mutant, "sim shrink any.json --out small.json --jobs 2 --json --seed " + seed);
    CHECK(small.exit == 0);
    const auto object = nlohmann::json::parse(small.out);
    CHECK(object["minimal"] == true);
    CHECK(object["steps"].get<int>() <= 40);
    CHECK(object["faults"].get<int>() <= 10);
    CHECK(std::filesystem::file_size(scratch.path("small.json")) < 4096);
  }
}

TEST_CASE("of a run that an assertion ends all that came before it can be looked at") {
  const Scratch scratch;
  const std::string mutant = SNOWFLK_BINARY_DIR "/tests/snowflk_planted_B29";
  const Ran found = run_program(scratch, mutant, "sim swarm --seeds 2..2");
  CHECK(found.exit == 7);
  CHECK(contains(found.out, "every event of it: ./snowflk-swarm-seed2.trace "));
  CHECK(contains(found.out, "to make it small: snowflk sim shrink ./snowflk-swarm-seed2.trace\n"));
  CHECK(contains(found.out, "verdict=assertion seed=2 property=assertion\n"));
  const Ran shown = run_program(scratch, mutant, "sim replay snowflk-swarm-seed2.trace --at 100ms");
  CHECK(shown.exit == 0);
  std::smatch last;
  const std::regex end{"the run ends after event (\\d+): assertion failed: "};
  REQUIRE(std::regex_search(shown.err, last, end));
  CHECK(run_program(scratch, mutant, "sim replay snowflk-swarm-seed2.trace --at " + last[1].str())
            .exit == 0);
  CHECK(contains(run_program(scratch, mutant, "sim replay snowflk-swarm-seed2.trace --at 99s").err,
                 last[1].str() + " is the last event: the run has none after it"));
  const Ran twice = run_program(scratch, mutant, "sim bisect snowflk-swarm-seed2.trace");
  CHECK(twice.exit == 0);
  CHECK(contains(twice.out, "an assertion ends both, A after event " + last[1].str() +
                                ", B after event " + last[1].str() + "\n"));
  CHECK(contains(twice.out, "verdict=equal events=" + last[1].str() + "\n"));
}

TEST_CASE("a run of four seconds is told as a schedule") {
  const Scratch scratch;
  const std::string mutant = SNOWFLK_BINARY_DIR "/tests/snowflk_planted_B27";
  scratch.file("long.json",
               R"({"story": "Long.", "swarm": true, "generator": 4, "duration": "4s"})");
  for (const std::string seed : {"117", "195", "346"}) {
    CAPTURE(seed);
    const Ran small =
        run_program(scratch, mutant, "sim shrink long.json --seed " + seed + " --runs 40");
    CHECK(small.exit == 0);
    CHECK(contains(small.out, "shrunk nodes="));
  }
}

TEST_CASE("a signal stops sim shrink with a file that fails alike, and it goes on from there") {
  const Scratch scratch;
  const std::string mutant = SNOWFLK_BINARY_DIR "/tests/snowflk_planted_B27";
  scratch.file("long.json",
               R"({"story": "Long.", "swarm": true, "generator": 4, "duration": "4s"})");
  const Ran stopped = run_program(scratch, "timeout --preserve-status -s INT 1.5 " + mutant,
                                  "sim shrink long.json --seed 117 --out some.json");
  CHECK(stopped.exit == 8);
  CHECK(contains(stopped.out, "stopped: by a signal (snowflk sim shrink some.json goes on)\n"));
  CHECK(contains(stopped.out, "minimal=no"));
  CHECK(run_program(scratch, mutant, "sim run some.json").exit == 3);
  CHECK(run_program(scratch, mutant, "sim shrink some.json --out less.json --runs 40").exit == 0);
}

TEST_CASE("of what sim shrink calls minimal sim explain needs every step") {
  const Scratch scratch;
  const std::string mutant = SNOWFLK_BINARY_DIR "/tests/snowflk_planted_B50";
  CHECK(run_program(scratch, mutant, "sim swarm --seeds 2..2 --failures .").exit == 4);
  // What is a link stays one: the file goes where it leads.
  scratch.file("target.json", "before");
  std::filesystem::create_symlink("target.json", scratch.path("small.json"));
  const Ran small =
      run_program(scratch, mutant, "sim shrink snowflk-swarm-seed2.trace --out small.json");
  CHECK(contains(small.out, "minimal=yes"));
  CHECK(std::filesystem::is_symlink(scratch.path("small.json")));
  CHECK(contains(read_whole(scratch.path("target.json")), "whole_terms_skipped"));
  // What was shrunk is a schedule already, and is not told as another.
  const Ran again = run_program(scratch, mutant, "sim shrink small.json --out again.json");
  std::smatch before;
  std::smatch after;
  const std::regex events{" events=(\\d+) "};
  REQUIRE(std::regex_search(small.out, before, events));
  REQUIRE(std::regex_search(again.out, after, events));
  CHECK(before[1].str() == after[1].str());
  const Ran explained = run_program(scratch, mutant, "sim explain small.json");
  std::smatch counts;
  const std::regex counted{"steps=(\\d+) needed=(\\d+) "};
  REQUIRE(std::regex_search(explained.out, counts, counted));
  CHECK(counts[1].str() == counts[2].str());
}

TEST_CASE("what costs time alone, and breaks no promise of safety, is found in a few worlds") {
  const Scratch scratch;
  const std::pair<std::string, std::string> mutants[] = {{"B50", "whole_terms_skipped"},
                                                         {"S01", "undisturbed_leader"}};
  for (const auto& [mutant, property] : mutants) {
    CAPTURE(mutant);
    const Ran found = run_program(scratch, SNOWFLK_BINARY_DIR "/tests/snowflk_planted_" + mutant,
                                  "sim swarm --seeds 1..10 --failures none");
    CHECK(found.exit == 4);
    CHECK(contains(found.out, property + " does not hold: "));
  }
}

// Which of a leader's followers is ahead decides there, by their names.
TEST_CASE("a core that does not treat nodes alike is searched without taking them for one") {
  const Scratch scratch;
  const std::string mutant = SNOWFLK_BINARY_DIR "/tests/snowflk_planted_B43";
  const Ran found = run_program(scratch, mutant, "sim explore --exhaustive --nodes 3 --terms 2");
  CHECK(found.exit == 3);
  CHECK(contains(found.err, "this core does not treat them alike"));
  CHECK(contains(found.out, "symmetry=no"));
  CHECK(contains(found.out, "a shortest way to it has "));
  CHECK(run_program(scratch, mutant, "sim run snowflk-explore.json").exit == 3);
  CHECK(snowflk(scratch, "sim run snowflk-explore.json").exit == 0);
}

}  // namespace
}  // namespace snowflk::testing
