// `snowflk sim campaign run` as a scheduler sees it: directories, exit codes, and that a kill at
// any moment costs nothing but time.
#include <fcntl.h>
#include <signal.h>

#include <regex>
#include <thread>

#include "core/base/prng.hpp"
#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

namespace fs = std::filesystem;

/// It holds for the seeds in which node 1 is elected.
const std::string kSometimes = R"({"story": "Node 1 leads.", "nodes": 3,
  "script": [{"until": "leader", "as": "a"}], "expect": {"leader": 1}})";
const std::string kAlways = R"({"story": "Somebody leads.", "nodes": 3,
  "script": [{"until": "leader", "as": "a"}]})";

/// Without what a clock said.
std::string timeless(const std::string& text) {
  static const std::regex kTimes{R"x("(wall_ns|begun_s)":[0-9]+)x"};
  return std::regex_replace(text, kTimes, R"x("$1":0)x");
}

/// What the results and traces below `directory` hold, by their paths.
std::map<std::string, std::string> kept(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator{directory}) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || name == "lock" || name == "state.json") continue;
    files[fs::relative(entry.path(), directory).string()] =
        timeless(read_whole(entry.path().string()));
  }
  return files;
}

/// The command, started and not waited for.
class Started {
 public:
  Started(const Scratch& scratch, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), SNOWFLK_BINARY_DIR "/bin/snowflk");
    std::vector<char*> words;
    for (std::string& each : arguments) words.push_back(each.data());
    words.push_back(nullptr);
    const std::string directory = scratch.path("");
    int begun[2];
    REQUIRE(::pipe2(begun, O_CLOEXEC) == 0);
    process_ = ::fork();
    REQUIRE(process_ >= 0);
    if (process_ > 0) {
      ::close(begun[1]);
      char nothing = 0;  // The pipe ends when the command has taken our place.
      while (::read(begun[0], &nothing, 1) < 0 && errno == EINTR) {
      }
      ::close(begun[0]);
      return;
    }
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, STDOUT_FILENO);
    ::dup2(nothing, STDERR_FILENO);
    if (::chdir(directory.c_str()) == 0) ::execv(words[0], words.data());
    ::_exit(127);
  }
  void kill(int signal) const { ::kill(process_, signal); }
  /// Its exit code, or 128 and the signal that ended it.
  int wait() const {
    int status = 0;
    REQUIRE(::waitpid(process_, &status, 0) == process_);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t process_ = -1;
};

TEST_CASE("a campaign without failures is a pass, and is not run again") {
  const Scratch scratch;
  scratch.file("always.json", kAlways);
  const std::string line = "sim campaign run always.json --seeds 1..100 --name a --jobs 2";
  const Ran first = snowflk(scratch, line);
  CHECK(first.exit == 0);
  CHECK(first.err.empty());
  CHECK(
      first.out.starts_with("campaign=a shard=0/1 seeds=100 passed=100 failed=0 twice=5 events="));
  const auto before = kept(scratch.path("campaigns"));
  REQUIRE(before.contains("a/shard-00000-of-00001/results.ndjson"));
  const Ran second = snowflk(scratch, line);
  CHECK(second.exit == 0);
  CHECK(kept(scratch.path("campaigns")) == before);
}

TEST_CASE("a campaign that finds failures ends with 42, tells each, and keeps traces of some") {
  const Scratch scratch;
  scratch.file("sometimes.json", kSometimes);
  const Ran ran = snowflk(scratch, "sim campaign run sometimes.json --seeds 1..40 --name b");
  CHECK(ran.exit == 42);
  CHECK(contains(ran.out, "expectation does not hold: $.expect.leader (line 2): "));
  CHECK(contains(ran.out, "to repeat it: snowflk sim run sometimes.json --seed "));
  const auto files = kept(scratch.path("campaigns/b/shard-00000-of-00001"));
  CHECK(files.size() == 5);  // the results and four traces: all failures are of one kind
  for (const auto& [name, text] : files) {
    if (!name.starts_with("fail-")) continue;
    const Ran replayed = snowflk(scratch, "sim replay campaigns/b/shard-00000-of-00001/" + name);
    CHECK(replayed.exit == 3);
  }
  const auto lines = lines_of(files.at("results.ndjson"));
  CHECK(contains(lines[1], R"("signature":"safety/expectation")"));

  const Ran fast =
      snowflk(scratch, "sim campaign run sometimes.json --seeds 1..40 --name c --fail-fast");
  CHECK(fast.exit == 42);
  CHECK(contains(lines_of(fast.out).back(), " failed=1 "));
  CHECK(contains(lines_of(fast.out).back(), " not_run="));
  const Ran more =
      snowflk(scratch, "sim campaign run sometimes.json --seeds 1..40 --name c --max-failures 3");
  CHECK(contains(lines_of(more.out).back(), " failed=3 "));
  const Ran rest = snowflk(scratch, "sim campaign run sometimes.json --seeds 1..40 --name c");
  CHECK(rest.exit == 42);
  CHECK(!contains(rest.out, " not_run="));
  auto resumed = kept(scratch.path("campaigns/c/shard-00000-of-00001"));
  auto& results = resumed.at("results.ndjson");
  results.replace(results.find(R"("campaign":"c")"), 14, R"("campaign":"b")");
  CHECK(resumed == files);
}

