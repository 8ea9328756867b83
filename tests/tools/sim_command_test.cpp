// `snowflk sim run`, `swarm` and `replay` as a script sees them: output, files, exit codes.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

const std::string kScenarios = SNOWFLK_SOURCE_DIR "/scenarios/";
const std::string kIsolated = kScenarios + "election/isolated_leader.json";
/// What is expected at its end can never be.
const std::string kImpossible = R"({"story": "Nobody leads.", "nodes": 3,
  "script": [{"until": "leader", "as": "a"}], "expect": {"leader": 0}})";

TEST_CASE("a run ends in its verdict line, and the same seed in the same one") {
  const Scratch scratch;
  const Ran first = snowflk(scratch, "sim run " + kIsolated + " --seed 7");
  const Ran second = snowflk(scratch, "sim run " + kIsolated + " --seed 7");
  CHECK(first.exit == 0);
  CHECK(first.err.empty());
  CHECK(first.out == second.out);
  const std::string last = lines_of(first.out).back();
  CHECK(last.starts_with("verdict=pass seed=7 events="));
  CHECK(contains(last, " virtual_s="));
  const auto digest = last.find(" digest=");
  REQUIRE(digest != std::string::npos);
  CHECK(last.size() - digest - 8 == 32);
  const Ran other = snowflk(scratch, "sim run " + kIsolated + " --seed 8");
  CHECK(lines_of(other.out).back() != last);
}

TEST_CASE("the story of an isolated leader tells what the paper calls it") {
  const Scratch scratch;
  const Ran ran = snowflk(scratch, "sim run " + kIsolated + " --seed 7 --legend");
  CHECK(contains(ran.out, "is elected: leads term 1"));
  CHECK(contains(ran.out, "steps down as leader of term 1: no majority answers it"));
  CHECK(contains(ran.out, "votes for n"));
  CHECK(contains(ran.out, "removes its entries from"));
  CHECK(contains(ran.out, "virtual time since the run began"));
  CHECK(!contains(ran.out, "\x1b"));
}

TEST_CASE("--json gives one object a seed and nothing else") {
  const Scratch scratch;
  const Ran ran = snowflk(scratch, "sim run " + kIsolated + " --seeds 1..3 --jobs 2 --json");
  CHECK(ran.exit == 0);
  const auto lines = lines_of(ran.out);
  REQUIRE(lines.size() == 3);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    CHECK(lines[at].starts_with("{\"seed\":" + std::to_string(at + 1) + ","));
    CHECK(lines[at].ends_with("}"));
    for (const char* key :
         {"verdict", "property", "events", "virtual_ns", "wall_ns", "digest", "repro"}) {
      CHECK(contains(lines[at], std::string{"\""} + key + "\":"));
    }
  }
}

TEST_CASE("several seeds end in a summary, and a seed alone gives what it gives among others") {
  const Scratch scratch;
  const Ran many = snowflk(scratch, "sim run " + kIsolated + " --seeds 5..8 --jobs 2");
  CHECK(many.exit == 0);
  const auto lines = lines_of(many.out);
  REQUIRE(lines.size() == 5);
  CHECK(lines.back().starts_with("seeds=4 passed=4 failed=0 events="));
  CHECK(contains(lines.back(), " events_per_s="));
  const Ran one = snowflk(scratch, "sim run " + kIsolated + " --seed 7");
  CHECK(lines_of(one.out).back() == lines[2]);
}

TEST_CASE("a run that fails says what, leaves a file, and names the command that repeats it") {
  const Scratch scratch;
  const std::string file = scratch.file("impossible.json", kImpossible);
  const Ran ran = snowflk(scratch, "sim run impossible.json --seed 3");
  CHECK(ran.exit == 3);
  CHECK(contains(ran.out, "expectation does not hold: $.expect.leader (line 2): "));
  CHECK(contains(ran.out, "to repeat it: snowflk sim run impossible.json --seed 3\n"));
  CHECK(lines_of(ran.out).back().starts_with("verdict=safety seed=3 property=expectation "));
  const std::string trace = scratch.path("snowflk-impossible-seed3.trace");
  REQUIRE(std::filesystem::exists(trace));

  const Ran replayed = snowflk(scratch, "sim replay " + trace);
  CHECK(replayed.exit == 3);
  CHECK(lines_of(replayed.out).back() == lines_of(ran.out).back());

  const Ran none = snowflk(scratch, "sim run impossible.json --seeds 4..5 --failures none");
  CHECK(none.exit == 3);
  CHECK(!std::filesystem::exists(scratch.path("snowflk-impossible-seed4.trace")));
  CHECK(lines_of(none.out).back().starts_with("seeds=2 passed=0 failed=2 "));
}

