// The job files of tools/campaign, and campaigns under the variables of schedulers that are not
// here. Slurm is tried for real by slurm_campaign.sh.
#include <algorithm>

#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

namespace fs = std::filesystem;

const std::string kJobs = SNOWFLK_SOURCE_DIR "/tools/campaign/";
const std::string kSometimes = R"({"story": "Node 1 leads.", "nodes": 3,
  "script": [{"until": "leader", "as": "a"}], "expect": {"leader": 1}})";

const std::string kAlways = R"({"story": "Somebody leads.", "nodes": 3,
  "script": [{"until": "leader", "as": "a"}]})";

/// Runs `line` in a shell in the directory of `scratch`, with the command as $SNOWFLK.
Ran shell(const Scratch& scratch, const std::string& line) {
  return snowflk(scratch, "--version",
                 ">/dev/null; export SNOWFLK=" SNOWFLK_BINARY_DIR "/bin/snowflk; " + line);
}

/// The totals at the end of each shard's results, without times: "ran":..,"events":..
std::vector<std::string> totals_of(const std::string& directory) {
  std::vector<std::string> totals;
  for (const auto& entry : fs::recursive_directory_iterator{directory}) {
    if (entry.path().filename() != "results.ndjson") continue;
    const std::string last = lines_of(read_whole(entry.path().string())).back();
    const auto begin = last.find("\"so_far\"");
    REQUIRE(begin != std::string::npos);
    const auto wall = last.find("\"wall_ns\"");
    totals.push_back(last.substr(begin, wall - begin) + last.substr(last.find("\"digests\"")));
  }
  std::ranges::sort(totals);
  return totals;
}

TEST_CASE("GNU parallel runs a campaign's shards, and goes on with it when it is run again") {
  const Scratch scratch;
  scratch.file("sometimes.json", kSometimes);
  const std::string line = kJobs + "parallel.sh 3 sometimes.json --count 60 --name 'g'";
  const Ran first = shell(scratch, line + " --budget 20ms");
  CHECK((first.exit == 8 || first.exit == 42));
  const Ran whole = shell(scratch, line);
  INFO(whole.err);
  CHECK(whole.exit == 42);
  CHECK(contains(lines_of(whole.out).back(), "shards=3 done=3 seeds=60 "));
  CHECK(contains(read_whole(scratch.path("campaigns/report.html")), "sometimes.json"));
  for (const char* shard : {"0/3", "1/3", "2/3"}) {
    snowflk(scratch,
            std::string{"sim campaign run sometimes.json --count 60 --name g --out here "} +
                "--shard " + shard);
  }
  const auto by_parallel = totals_of(scratch.path("campaigns"));
  CHECK(by_parallel.size() == 3);
  CHECK(by_parallel == totals_of(scratch.path("here")));
}

TEST_CASE("another campaign in the same place decides nothing of how parallel.sh ends") {
  const Scratch scratch;
  scratch.file("sometimes.json", kSometimes);
  scratch.file("always.json", kAlways);
  const std::string line = kJobs + "parallel.sh 2 ";
  CHECK(shell(scratch, line + "sometimes.json --count 40 --name old").exit == 42);
  const Ran ran = shell(scratch, line + "always.json --count 40 --name new");
  CHECK(ran.exit == 0);
  CHECK(lines_of(ran.out) ==
        std::vector<std::string>{"shards=2 done=2 seeds=40 passed=40 failed=0 kinds=0 not_run=0"});
}

TEST_CASE("parallel.sh says in a sentence what is wrong, and whether another try may mend it") {
  const Scratch scratch;
  scratch.file("always.json", kAlways);
  scratch.file("hosts", "nosuchhost.invalid\n");
  const auto refused = [&](const std::string& line, int exit, const std::string& why) {
    const Ran ran = shell(scratch, line);
    INFO(line << ": " << ran.err);
    CHECK(ran.exit == exit);
    CHECK(contains(ran.err, why));
    CHECK(ran.out.empty());
  };
  const std::string job = kJobs + "parallel.sh ";
  refused(job + "abc", 1, "parallel.sh: usage: parallel.sh SHARDS [ARGS...], of 1 to 99999");
  refused(job + "0", 1, "parallel.sh: usage: ");
  refused(job, 1, "parallel.sh: usage: ");
  refused(job + "3 --bogus", 1, "run has no option --bogus");
  refused("SNOWFLK=/no/such " + job + "3", 2, "parallel.sh: there is no command /no/such");
  refused("HOSTS=hosts " + job + "2 always.json --count 9 --name h", 2,
          "parallel.sh: nothing is in campaigns/h; what machines said: nosuchhost.invalid: 255");
  scratch.file("hosts", ":\nnosuchhost.invalid\n");
  const Ran part = shell(scratch, "HOSTS=hosts " + job + "4 always.json --count 40 --name m");
  CHECK(part.exit == 2);
  CHECK(contains(part.err, "parallel.sh: some shards could not be run: nosuchhost.invalid: 255"));
  CHECK(contains(part.out, " of 4 shards: "));
}

