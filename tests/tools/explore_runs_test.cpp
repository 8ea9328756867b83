// `sim explore --crash-points`, `--priorities` and `--forks` as a script sees them: what they find,
// that it stays the same whatever the jobs and however often they are cut off.
#include <filesystem>
#include <regex>
#include <string>

#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

/// The last line, without what a run costs.
std::string counts_of(const Ran& ran) {
  const auto lines = lines_of(ran.out);
  REQUIRE_FALSE(lines.empty());
  return std::regex_replace(lines.back(), std::regex{R"( (forks_per_)?cpu_s=[0-9.]+)"}, "");
}

/// A power cut anywhere after its first sync loses what it said was stored.
std::string lying_disk(const Scratch& scratch) {
  return scratch.file("lies.json", R"({"story": "One node, whose disk lies.", "nodes": 1,
    "duration": "1s", "script": [{"lie": 1}, {"run": "500ms"}]})");
}

/// In the order of their times its events never bring a second leader.
std::string calm(const Scratch& scratch) {
  return scratch.file("calm.json", R"({"story": "Nothing is broken: one leader is enough.",
    "duration": "4s", "expect": {"leaderships_max": 1}})");
}

/// Drawn worlds that mostly hold this expectation.
std::string rare(const Scratch& scratch) {
  return scratch.file("rare.json",
                      R"({"story": "No log is ever cut.", "swarm": true, "generator": 4,
    "duration": "1s", "expect": {"events_max": {"log_truncated": 0}}})");
}

/// What was found fails in the same way when it is run by itself, and its file is the same for all
/// numbers of jobs.
void check_finding(const Scratch& scratch, const std::string& explore, const std::string& file,
                   int exit, const std::string& property) {
  CAPTURE(explore);
  const Ran one = snowflk(scratch, "sim explore " + explore + " --save none");
  CHECK(one.exit == exit);
  CHECK(contains(one.out, property + " does not hold: "));
  CHECK(contains(one.out, "to repeat it: snowflk sim run " + file));
  // What a run expects at its end is no part of a schedule: nothing can make that small.
  const bool shrinks = property != "expectation";
  CHECK(contains(one.out, "to make it small: snowflk sim shrink " + file) == shrinks);
  const std::string written = read_whole(scratch.path(file));
  const Ran two = snowflk(scratch, "sim explore " + explore + " --save none --jobs 2");
  CHECK(two.exit == exit);
  CHECK(counts_of(two) == counts_of(one));
  CHECK(read_whole(scratch.path(file)) == written);
  const Ran again = snowflk(scratch, "sim run " + file);
  CHECK(again.exit == exit);
  CHECK(contains(again.out, "property=" + property));
}

TEST_CASE("crash points find what a disk forgets, by trying all subsets") {
  const Scratch scratch;
  CHECK(snowflk(scratch, "sim run " + lying_disk(scratch)).exit == 0);
  check_finding(scratch, "--crash-points lies.json", "snowflk-lies-seed1.crash.json", 4,
                "convergence");
}

TEST_CASE("priorities find what comes only of another order of events") {
  const Scratch scratch;
  CHECK(snowflk(scratch, "sim run " + calm(scratch) + " --seeds 1..100").exit == 0);
  check_finding(scratch, "--priorities calm.json --budget-runs 100",
                "snowflk-calm-seed1.priorities.json", 3, "expectation");
}

TEST_CASE("forks find what follows from a rare state of a run that passes") {
  const Scratch scratch;
  CHECK(snowflk(scratch, "sim run " + rare(scratch) + " --seeds 1..5").exit == 0);
  check_finding(scratch, "--forks rare.json --budget-runs 200", "snowflk-rare-seed4.forks.json", 3,
                "expectation");
}

TEST_CASE("crash points of a run that is right: up to twelve sectors all subsets, of more some") {
  const Scratch scratch;
  scratch.file("short.json", R"({"story": "A short world.", "duration": "400ms"})");
  const Ran all = snowflk(scratch, "sim explore --crash-points short.json --jobs 2 --save none");
  CHECK(all.exit == 0);
  CHECK(contains(counts_of(all), "sampled=0 drawn=0"));
  CHECK(contains(counts_of(all), "complete=yes violations=0"));
  const Ran some =
      snowflk(scratch, "sim explore --crash-points short.json --choices 2 --samples 5");
  CHECK(some.exit == 0);
  CHECK_FALSE(contains(counts_of(some), "sampled=0"));
  CHECK(contains(counts_of(some), "complete=yes violations=0"));
  CHECK_FALSE(std::filesystem::exists(scratch.path("snowflk-explore-crash-points.search")));
}