TEST_CASE(
    "the shards of a campaign are its seeds, each once, and a seed gives what it gives alone") {
  const Scratch scratch;
  scratch.file("sometimes.json", kSometimes);
  std::string together;
  u64 seeds = 0;
  for (const char* shard : {"0/3", "1/3", "2/3"}) {
    const Ran ran =
        snowflk(scratch, std::string{"sim campaign run sometimes.json --seeds 11..60 "} +
                             "--json --shard " + shard);
    CHECK(ran.exit == 42);
    auto lines = lines_of(ran.out);
    const auto ran_seeds = lines.back().find("\"seeds\":");
    REQUIRE(ran_seeds != std::string::npos);
    seeds += std::stoull(lines.back().substr(ran_seeds + 8));
    lines.pop_back();
    for (const std::string& line : lines) {
      together += line.substr(0, line.find("\"so_far\"")).substr(0, line.find(",\"file\"")) + "\n";
    }
  }
  CHECK(seeds == 50);
  const Ran whole = snowflk(scratch, "sim campaign run sometimes.json --seeds 11..60 --json");
  auto lines = lines_of(whole.out);
  lines.pop_back();
  std::string alone;
  for (const std::string& line : lines) alone += line.substr(0, line.find(",\"file\"")) + "\n";
  CHECK(!alone.empty());
  CHECK(together == alone);
}

TEST_CASE("a campaign that is killed again and again ends with the bytes of one that was not") {
  const Scratch scratch;
  scratch.file("sometimes.json", kSometimes);
  const std::vector<std::string> arguments{"sim",     "campaign", "run",    "sometimes.json",
                                           "--seeds", "1..900",   "--name", "k",
                                           "--jobs",  "2",        "--out",  "killed"};
  Prng prng{20, 0, 0};
  int kills = 0;
  int exit = -1;
  while (exit < 0) {
    const Started started{scratch, arguments};
    // What it does at the moment of the kill is drawn: start, runs, a trace, a line. Longer and
    // longer, so that it ends on a machine of any speed.
    const u64 after_us = prng.below(40'000 + static_cast<u64>(kills) * 2'000);
    std::this_thread::sleep_for(std::chrono::microseconds{after_us});
    started.kill(kills % 5 == 4 ? SIGTERM : SIGKILL);
    const int status = started.wait();
    kills += 1;
    const bool stopped = status == 128 + SIGKILL || status == 128 + SIGTERM || status == 8;
    if (!stopped) exit = status;
  }
  CHECK(exit == 42);
  CHECK(kills > 5);
  auto unkilled = arguments;
  unkilled.back() = "unkilled";
  CHECK(Started{scratch, unkilled}.wait() == 42);
  CHECK(kept(scratch.path("killed")) == kept(scratch.path("unkilled")));
}

TEST_CASE("every prefix of a results file is gone on from, and gives the same file again") {
  const Scratch scratch;
  scratch.file("sometimes.json", kSometimes);
  const std::string line = "sim campaign run sometimes.json --seeds 1..70 --name p";
  REQUIRE(snowflk(scratch, line).exit == 42);
  const std::string path = scratch.path("campaigns/p/shard-00000-of-00001/results.ndjson");
  const std::string whole = read_whole(path);
  Prng prng{7, 0, 0};
  for (int trial = 0; trial < 12; ++trial) {
    const std::size_t bytes = trial == 0 ? 0 : prng.below(whole.size());
    std::ofstream{path, std::ios::binary | std::ios::trunc} << whole.substr(0, bytes);
    INFO("cut to " << bytes << " bytes");
    CHECK(snowflk(scratch, line).exit == 42);
    CHECK(timeless(read_whole(path)) == timeless(whole));
  }
}

TEST_CASE("SIGTERM stops a campaign with 8, between two of its lines, and nothing is run twice") {
  const Scratch scratch;
  const std::vector<std::string> arguments{"sim",       "campaign", "run", "--seeds",
                                           "1..100000", "--name",   "t"};
  const Started started{scratch, arguments};
  const std::string directory = scratch.path("campaigns/t/shard-00000-of-00001/");
  while (lines_of(read_whole(directory + "results.ndjson")).size() < 2) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  started.kill(SIGTERM);
  CHECK(started.wait() == 8);
  const std::string state = read_whole(directory + "state.json");
  CHECK(contains(state, "\"so_far\":{\"ran\":"));
  const Ran again =
      snowflk(scratch, "sim campaign run --seeds 1..100000 --name t --budget 1us --json");
  CHECK(again.exit == 8);
  const std::string so_far = state.substr(state.find("\"passed\""));
  CHECK(contains(again.out, so_far.substr(0, so_far.find(",\"wall_ns\""))));
  // What is merged is all that was run, not what the last line of results says.
  const auto seeds = again.out.find("\"seeds\":") + 8;
  const std::string ran = again.out.substr(seeds, again.out.find(',', seeds) - seeds);
  const Ran merged = snowflk(scratch, "sim campaign merge campaigns");
  CHECK(merged.exit == 8);
  CHECK(contains(lines_of(merged.out).back(), " seeds=" + ran + " "));
}