TEST_CASE("what does not come in time is a violation of liveness") {
  const Scratch scratch;
  scratch.file("never.json", R"({"story": "Cut apart, nobody can lead.", "script": [
    {"cut": ["1<->2", "1<->3", "2<->3"]}, {"until": "leader", "within": "2s"}]})");
  const Ran ran = snowflk(scratch, "sim run never.json --failures none");
  CHECK(ran.exit == 4);
  CHECK(
      contains(ran.out, "until does not hold: $.script[1] (line 2): not within 2s: no node leads"));
}

TEST_CASE("a trace is replayed event by event, and the first one that differs is named") {
  const Scratch scratch;
  REQUIRE(snowflk(scratch, "sim run " + kIsolated + " --seed 7 --trace t.trace").exit == 0);
  CHECK(snowflk(scratch, "sim run t.trace").err ==
        "snowflk: t.trace: a trace, not a scenario: snowflk sim replay t.trace runs it again\n");
  const Ran same = snowflk(scratch, "sim replay t.trace");
  CHECK(same.exit == 0);
  CHECK(lines_of(same.out).back().starts_with("verdict=pass seed=7 "));

  auto lines = lines_of(read_whole(scratch.path("t.trace")));
  REQUIRE(lines.size() > 100);
  CHECK(lines[0].starts_with("{\"schema\":\"snowflk.trace/1\",\"build\":"));
  CHECK(lines[1].starts_with("{\"i\":1,\"c\":0,\"t\":0,"));
  CHECK(lines.back().starts_with("{\"verdict\":\"pass\""));
  const auto t = lines[50].find("\"t\":");
  REQUIRE(t != std::string::npos);
  lines[50].insert(t + 4, "1");
  std::string changed;
  for (const std::string& line : lines) changed += line + "\n";
  scratch.file("changed.trace", changed);
  const Ran diverged = snowflk(scratch, "sim replay changed.trace");
  CHECK(diverged.exit == 9);
  CHECK(contains(diverged.out, "the first event that differs: recorded event 50 at "));
  CHECK(lines_of(diverged.out).back() == "verdict=diverged seed=7");
}

TEST_CASE("explain tells a step that decides from one that others need") {
  const Scratch scratch;
  scratch.file("s.json", R"({"story": "s", "heal": false, "by_hand": ["timers", "messages"],
    "script": [{"until": "idle"}, {"campaign": 1}, {"deliver": "pre_vote", "link": "1->2"},
               {"note": "n", "expect": {"role": {"1": "leader"}}}]})");
  const Ran ran = snowflk(scratch, "sim explain s.json");
  CHECK(ran.exit == 0);
  CHECK(contains(ran.out, "   2  cannot go on     {\"campaign\": 1}\n"));
  CHECK(contains(ran.out,
                 "   3  fails alike      {\"deliver\": \"pre_vote\", \"link\": \"1->2\"}\n"));
  CHECK(contains(ran.out, R"(   4  passes           {"expect":{"role":{"1":"leader"}}})"));
  CHECK(lines_of(ran.out).back().starts_with("steps=4 needed=1 cannot_go_on_without=2 faults=0 "));
  CHECK(contains(snowflk(scratch, "sim explain s.json --json").out,
                 R"("without":"cannot go on","fault":false)"));
  scratch.file("m.json", R"({"story": "s", "script": [{"deliver": "ping"}]})");
  const Ran mistaken = snowflk(scratch, "sim explain m.json");
  CHECK(mistaken.exit == 1);
  CHECK(contains(mistaken.err, "nothing of the core fails: $.script[0] (line 1): "));
}

TEST_CASE("--history writes what clients saw, for whoever judges histories") {
  const Scratch scratch;
  const Ran ran = snowflk(scratch, "sim run " + kIsolated + " --seed 7 --history h.ndjson");
  CHECK(ran.exit == 0);
  CHECK(ran.out == snowflk(scratch, "sim run " + kIsolated + " --seed 7").out);
  const Ran judged = snowflk(scratch, "sim check h.ndjson");
  CHECK(judged.exit == 0);
  CHECK(judged.out.starts_with("verdict=linearizable operations="));
  CHECK(!contains(judged.out, "operations=0 "));
  CHECK(snowflk(scratch, "sim run " + kIsolated + " --seed 7 --json --history j.ndjson").exit == 0);
  CHECK(read_whole(scratch.path("j.ndjson")) == read_whole(scratch.path("h.ndjson")));
  CHECK(snowflk(scratch, "sim run " + kIsolated + " --history /dev/full").exit == 2);
  CHECK(snowflk(scratch, "sim run " + kIsolated + " --history -").exit == 1);
  CHECK(snowflk(scratch, "sim run " + kIsolated + " --seeds 1..2 --history h").exit == 1);
}