TEST_CASE("priorities print their depth bound and its probability") {
  const Scratch scratch;
  calm(scratch);
  scratch.file("plain.json", R"({"story": "A plain world.", "nodes": 3, "duration": "1s"})");
  const Ran ran = snowflk(scratch,
                          "sim explore --priorities plain.json --budget-runs 5 --depth 2 "
                          "--steps 100 --save none");
  CHECK(ran.exit == 0);
  CHECK(contains(ran.out, "within the window, drawn for each seed, an order of 2 events"));
  CHECK(contains(ran.out, "at least 1/(31 * 100^1) = 0.00032 in each run"));
  CHECK(contains(lines_of(ran.out).back(), "runs=5 failed=0"));
  CHECK(contains(lines_of(ran.out).back(), "d=2 k=100 n=31 p=0.00032"));
}

/// In two parts, the second with other jobs, as in one.
void check_resumed(const std::string& strategy, const std::string& budgets) {
  CAPTURE(strategy);
  const Scratch scratch;
  scratch.file("plain.json", R"({"story": "A plain world.", "nodes": 3, "duration": "400ms"})");
  std::istringstream of{budgets};
  std::string first;
  std::string second;
  std::string whole;
  of >> first >> second >> whole;
  const std::string begin = "sim explore " + strategy + " plain.json --budget-runs ";
  const Ran part = snowflk(scratch, begin + first + " --save kept");
  CHECK(contains(part.out, "to go on: snowflk sim explore " + strategy + " --resume kept"));
  const Ran rest = snowflk(scratch, "sim explore " + strategy + " --resume kept --budget-runs " +
                                        second + " --jobs 2 --save none");
  const Ran once = snowflk(scratch, begin + whole + " --save none");
  CHECK(counts_of(rest) == counts_of(once));
}

TEST_CASE("a strategy that is stopped goes on as if it had not been") {
  check_resumed("--crash-points", "16 24 40");
  check_resumed("--priorities", "7 13 20");
  check_resumed("--forks", "165 660 825");  // 5 and 20 families: within a batch of 16, and over it
}

TEST_CASE("what a killed search has done is kept") {
  const Scratch scratch;
  const std::string begin = "sim explore --priorities --seed 1 --save ";
  static_cast<void>(snowflk(scratch, begin + "kept --budget-runs 1000000",
                            "& pid=$!; while [ ! -e kept ]; do sleep 0.1; done; kill -9 $pid"));
  const std::string kept = read_whole(scratch.path("kept"));
  std::smatch next;
  REQUIRE(std::regex_search(kept, next, std::regex{R"("next":([0-9]+))"}));
  const unsigned long done = std::stoul(next[1].str()) - 1;
  REQUIRE(done > 0);
  const Ran rest =
      snowflk(scratch, "sim explore --priorities --resume kept --budget-runs 10 --save none");
  const Ran once =
      snowflk(scratch, begin + "none --jobs 2 --budget-runs " + std::to_string(done + 10));
  CHECK(rest.exit == 0);
  CHECK(counts_of(rest) == counts_of(once));
}

TEST_CASE("a kept search that is damaged is refused, whatever is wrong with it") {
  for (const std::string strategy : {"--crash-points", "--priorities", "--forks"}) {
    const Scratch scratch;
    scratch.file("plain.json", R"({"story": "A plain world.", "nodes": 3, "duration": "400ms"})");
    snowflk(scratch, "sim explore " + strategy + " plain.json --budget-runs 8 --save kept");
    const std::string kept = read_whole(scratch.path("kept"));
    const std::regex member{R"re("(\w+)":("(?:[^"\\]|\\.)*"|[0-9]+|\[[^\]]*\]))re"};
    unsigned members = 0;
    for (auto at = std::sregex_iterator{kept.begin(), kept.end(), member};
         at != std::sregex_iterator{}; ++at, ++members) {
      for (const std::string wrong : {"-3", "1.5", "{}", "[\"x\"]", "null", "many"}) {
        const std::string key = (*at)[1];
        CAPTURE(strategy, key, wrong);
        std::string bad = kept;
        // More points than there are is one that only crash points can tell.
        const bool is_many = wrong == "many";
        if (is_many && (strategy != "--crash-points" || key != "next")) continue;
        bad.replace(static_cast<std::size_t>(at->position(2)), (*at)[2].str().size(),
                    is_many ? "1000000000000000000" : wrong);
        scratch.file("bad", bad);
        const Ran ran = snowflk(
            scratch, "sim explore " + strategy + " --resume bad --budget-runs 8 --save none");
        CHECK(ran.exit == 1);
        CHECK(lines_of(ran.err).size() == 1);
        CHECK(ran.err.starts_with("snowflk: bad: "));
      }
    }
    CHECK(members > 9);
  }
}