TEST_CASE("what is no campaign's, or another's, is refused and left as it is") {
  const Scratch scratch;
  scratch.file("always.json", kAlways);
  const std::string line = "sim campaign run always.json --name r --seeds ";
  REQUIRE(snowflk(scratch, line + "1..70").exit == 0);
  const std::string path = scratch.path("campaigns/r/shard-00000-of-00001/results.ndjson");
  const std::string whole = read_whole(path);

  const Ran other = snowflk(scratch, line + "1..71");
  CHECK(other.exit == 1);
  CHECK(contains(other.err, "results.ndjson: holds results of seeds 1..70, not 1..71\n"));
  scratch.file("always.json", kSometimes);
  CHECK(contains(snowflk(scratch, line + "1..70").err, "holds results of scenario always.json"));
  CHECK(read_whole(path) == whole);
  scratch.file("always.json", kAlways);

  std::string rotten = whole;
  rotten[rotten.find("so_far") + 2] = 'x';
  std::ofstream{path, std::ios::binary} << rotten;
  const Ran refused = snowflk(scratch, line + "1..70");
  CHECK(refused.exit == 1);
  CHECK(contains(refused.err, "results.ndjson:2: this is no line of a campaign's results\n"));
  CHECK(read_whole(path) == rotten);

  // Without an end of line, and still somebody's: what is ours is known by how it begins.
  const std::string notes = "my precious notes, no newline";
  std::ofstream{path, std::ios::binary} << notes;
  const Ran foreign = snowflk(scratch, line + "1..70");
  CHECK(foreign.exit == 1);
  CHECK(contains(foreign.err, "results.ndjson:1: this is no campaign's results\n"));
  CHECK(read_whole(path) == notes);
  for (const std::size_t bytes : {3UL, 40UL, 100UL}) {
    std::ofstream{path, std::ios::binary} << whole.substr(0, bytes);
    CHECK(snowflk(scratch, line + "1..70").exit == 0);
    CHECK(timeless(read_whole(path)) == timeless(whole));
  }
}

TEST_CASE("a trace that the disk does not take leaves nothing behind") {
  const Scratch scratch;
  scratch.file("sometimes.json", kSometimes);
  // The results are small, a trace is not.
  const Ran ran = run_program(scratch,
                              "ulimit -f 16; trap '' XFSZ; " SNOWFLK_BINARY_DIR
                              "/bin/snowflk sim campaign run sometimes.json --count 5 "
                              "--name f",
                              "");
  CHECK(ran.exit == 42);
  CHECK(contains(ran.err, "File too large"));
  for (const auto& [name, text] : kept(scratch.path("campaigns"))) {
    CAPTURE(name);
    CHECK(name == "f/shard-00000-of-00001/results.ndjson");
  }
}

TEST_CASE("two processes do not work on one shard") {
  const Scratch scratch;
  const Started first{scratch, {"sim", "campaign", "run", "--seeds", "1..100000", "--name", "l"}};
  const std::string path = scratch.path("campaigns/l/shard-00000-of-00001/results.ndjson");
  while (read_whole(path).empty()) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  const Ran second = snowflk(scratch, "sim campaign run --seeds 1..100000 --name l");
  CHECK(second.exit == 2);
  CHECK(contains(second.err, "another process works on this shard"));
  first.kill(SIGTERM);
  CHECK(first.wait() == 8);
}

TEST_CASE("a campaign's options that mean nothing are refused in a sentence") {
  const Scratch scratch;
  for (const char* arguments : {"--shard 4/4",
                                "--shard 1",
                                "--shard x/2",
                                "--shards 3",
                                "--shards 0",
                                "--seeds 5..1",
                                "--seeds 1..10 --shard 0/11",
                                "--name ../x",
                                "--twice 1/3",
                                "--twice 2",
                                "--budget soon",
                                "--seeds 1..5 --count 5",
                                "--count 0",
                                "nowhere.json",
                                "--mode mild",
                                "--generator 1 --mode lite",
                                "x.json --mode lite",
                                "--fail-fast --max-failures 2",
                                "--count -3",
                                "--max-failures 0",
                                "--max-failures many"}) {
    const Ran ran = snowflk(scratch, std::string{"sim campaign run --out o "} + arguments);
    INFO(arguments << ": " << ran.err);
    CHECK(ran.exit == 1);
    CHECK(lines_of(ran.err).size() == 1);
    CHECK(ran.err.size() < 200);
    CHECK(!fs::exists(scratch.path("o")));
  }
}

TEST_CASE("a place that cannot be written is the environment's fault") {
  const Scratch scratch;
  scratch.file("file", "");
  const Ran ran = snowflk(scratch, "sim campaign run --seeds 1..2 --out file");
  CHECK(ran.exit == 2);
  CHECK(lines_of(ran.err).size() == 1);
}

}  // namespace
}  // namespace snowflk::testing