TEST_CASE("--tla writes the actions of the specification, of a run that is the same without") {
  const Scratch scratch;
  const Ran plain = snowflk(scratch, "sim run " + kIsolated + " --seed 7");
  const Ran ran = snowflk(scratch, "sim run " + kIsolated + " --seed 7 --tla t.ndjson --trace t");
  CHECK(ran.exit == 0);
  CHECK(ran.out == plain.out);
  CHECK(snowflk(scratch, "sim replay t").exit == 0);
  const std::string whole = read_whole(scratch.path("t.ndjson"));
  CHECK(whole.starts_with("{\"schema\":\"snowflk.tla/1\",\"Server\":[1,2,3],"));
  for (const char* action : {"Timeout", "BecomeLeader", "ClientRequest", "AdvanceCommitIndex"}) {
    CHECK(contains(whole, std::string{"\"action\":\""} + action + "\""));
  }
  const Ran json = snowflk(scratch, "sim run " + kIsolated + " --seed 7 --json --tla j.ndjson");
  CHECK(lines_of(json.out).size() == 1);
  CHECK(read_whole(scratch.path("j.ndjson")) == whole);
  CHECK(snowflk(scratch, "sim run " + kIsolated + " --tla /dev/full").exit == 2);
  CHECK(snowflk(scratch, "sim run " + kIsolated + " --tla -").exit == 1);
  CHECK(snowflk(scratch, "sim run " + kIsolated + " --seeds 1..2 --tla t").exit == 1);
}