TEST_CASE("what was found and cannot be written is told all the same, with its own exit code") {
  const Scratch scratch;
  calm(scratch);
  scratch.file("taken", "");
  const Ran ran =
      snowflk(scratch, "sim explore --priorities calm.json --budget-runs 100 --found taken");
  CHECK(ran.exit == 3);
  CHECK(contains(ran.err, "taken/snowflk-calm-seed1.priorities.json: cannot be written"));
  CHECK(contains(ran.out, "expectation does not hold: "));
  CHECK(contains(ran.out,
                 "it could not be written as a scenario: seed 1 of calm.json, with "
                 "\"priorities\": {"));
  CHECK(contains(counts_of(ran), "failed=1"));
  const Ran made =
      snowflk(scratch, "sim explore --priorities calm.json --budget-runs 100 --found new/one");
  CHECK(made.exit == 3);
  CHECK(std::filesystem::exists(scratch.path("new/one/snowflk-calm-seed1.priorities.json")));
}

TEST_CASE("a crash point or a fork that never comes is told: the run shows nothing of it") {
  const Scratch scratch;
  const auto with = [&](const std::string& detour, const std::string& why) {
    CAPTURE(detour);
    scratch.file("far.json", R"({"story": "Far.", "nodes": 3, "duration": "1s", )" + detour + "}");
    const Ran one = snowflk(scratch, "sim run far.json");
    CHECK(one.exit == 0);
    CHECK(contains(one.out, "the run shows nothing here: " + why));
    CHECK(contains(lines_of(one.out).back(), "verdict=pass seed=1 missed=1 "));
    CHECK(contains(snowflk(scratch, "sim run far.json --seeds 1..2").out, "seed=2 missed=1 "));
    CHECK(contains(snowflk(scratch, "sim run far.json --json").out, R"("missed":")" + why));
  };
  with(R"("crash_point": {"event": 1000000, "node": 1, "at": "after write"})",
       "its crash_point is at event 1000000, and the run has ");
  with(R"("crash_point": {"event": 2, "node": 1, "at": "after unlink"})",
       "its crash_point is after unlink of n1 in event 2, and no such effect was there");
  with(R"("forks": [{"event": 10, "seed": 1}, {"event": 1000000, "seed": 1}])",
       "it has a fork after event 1000000, and the run has ");

  // Who must fail, and does, has shown what it is there for.
  scratch.file("fails.json", R"({"story": "Fails.", "nodes": 3, "verdict": "safety", "script": [
    {"until": "leader", "as": "first"}, {"lie": "all"}, {"propose": ["SET", "x", "1"], "as": "w"},
    {"until": "answered"}, {"power_cut": "all", "unsynced": "lost"}, {"restart": "all"},
    {"run": "2s"}], "forks": [{"event": 1000000, "seed": 1}]})");
  const Ran fails = snowflk(scratch, "sim run fails.json");
  CHECK(fails.exit == 0);
  CHECK_FALSE(contains(fails.out, "missed"));
}

TEST_CASE("a search that a signal stops has no verdict, and is kept") {
  for (const std::string strategy : {"priorities", "forks", "crash-points"}) {
    for (const std::string signal : {"TERM", "INT"}) {
      CAPTURE(strategy, signal);
      const Scratch scratch;
      const std::string budget = strategy == "crash-points" ? "" : " --budget 10m";
      const std::string file = "snowflk-explore-" + strategy + ".search";
      // A shell's own background job would not hear SIGINT.
      const Ran ran = run_program(scratch,
                                  "timeout --preserve-status -s " + signal +
                                      " 1.5 " SNOWFLK_BINARY_DIR "/bin/snowflk sim explore --" +
                                      strategy + budget,
                                  "");
      CHECK(ran.exit == 8);
      CHECK(contains(ran.out, "stopped: by a signal\n"));
      CHECK(contains(ran.out, "to go on: snowflk sim explore --" + strategy + " --resume " + file));
      CHECK(std::filesystem::exists(scratch.path(file)));
    }
  }
}

TEST_CASE("what the strategies cannot do is said in a line") {
  const Scratch scratch;
  const auto refused = [&](const std::string& arguments, const std::string& why) {
    check_refused(scratch, "sim explore " + arguments, why);
  };
  lying_disk(scratch);
  refused("--priorities", "it never ends by itself");
  refused("--forks", "it never ends by itself");
  refused("--priorities --budget soon", "--budget: expected a duration such as 60s");
  refused("--priorities --budget-runs 1 --window wide", "--window: expected a duration");
  refused("--priorities --budget-runs 1 --depth 99", "--depth");
  refused("--priorities --budget-runs 1 --seed x", "--seed");
  refused("--priorities --forks", "--priorities");
  refused("--forks lies.json --budget-runs 1", "has a script");
  refused("--crash-points nowhere.json", "nowhere.json");
  refused("--crash-points --choices 21", "--choices");
  refused("--forks --resume " + scratch.file("text", "{}") + " --budget-runs 1",
          "it is no search by forks that was kept");
}

}  // namespace
}  // namespace snowflk::testing
