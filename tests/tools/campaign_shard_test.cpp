// Which shard a process is, by what schedulers say; and that shards share out all seeds.
#include "tools/campaign_shard.hpp"

#include <map>

#include "tests/catch.hpp"
#include "tools/campaign.hpp"
#include "tools/progress.hpp"

namespace snowflk::tools {
namespace {

using Variables = std::map<std::string, std::string>;

std::string found(const ShardRequest& request, const Variables& variables) {
  const auto shard = find_shard(request, [&](const char* name) -> const char* {
    const auto at = variables.find(name);
    return at == variables.end() ? nullptr : at->second.c_str();
  });
  return shard ? print(*shard) : "refused: " + shard.error();
}
std::string found(const Variables& variables) { return found(ShardRequest{}, variables); }

Variables slurm(const char* id, const char* least, const char* count, const char* step = "1") {
  return {{"SLURM_ARRAY_TASK_ID", id},
          {"SLURM_ARRAY_TASK_MIN", least},
          {"SLURM_ARRAY_TASK_COUNT", count},
          {"SLURM_ARRAY_TASK_STEP", step}};
}

TEST_CASE("without a word of shards the whole is one") {
  CHECK(found({}) == "0/1");
  CHECK(found({.shard = {}, .shards = 1, .seeds_said = false}, {}) == "0/1");
}

TEST_CASE("what is said goes before what a scheduler says, and SNOWFLK_SHARD in between") {
  Variables all = slurm("3", "0", "8");
  CHECK(found(all) == "3/8");
  all["SNOWFLK_SHARD"] = "5/6";
  CHECK(found(all) == "5/6");
  CHECK(found({.shard = "1/2", .shards = {}, .seeds_said = false}, all) == "1/2");
  CHECK(found({.shard = "1/2", .shards = 3, .seeds_said = false}, all) ==
        "refused: --shard: 1/2 contradicts --shards 3");
  all["SNOWFLK_SHARD"] = "6/6";
  CHECK(found(all) == "refused: SNOWFLK_SHARD: shards count from 0: the last of 6 is 5/6, not 6/6");
}

TEST_CASE("a task of a Slurm array is the shard of its place in the array") {
  CHECK(found(slurm("0", "0", "100")) == "0/100");
  CHECK(found(slurm("10", "1", "10")) == "9/10");
  CHECK(found(slurm("15", "5", "3", "5")) == "2/3");
  CHECK(found(slurm("9", "1", "3")).starts_with("refused: the Slurm array is no plain range"));
  CHECK(found(slurm("6", "5", "3", "5")).starts_with("refused: the Slurm array is no plain range"));
  CHECK(found(slurm("x", "1", "3")) == "refused: SLURM_ARRAY_TASK_ID=x is no number");
  CHECK(found({{"SLURM_ARRAY_TASK_ID", "3"}}).starts_with("refused: SLURM_ARRAY_TASK_ID without"));
  // One task again, alone: --array=7.
  const ShardRequest of_100{.shard = {}, .shards = 100, .seeds_said = true};
  CHECK(found(of_100, slurm("7", "7", "1")) == "7/100");
  CHECK(found(of_100, slurm("100", "100", "1")).starts_with("refused: "));
}

TEST_CASE("a pod of an Indexed Job is the shard of its index") {
  const Variables pod{{"JOB_COMPLETION_INDEX", "4"}};
  CHECK(found({.shard = {}, .shards = 5, .seeds_said = true}, pod) == "4/5");
  CHECK(found({.shard = {}, .shards = 4, .seeds_said = true}, pod).starts_with("refused: "));
  CHECK(found({.shard = {}, .shards = {}, .seeds_said = true}, pod)
            .starts_with("refused: JOB_COMPLETION_INDEX is there, but Kubernetes does not tell"));
}

TEST_CASE("a test shard of Bazel is the shard of that number") {
  const Variables test{{"TEST_SHARD_INDEX", "2"}, {"TEST_TOTAL_SHARDS", "3"}};
  CHECK(found(test) == "2/3");
  CHECK(found({.shard = {}, .shards = 4, .seeds_said = false}, test) ==
        "refused: --shards 4, but TEST_TOTAL_SHARDS=3");
  CHECK(found({{"TEST_TOTAL_SHARDS", "3"}}) == "0/1");
  const Variables lone{{"TEST_SHARD_INDEX", "2"}};
  CHECK(found(lone) ==
        "refused: TEST_SHARD_INDEX is there, but not TEST_TOTAL_SHARDS: say of how many with "
        "--shards N");
  CHECK(found({.shard = {}, .shards = 4, .seeds_said = false}, lone) == "2/4");
}

TEST_CASE("a job of GNU parallel is a shard only if it is said of how many") {
  const Variables job{{"PARALLEL_SEQ", "8"}};
  CHECK(found({.shard = {}, .shards = 8, .seeds_said = false}, job) == "7/8");
  CHECK(found({.shard = {}, .shards = 7, .seeds_said = false}, job).starts_with("refused: "));
  CHECK(found({.shard = {}, .shards = {}, .seeds_said = true}, job) == "0/1");
  CHECK(found(job).starts_with("refused: PARALLEL_SEQ is there, but"));
}

TEST_CASE("two schedulers that name a shard are one too many") {
  Variables both = slurm("0", "0", "4");
  both["PARALLEL_SEQ"] = "1";
  CHECK(found({.shard = {}, .shards = 4, .seeds_said = false}, both) ==
        "refused: both Slurm and GNU parallel name a shard: say which with --shard or "
        "SNOWFLK_SHARD");
  CHECK(found({.shard = {}, .shards = {}, .seeds_said = true}, both) == "0/4");
}

TEST_CASE("shards follow each other, differ by one at most, and are all seeds") {
  const sim::SeedRange ranges[] = {{.first = 1, .last = 1},
                                   {.first = 0, .last = 9},
                                   {.first = 100, .last = 1099},
                                   {.first = 1, .last = UINT64_MAX},
                                   {.first = UINT64_MAX - 6, .last = UINT64_MAX}};
  for (const sim::SeedRange& range : ranges) {
    for (const u64 count : {1U, 2U, 3U, 7U, 10U}) {
      u64 next = range.first;
      u64 shortest = UINT64_MAX;
      u64 longest = 0;
      for (u64 index = 0; index < count; ++index) {
        const auto part = seeds_of(range, {.index = index, .count = count});
        REQUIRE(part.has_value() == (range.last - range.first + 1 >= count));
        if (!part) continue;
        CHECK(part->first == next);
        REQUIRE(part->last >= part->first);
        shortest = std::min(shortest, part->last - part->first);
        longest = std::max(longest, part->last - part->first);
        next = part->last + 1;
      }
      if (longest == 0 && shortest == UINT64_MAX) continue;
      CHECK(next == range.last + 1);
      CHECK(longest - shortest <= 1);
    }
  }
}

TEST_CASE("of a million seeds in a row exactly the share is run twice, evenly spread") {
  for (const u32 ppm : {0U, 1U, 50'000U, 125'000U, 333'333U, 1'000'000U}) {
    for (const u64 first : {u64{0}, u64{77}, UINT64_MAX - 999'999}) {
      u64 count = 0;
      for (u64 at = 0; at < 1'000'000; ++at) {
        if (is_run_twice(first + at, ppm)) count += 1;
      }
      CHECK(count == ppm);
    }
  }
  for (u64 first = 0; first < 1000; ++first) {
    u64 count = 0;
    for (u64 at = 0; at < 20; ++at) {
      if (is_run_twice(first + at, 50'000)) count += 1;
    }
    CHECK(count == 1);
  }
}

TEST_CASE("a run that goes another way the second time is named with its seed and both digests") {
  CampaignOptions options{.seeds = {.first = 1, .last = 40}, .budget = {}, .stop_asked = {}};
  u64 calls = 0;  // of the worker process: it has a copy
  const auto run_seed = [&](u64 seed, const sim::scenario::RunManner&) {
    Finished run;
    run.result.seed = seed;
    // What stands in memory that nobody wrote, or an address, would come to this.
    run.result.digest = Digest{.high = seed, .low = seed == 39 ? calls += 1 : 0};
    return run;
  };
  std::vector<u64> twice;
  std::vector<std::string> found_in;
  const auto summary = run_campaign(run_seed, options, [&](Finished& run) {
    if (run.twice) twice.push_back(run.result.seed);
    if (exit_of(run) != Exit::pass) found_in.push_back(sentence_of(run));
    return true;
  });
  CHECK(twice == std::vector<u64>{19, 39});
  CHECK(summary.twice == 2);
  CHECK(summary.failed == 1);
  CHECK(summary.first_failure == Exit::nondeterminism);
  CHECK(found_in == std::vector<std::string>{
                        "seed 39, run twice, gave two digests: 00000000000000270000000000000001 "
                        "and 00000000000000270000000000000002"});
}

TEST_CASE("a run that goes on otherwise from a copy of its world is named with its seed") {
  CampaignOptions options{.seeds = {.first = 19, .last = 19}, .budget = {}, .stop_asked = {}};
  const auto run_seed = [&](u64 seed, const sim::scenario::RunManner& manner) {
    Finished run;
    run.result.seed = seed;
    // What a copy has lost, and nothing that was done shows yet.
    if (manner.with_state) run.result.state = Digest{.high = 1, .low = manner.copied_every};
    return run;
  };
  std::string found;
  const auto summary = run_campaign(run_seed, options, [&](Finished& run) {
    found = sentence_of(run);
    return true;
  });
  CHECK(summary.first_failure == Exit::nondeterminism);
  CHECK(found ==
        "seed 19, run twice, came by the same events to two states: the second time it went on "
        "from a copy of its world now and then");
}

TEST_CASE("the progress line has the rate, what failed, and the time that is left") {
  using std::chrono::milliseconds;
  CHECK(progress_text({.seeds = 100, .done = 0, .done_here = 0, .failed = 0}) ==
        "0 of 100 seeds, 0 failed");
  CHECK(progress_text({.seeds = 1000,
                       .done = 600,
                       .done_here = 100,
                       .failed = 2,
                       .elapsed = milliseconds{2000}}) ==
        "600 of 1000 seeds, 2 failed, 50/s, 8s left");
  CHECK(progress_text({.seeds = 100'000,
                       .done = 10,
                       .done_here = 10,
                       .failed = 0,
                       .elapsed = milliseconds{4000}}) ==
        "10 of 100000 seeds, 0 failed, 2.5/s, 11h 6m left");
}

}  // namespace
}  // namespace snowflk::tools