TEST_CASE("what is no trace is refused in one line") {
  const Scratch scratch;
  REQUIRE(snowflk(scratch, "sim run " + kIsolated + " --seed 7 --trace t.trace").exit == 0);
  const std::string whole = read_whole(scratch.path("t.trace"));
  const std::vector<std::string> wrong{
      "",
      "\n",
      "{}",
      "[]",
      "x",
      std::string(100'000, '['),
      std::string(1000, '\0'),
      R"({"schema":"snowflk.trace/9"})",
      R"({"schema":7})",
      whole.substr(0, 300),
      R"({"schema":"snowflk.trace/1","build":"b","generator":1,"scenario":"s",)"
      R"("scenario_hash":"00","seed":1,"scenario_text":"{}"})"};
  for (const std::string& text : wrong) {
    scratch.file("wrong.trace", text);
    const Ran ran = snowflk(scratch, "sim replay wrong.trace");
    INFO(text.substr(0, 80));
    CHECK(ran.exit == 1);
    CHECK(lines_of(ran.err).size() == 1);
    CHECK(ran.out.empty());
  }
}

TEST_CASE("a wrong scenario or command line gets one line and exit code 1") {
  const Scratch scratch;
  scratch.file("key.json", "{\"story\": \"s\",\n \"nodez\": 3}");
  scratch.file("deep.json", std::string(100'000, '['));
  scratch.file("empty.json", "");
  const std::vector<std::string> wrong{"sim run key.json",
                                       "sim run deep.json",
                                       "sim run empty.json",
                                       "sim run nowhere.json",
                                       "sim run .",
                                       "sim run",
                                       "sim run " + kIsolated + " --seed x",
                                       "sim run " + kIsolated + " --seed 1 --seeds 1..2",
                                       "sim run " + kIsolated + " --seeds 5..1",
                                       "sim run " + kIsolated + " --seeds 0..18446744073709551615",
                                       "sim run " + kIsolated + " --seeds 1..2 --trace t",
                                       "sim run " + kIsolated + " --jobs 0",
                                       "sim run " + kIsolated + " --sed 1",
                                       "sim swarm",
                                       "sim swarm --seeds 1..2 --budget soon",
                                       "sim",
                                       "smi run",
                                       ""};
  for (const std::string& arguments : wrong) {
    const Ran ran = snowflk(scratch, arguments);
    INFO(arguments << "\n" << ran.err);
    CHECK(ran.exit == 1);
    CHECK(lines_of(ran.err).size() == 1);
    CHECK(ran.err.starts_with("snowflk: "));
    CHECK(ran.out.empty());
  }
  CHECK(snowflk(scratch, "smi run").err ==
        "snowflk: snowflk has no command \"smi\"; the nearest is \"sim\" (see --help)\n");
  CHECK(snowflk(scratch, "sim swam").err ==
        "snowflk: sim has no command \"swam\"; the nearest is \"swarm\" (see --help)\n");
  CHECK(snowflk(scratch, "sim run key.json").err ==
        "snowflk: key.json:2: $.nodez: a scenario has no such key; the nearest is \"nodes\"\n");
}

TEST_CASE("what is read is not written over, nor one output by another") {
  const Scratch scratch;
  const std::string text = R"({"story": "s", "nodes": 1, "script": [{"until": "leader"}]})";
  scratch.file("s.json", text);
  const auto refused = [&](const std::string& words, const std::string& sentence) {
    INFO(words);
    const Ran ran = snowflk(scratch, words);
    CHECK(ran.exit == 1);
    CHECK(ran.err == "snowflk: " + sentence + "\n");
    CHECK(read_whole(scratch.path("s.json")) == text);
  };
  refused("sim run s.json --seed 1 --trace ./s.json",
          "--trace: ./s.json is what is read, and would be lost");
  refused("sim run s.json --seed 1 --trace t --history ./t",
          "--history: ./t is the file of --trace too");
  refused("sim replay s.json --chain s.json", "--chain: s.json is what is read, and would be lost");
  refused("sim shrink s.json --out s.json", "--out: s.json is what is read, and would be lost");
  refused("sim check s.json --export knossos --to s.json",
          "--to: s.json is what is read, and would be lost");
  CHECK(snowflk(scratch, "sim run s.json --seed 1 --trace t --history h").exit == 0);
}

TEST_CASE("sim shrink has as many jobs as other commands may have") {
  const Scratch scratch;
  for (const std::string jobs : {"0", "1025", "99999"}) {
    const Ran ran = snowflk(scratch, "sim shrink any.json --jobs " + jobs);
    CHECK(ran.exit == 1);
    CHECK(contains(ran.err, "--jobs"));
  }
}

TEST_CASE("a disk that is full is an error, a reader that leaves is none") {
  const Scratch scratch;
  CHECK(snowflk(scratch, "version", ">/dev/full").exit == 2);
  CHECK(snowflk(scratch, "--help", ">/dev/full").exit == 2);
  CHECK(snowflk(scratch, "sim run " + kIsolated + " --trace /dev/full").exit == 2);
  CHECK(snowflk(scratch, "sim run " + kIsolated + " --trace /nowhere/t").exit == 2);
  const Ran ran = snowflk(scratch, "sim run " + kIsolated + " --seeds 1..40", "| head -n 1");
  CHECK(ran.exit == 0);
  CHECK(ran.err.empty());
  CHECK(lines_of(ran.out).size() == 1);
}

TEST_CASE("the swarm runs random worlds, the same as its scenario file does") {
  const Scratch scratch;
  const Ran swarm = snowflk(scratch, "sim swarm --seeds 1..3 --jobs 2");
  CHECK(swarm.exit == 0);
  const Ran file = snowflk(scratch, "sim run " + kScenarios + "swarm/everything.json --seeds 1..3");
  auto of_swarm = lines_of(swarm.out);
  auto of_file = lines_of(file.out);
  REQUIRE(of_swarm.size() == 7);  // two lines a seed: what was drawn, and the verdict
  REQUIRE(of_file.size() == 7);
  of_swarm.pop_back();
  of_file.pop_back();
  CHECK(of_swarm == of_file);
}

TEST_CASE("a budget that is spent stops a campaign before its verdict") {
  const Scratch scratch;
  const Ran ran = snowflk(scratch, "sim swarm --seeds 1..100000 --budget 1ms");
  CHECK(ran.exit == 8);
  CHECK(contains(lines_of(ran.out).back(), " not_run="));
}

TEST_CASE("a ledger that cannot be written is told before anything is run") {
  const Scratch scratch;
  const Ran ran = snowflk(scratch, "sim swarm --seeds 1..1000000 --ledger no/where");
  CHECK(ran.exit == 2);
  CHECK(ran.err == "snowflk: no/where: No such file or directory\n");
  CHECK(ran.out.empty());
}

TEST_CASE("a swarm that a signal stops tells what it has seen, and has no verdict") {
  const Scratch scratch;
  for (const std::string signal : {"INT", "TERM"}) {
    const Ran ran = run_program(scratch,
                                "timeout --preserve-status -s " + signal +
                                    " 1.5 " SNOWFLK_BINARY_DIR
                                    "/bin/snowflk sim swarm --seeds 1..1000000 --ledger l",
                                "");
    CHECK(ran.exit == 8);
    CHECK(contains(lines_of(ran.out).back(), " not_run="));
    CHECK(contains(read_whole(scratch.path("l")), "\"pairs\""));
    std::filesystem::remove(scratch.path("l"));
  }
}

TEST_CASE("the name of a failure's file says once what it is of") {
  const Scratch scratch;
  const auto leaves = [&](const std::string& name, int seed, const std::string& trace) {
    CAPTURE(name, seed);
    scratch.file(name, kImpossible);
    CHECK(snowflk(scratch, "sim run " + name + " --seed " + std::to_string(seed)).exit == 3);
    CHECK(std::filesystem::exists(scratch.path(trace)));
  };
  leaves("fig8.json", 1, "snowflk-fig8-seed1.trace");
  leaves("snowflk-fig8-seed1.min.json", 1, "snowflk-fig8-seed1.min.trace");
  // Another run has another file.
  leaves("snowflk-fig8-seed1.min.json", 2, "snowflk-fig8-seed1.min-seed2.trace");
  leaves("snowflk-fig8-seed1.min.json", 12, "snowflk-fig8-seed1.min-seed12.trace");
  leaves("snowflk-fig8-seed12.min.json", 1, "snowflk-fig8-seed12.min-seed1.trace");
  leaves("fig8-seed1.json", 1, "snowflk-fig8-seed1-seed1.trace");
}

TEST_CASE("bash completes commands and options") {
  const Scratch scratch;
  const Ran ran = snowflk(scratch, "completion",
                          "> completion.bash; cd " + scratch.path("") +
                              R"( && bash -c 'source completion.bash
    COMP_WORDS=(snowflk sim re); COMP_CWORD=2; _snowflk; echo "${COMPREPLY[@]}"
    COMP_WORDS=(snowflk sim run x.json --see); COMP_CWORD=4; _snowflk; echo "${COMPREPLY[@]}"')");
  CHECK(ran.exit == 0);
  CHECK(ran.out == "replay\n--seed --seeds\n");
}

TEST_CASE("--help lists the exit codes") {
  const Scratch scratch;
  const Ran ran = snowflk(scratch, "--help");
  CHECK(ran.exit == 0);
  for (const char* code : {"  0  pass", "  3  ", "  9  "}) CHECK(contains(ran.out, code));
  CHECK(snowflk(scratch, "sim run --help").exit == 0);
}

TEST_CASE("a mistake of a script is told by file and place, with the code of a wrong scenario") {
  Scratch scratch;
  scratch.file("s.json", R"({"story": "s", "script": [{"deliver": "request_vote"}]})");
  const Ran ran = snowflk(scratch, "sim run s.json");
  CHECK(ran.exit == 1);
  CHECK(ran.out.find("s.json: $.script[0] (line 1): no such message waits") != std::string::npos);
  CHECK(ran.out.find("verdict=mistake") != std::string::npos);
  CHECK(!std::filesystem::exists(scratch.path("snowflk-s-seed1.trace")));
}

TEST_CASE("swarm says of each seed what was drawn and what came") {
  Scratch scratch;
  const Ran text = snowflk(scratch, "sim swarm --seeds 1..4 --failures none");
  CHECK(text.exit == 0);
  for (const std::string seed : {"1", "2", "3", "4"}) {
    CHECK(text.out.find("faults seed=" + seed + ": mode=swarm nodes=") != std::string::npos);
  }
  CHECK(text.out.find("; came: ") != std::string::npos);
  const Ran quiet = snowflk(scratch, "sim swarm --seeds 1..4 --failures none --quiet");
  CHECK(quiet.exit == 0);
  CHECK(quiet.out.starts_with("seeds=4 passed=4 failed=0 "));
  CHECK(lines_of(quiet.out).size() == 1);
  const Ran json = snowflk(scratch, "sim swarm --seeds 1..2 --json --failures none");
  for (const std::string& line : lines_of(json.out)) {
    CHECK(line.find(R"("faults":{"nodes":)") != std::string::npos);
    CHECK(line.find(R"("loss_ppm":)") != std::string::npos);
    CHECK(line.find(R"("came":{"loss":)") != std::string::npos);
  }
  scratch.file("s.json", R"({"story": "s", "swarm": true})");
  const Ran one = snowflk(scratch, "sim run s.json --seed 2");
  CHECK(one.out.find("drawn: nodes=") != std::string::npos);
  CHECK(one.out.find("came: ") != std::string::npos);
}

TEST_CASE("the command that repeats a seed of the swarm names its mode and its generator") {
  const Scratch scratch;
  const Ran lite = snowflk(scratch, "sim swarm --mode lite --seeds 3 --json");
  CHECK(contains(lite.out, R"("mode":"lite")"));
  CHECK(contains(lite.out, R"("repro":"snowflk sim swarm --seeds 3..3 --mode lite")"));
  const Ran first = snowflk(scratch, "sim swarm --generator 1 --seeds 3 --json");
  CHECK(contains(first.out, R"("generator":1)"));
  CHECK(contains(first.out, R"("repro":"snowflk sim swarm --seeds 3..3 --generator 1")"));
  const Ran neither = snowflk(scratch, "sim swarm --generator 1 --mode lite --seeds 3");
  CHECK(neither.exit == 1);
  CHECK(neither.err == "snowflk: --generator: version 1 knows no mode \"lite\"\n");
  CHECK(snowflk(scratch, "sim swarm --generator 0 --seeds 3").exit == 1);
  CHECK(snowflk(scratch, "sim swarm --mode mild --seeds 3").exit == 1);
}

TEST_CASE("a trace of an older generator is replayed as that one drew") {
  const Scratch scratch;
  scratch.file("s.json", R"({"story": "s", "swarm": true, "generator": 1})");
  REQUIRE(snowflk(scratch, "sim run s.json --seed 5 --trace t --json").exit == 0);
  CHECK(snowflk(scratch, "sim replay t").exit == 0);
}

TEST_CASE("a replay judges the first line of its trace too") {
  Scratch scratch;
  scratch.file("s.json", R"({"story": "s", "script": [{"run": "100ms"}]})");
  REQUIRE(snowflk(scratch, "sim run s.json --trace t --json").exit == 0);
  const std::string trace = read_whole(scratch.path("t"));
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = trace;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    scratch.file("changed", text);
    return snowflk(scratch, "sim replay changed");
  };
  CHECK(snowflk(scratch, "sim replay t").exit == 0);
  const Ran loss = changed("\"loss_ppm\":0", "\"loss_ppm\":200000");
  CHECK(loss.exit == 1);
  CHECK(loss.err.find("line 1 is not that of its scenario and seed") != std::string::npos);
  CHECK(changed("\"nodes\":3", "\"nodes\":400").exit == 1);
  const Ran build = changed("\"build\":\"", "\"build\":\"other-");
  CHECK(build.exit == 0);
  CHECK(build.err.find("recorded by build other-") != std::string::npos);
  scratch.file("empty", "");
  CHECK(snowflk(scratch, "sim replay empty").err.find("is empty: this is no trace") !=
        std::string::npos);
}

TEST_CASE("an unknown flag is named, with the nearest that there is") {
  Scratch scratch;
  const Ran ran = snowflk(scratch, "sim run --sed 3 x");
  CHECK(ran.exit == 1);
  CHECK(ran.err.find("run has no option --sed; the nearest is \"--seed\"") != std::string::npos);
}

TEST_CASE("a trace goes into a file, and a device is no scenario") {
  Scratch scratch;
  scratch.file("s.json", R"({"story": "s"})");
  const Ran dash = snowflk(scratch, "sim run s.json --trace -");
  CHECK(dash.exit == 1);
  CHECK(!std::filesystem::exists(scratch.path("-")));
  const Ran zero = snowflk(scratch, "sim run /dev/zero");
  CHECK(zero.exit == 1);
  CHECK(zero.err.find("is a device") != std::string::npos);
}

TEST_CASE("a story of a scenario cannot write control bytes to a terminal, and is wrapped") {
  Scratch scratch;
  scratch.file("s.json", "{\"story\": \"" + std::string(60, 'a') + " \\u001b[2J " +
                             std::string(60, 'b') + "\"}");
  const Ran ran = snowflk(scratch, "sim run s.json");
  CHECK(ran.out.find('\x1b') == std::string::npos);
  CHECK(ran.out.find("\\x1b[2J") != std::string::npos);
  CHECK(lines_of(ran.out)[1].size() <= 100);
}

}  // namespace
}  // namespace snowflk::testing