TEST_CASE(
    "jobs of GNU parallel that are started by hand find their shard, or have their own seeds") {
  const Scratch scratch;
  const Ran shards = shell(scratch,
                           "parallel -j1 -N0 \"$SNOWFLK\" sim campaign run --mode lite --count 9 "
                           "--shards 3 --name s ::: a b c");
  CHECK(shards.exit == 0);
  CHECK(contains(shards.out, "shard=2/3 seeds=3 passed=3"));
  const Ran ranges = shell(
      scratch, "parallel -j1 \"$SNOWFLK\" sim campaign run --mode lite --seeds {} ::: 1..2 3..5");
  CHECK(ranges.exit == 0);
  CHECK(contains(ranges.out, "shard=0/1 seeds=3 passed=3"));
}

TEST_CASE(
    "a pod of Kubernetes runs the shard of its index, and 42 is what its job file waits for") {
  const Scratch scratch;
  scratch.file("sometimes.json", kSometimes);
  const Ran pod =
      shell(scratch,
            "JOB_COMPLETION_INDEX=1 $SNOWFLK sim campaign run sometimes.json --count 40 "
            "--shards 2 --out campaigns");
  CHECK(pod.exit == 42);
  CHECK(contains(lines_of(pod.out).back(), " shard=1/2 seeds=20 "));

  const std::string file = read_whole(kJobs + "kubernetes.yml");
  CHECK(contains(file, "completions: 100 "));
  CHECK(contains(file, "--shards, \"100\""));
  CHECK(contains(file, "values: [1, 42]"));
  CHECK(contains(file, "values: [8]"));
}

TEST_CASE(
    "a test shard of Bazel leaves its results where Bazel gathers them, and says that it shards") {
  const Scratch scratch;
  fs::create_directory(scratch.path("outputs"));
  const Ran ran = shell(scratch,
                        "TEST_SHARD_INDEX=2 TEST_TOTAL_SHARDS=3 TEST_SHARD_STATUS_FILE=status "
                        "TEST_UNDECLARED_OUTPUTS_DIR=outputs $SNOWFLK sim campaign run --mode lite "
                        "--count 30 --name b");
  CHECK(ran.exit == 0);
  CHECK(fs::exists(scratch.path("status")));
  CHECK(fs::exists(scratch.path("outputs/b/shard-00002-of-00003/results.ndjson")));
  const Ran untold = shell(scratch,
                           "TEST_SHARD_INDEX=2 TEST_TOTAL_SHARDS=3 TEST_SHARD_STATUS_FILE=no/where "
                           "$SNOWFLK sim campaign run --mode lite --count 30 --name b");
  CHECK(untold.exit == 2);
  CHECK(untold.err == "snowflk: TEST_SHARD_STATUS_FILE: no/where: No such file or directory\n");
}

TEST_CASE("SNOWFLK_SHARD says which shard, whatever else is there") {
  const Scratch scratch;
  const Ran ran =
      shell(scratch,
            "SNOWFLK_SHARD=1/2 JOB_COMPLETION_INDEX=7 SLURM_ARRAY_TASK_ID=3 $SNOWFLK sim "
            "campaign run --mode lite --count 10");
  CHECK(ran.exit == 0);
  CHECK(contains(ran.out, " shard=1/2 seeds=5 "));
}

TEST_CASE("a job file is short enough to be read before it is used") {
  for (const char* name : {"slurm.sbatch", "kubernetes.yml", "parallel.sh"}) {
    const auto lines = lines_of(read_whole(kJobs + name));
    CHECK(lines.size() > 10);
    CHECK(lines.size() <= 40);
  }
}

}  // namespace
}  // namespace snowflk::testing
