// What shards found, put together: in any order, in any steps, with anything twice.
#include <algorithm>

#include "tests/tools/command.hpp"
#include "tools/campaign_merge.hpp"
#include "tools/campaign_report.hpp"
#include "tools/campaign_summary.hpp"

namespace snowflk::tools {
namespace {

using snowflk::testing::contains;
using snowflk::testing::lines_of;
using snowflk::testing::Ran;
using snowflk::testing::read_whole;
using snowflk::testing::Scratch;

ShardIdentity identity_of(u64 shard, const std::string& build = "1") {
  return ShardIdentity{.campaign = "c",
                       .build = build,
                       .generator = 1,
                       .scenario = "swarm",
                       .mode = "lite",
                       .scenario_hash = 7,
                       .seeds = {.first = 1, .last = 400},
                       .shard = {.index = shard, .count = 4},
                       .twice_ppm = 0};
}

CampaignFailure failure_of(u64 seed, u64 events, const std::string& signature) {
  return CampaignFailure{.seed = seed,
                         .signature = signature,
                         .verdict = "safety",
                         .property = "p",
                         .sentence = "n1 <b> & \"n2\"",
                         .events = events,
                         .virtual_ns = 1'500'000'000,
                         .digest = "d",
                         .repro = "snowflk sim swarm --seeds " + std::to_string(seed),
                         .file = ""};
}

/// A results file of a shard whose first `ran` seeds were run; each of `fails` failed.
std::string results_of(const ShardIdentity& identity, u64 ran, const std::vector<u64>& fails,
                       u64 begun_s = 1) {
  std::string text = begin_line(identity, begun_s) + "\n";
  const sim::SeedRange seeds = snowflk::tools::seeds_of(identity);
  ShardTotals so_far;
  for (u64 at = 0; at < ran; ++at) {
    const u64 seed = seeds.first + at;
    so_far.ran += 1;
    so_far.events += 10;
    const bool fails_here = std::ranges::find(fails, seed) != fails.end();
    (fails_here ? so_far.failed : so_far.passed) += 1;
    if (fails_here) {
      // The later the seed, the sooner it fails.
      const auto failure =
          failure_of(seed, 1000 - seed, seed % 2 == 0 ? "safety/even" : "safety/odd");
      text += progress_line({.failure = failure, .so_far = so_far}) + "\n";
    }
  }
  return text + progress_line({.so_far = so_far}) + "\n";
}

Merged merged_of(const std::vector<std::string>& paths) {
  Merged merged;
  for (const std::string& path : paths) {
    const auto problem = read_into(path, merged);
    INFO((problem ? problem->sentence : ""));
    REQUIRE(!problem);
  }
  return merged;
}

TEST_CASE("lines of a campaign come back as they were written, and others do not") {
  const ShardIdentity identity = identity_of(3);
  const auto begin = parse_begin(begin_line(identity, 5));
  REQUIRE(begin);
  CHECK(begin->identity == identity);
  CHECK(begin->begun_s == 5);
  ShardTotals totals{
      .ran = 3, .passed = 2, .failed = 1, .twice = 1, .events = 9, .wall_ns = 8, .digests = {}};
  totals.digests.add(77);
  CampaignFailure failure = failure_of(9, 4, "k\xc3\xa4\x01\xff");
  const auto progress =
      parse_progress(progress_line({.failure = failure, .so_far = totals}), identity);
  REQUIRE(progress);
  CHECK(progress->failure == failure);
  CHECK(progress->so_far == totals);
  CHECK(parse_progress(progress_line({.so_far = totals}), identity)->so_far == totals);

  for (const char* line :
       {"", "{}", "[]", "null", "{\"so_far\":7}", "{\"so_far\":{}}", "{\"so_far\""}) {
    CHECK(!parse_progress(line, identity));
    CHECK(!parse_begin(line));
  }
  totals.passed = 3;  // more than there were
  CHECK(!parse_progress(progress_line({.so_far = totals}), identity));
  std::string negative = begin_line(identity, 5);
  negative.replace(negative.find("\"begun_s\":5"), 11, "\"begun_s\":-5");
  CHECK(!parse_begin(negative));
  ShardIdentity empty = identity;
  empty.seeds.last = 3;  // four shards of three seeds
  CHECK(!parse_begin(begin_line(empty, 5)));
}

TEST_CASE("merging is a union: any order, any steps, anything twice, the same file") {
  const Scratch scratch;
  std::vector<std::string> files;
  for (u64 shard = 0; shard < 4; ++shard) {
    const u64 first = shard * 100;
    files.push_back(scratch.file(
        "r" + std::to_string(shard),
        results_of(identity_of(shard), 100, {first + 3, first + 8, first + 11, first + 50})));
  }
  const std::string once = to_text(merged_of(files));
  std::ranges::reverse(files);
  CHECK(to_text(merged_of(files)) == once);
  const std::string left = scratch.file("left", to_text(merged_of({files[0], files[2]})));
  const std::string right =
      scratch.file("right", to_text(merged_of({files[3], files[1], files[2]})));
  CHECK(to_text(merged_of({left, right})) == once);
  CHECK(to_text(merged_of({right, left, right, files[0]})) == once);

  const Merged merged = merged_of(files);
  REQUIRE(merged.kept().size() == 2);
  const auto& [even, kept] = *merged.kept().begin();
  CHECK(even.signature == "safety/even");
  std::vector<u64> seeds;
  for (const KeptFailure& each : kept) seeds.push_back(each.failure.seed);
  CHECK(seeds == std::vector<u64>{350, 308, 250, 208});  // four of eight: those that fail soonest
  const KindCount count = merged.count(even);
  CHECK(count.count == 8);
  CHECK(count.first == 8);
  CHECK(count.last == 350);
  const auto campaigns = merged.campaigns();
  REQUIRE(campaigns.size() == 1);
  CHECK(campaigns[0].totals.ran == 400);
  CHECK(campaigns[0].totals.failed == 16);
  CHECK(campaigns[0].not_run == 0);
  CHECK(campaigns[0].missing.empty());
}

TEST_CASE(
    "of one shard in two states the one that is further counts; what has no results is told") {
  const Scratch scratch;
  const std::string sooner = scratch.file("a", results_of(identity_of(1), 40, {105}));
  const std::string later = scratch.file("b", results_of(identity_of(1), 90, {105, 185}));
  const std::string other = scratch.file("c", results_of(identity_of(3), 100, {}));
  for (const auto& order : {std::vector{sooner, later, other}, std::vector{other, later, sooner}}) {
    const auto campaigns = merged_of(order).campaigns();
    REQUIRE(campaigns.size() == 1);
    CHECK(campaigns[0].shards == 2);
    CHECK(campaigns[0].shards_done == 1);
    CHECK(campaigns[0].totals.ran == 190);
    CHECK(campaigns[0].totals.failed == 2);
    CHECK(campaigns[0].not_run == 210);
    CHECK(campaigns[0].missing == std::vector<u64>{0, 2});
  }
}

TEST_CASE("of too many builds those without failures go first, then the older") {
  const Scratch scratch;
  Merged merged;
  for (u64 build = 0; build < 40; ++build) {
    const std::vector<u64> fails = build < 4 ? std::vector<u64>{5} : std::vector<u64>{};
    const auto text = results_of(identity_of(0, std::to_string(build)), 10, fails, build);
    REQUIRE(!read_into(scratch.file(std::to_string(build), text), merged));
  }
  CHECK(merged.drop_old_builds() == 8);
  CHECK(merged.drop_old_builds() == 0);
  CHECK(merged.shards().size() == kBuildsMax);
  CHECK(merged.kept().size() == 4);
  for (const auto& [key, shard] : merged.shards()) {
    const u64 build = shard.begin.begun_s;
    CHECK((build < 4 || build >= 12));
  }
}

TEST_CASE("a merged file that is damaged is refused, or one that is nothing") {
  const Scratch scratch;
  const std::string good =
      to_text(merged_of({scratch.file("r", results_of(identity_of(0), 9, {5}))}));
  Merged merged;
  std::string bad = good;
  bad[bad.find("\"kinds\"") + 1] = 'x';
  const auto refused = read_into(scratch.file("bad", bad), merged);
  REQUIRE(refused);
  CHECK(refused->exit == Exit::usage);
  CHECK(refused->sentence.ends_with("bad:2: this is no line of merged results"));
  CHECK(read_into(scratch.file("text", "hello\n"), merged)
            ->sentence.ends_with("text:1: this is no campaign's results"));
  CHECK(read_into(scratch.path("nowhere"), merged)->exit == Exit::usage);
  std::filesystem::create_directory(scratch.path("empty"));
  CHECK(read_into(scratch.path("empty"), merged)->sentence.ends_with("no results.ndjson in it"));
  CHECK(!read_into(scratch.file("begun", good.substr(0, 0)), merged));  // killed at once
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    REQUIRE(contains(text, from));
    text.replace(text.find(from), from.size(), to);
    const auto why = read_into(scratch.file("changed", text), merged);
    return why ? why->sentence.substr(why->sentence.find("changed")) : "";
  };
  const std::string no_line = "changed:2: this is no line of merged results";
  CHECK(changed(R"("ran":9,"passed":8)", R"("ran":99999999,"passed":99999998)") == no_line);
  CHECK(changed(R"("passed":8,"failed":1)", R"("passed":7,"failed":2)") == no_line);
  CHECK(changed(R"("count":1,"first":5)", R"("count":2,"first":5)") == no_line);
  CHECK(changed(R"("last":5)", R"("last":500)") == no_line);
  CHECK(changed(R"("twice":0)", R"("twice":10)") == no_line);
  CHECK(changed(R"("kept":{"seed":5)", R"("kept":{"seed":500)") ==
        "changed:3: this is no line of merged results");
  const std::string schema = good.substr(0, good.find('\n') + 1);
  CHECK(changed(good, schema) == "changed:1: a merged file without a shard");
}

TEST_CASE("what is missing is told by shard, and what a sum of campaigns hides in words") {
  const Scratch scratch;
  const std::string half = scratch.file("a", results_of(identity_of(1), 90, {}));
  const std::string done = scratch.file("b", results_of(identity_of(3), 100, {}));
  const Merged one = merged_of({half, done});
  CHECK(lines_of(summary_of(one)) ==
        std::vector<std::string>{
            "campaign=c build=1 scenario=swarm mode=lite seeds=1..400 shards=4 done=1 passed=190 "
            "failed=0 not_run=210",
            "  no results of 2 of 4 shards: 0, 2", "  shard 1 is not done: 90 of 100 seeds",
            "shards=4 done=1 seeds=190 passed=190 failed=0 kinds=0 not_run=210"});
  CHECK(exit_of(one) == Exit::unfinished);

  const std::string other = scratch.file("d", results_of(identity_of(2, "2"), 100, {}));
  const auto lines = lines_of(summary_of(merged_of({half, done, other})));
  REQUIRE(lines.size() == 7);
  CHECK(lines[1] == "  no results of 2 of 4 shards: 0, 2 (it is of build 2)");
  CHECK(lines[4] == "  no results of 3 of 4 shards: 0, 1 (it is of build 1), 3 (it is of build 1)");
  CHECK(lines[5] ==
        "these are 2 campaigns of 2 builds; seeds that several of them ran are counted as often; "
        "the last line is their sum");

  std::vector<std::string> whole;
  for (u64 shard = 0; shard < 4; ++shard) {
    const std::string name = "whole" + std::to_string(shard);
    whole.push_back(scratch.file(name, results_of(identity_of(shard), 100, {})));
  }
  CHECK(lines_of(summary_of(merged_of(whole))).size() == 1);
  CHECK(exit_of(merged_of(whole)) == Exit::pass);
}

TEST_CASE("where no shard has results yet there is nothing to merge") {
  const Scratch scratch;
  std::filesystem::create_directory(scratch.path("begun"));
  scratch.file("begun/results.ndjson", begin_line(identity_of(0), 1).substr(0, 60));
  const Ran ran = snowflk::testing::snowflk(scratch, "sim campaign merge begun");
  CHECK(ran.exit == 8);
  CHECK(ran.err == "snowflk: none of the shards has results yet\n");
  CHECK(!std::filesystem::exists(scratch.path("merged.ndjson")));
}

TEST_CASE("the report is one page that asks the world for nothing, and shows text as text") {
  const Scratch scratch;
  const Merged merged = merged_of({scratch.file("r", results_of(identity_of(0), 100, {5, 6}))});
  const std::string html = html_report(merged);
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(html.ends_with("</html>\n"));
  for (const char* outside : {"http:", "https:", "src=", "href=", "@import", "url("}) {
    CHECK(!contains(html, outside));
  }
  CHECK(contains(html, "default-src 'none'"));
  CHECK(contains(html, "2 of 100 seeds failed"));
  CHECK(contains(html, "300 not run yet"));
  CHECK(contains(html, "no results of 1, 2, 3<"));
  CHECK(contains(html, "<code>snowflk sim swarm --seeds 5</code>"));
  CHECK(contains(html, "n1 &lt;b&gt; &amp; &quot;n2&quot;"));
  CHECK(!contains(html, "<b>"));
  CHECK(contains(html, "first 5, last 5"));
}

TEST_CASE("merge and report of a campaign as a script sees them") {
  const Scratch scratch;
  scratch.file("sometimes.json", R"({"story": "Node 1 leads.", "nodes": 3,
    "script": [{"until": "leader", "as": "a"}], "expect": {"leader": 1}})");
  const std::string run = "sim campaign run sometimes.json --count 40 --name m --shard ";
  CHECK(snowflk::testing::snowflk(scratch, run + "0/2").exit == 42);
  const Ran half = snowflk::testing::snowflk(scratch, "sim campaign merge campaigns");
  CHECK(half.exit == 42);
  CHECK(contains(lines_of(half.out).back(), "shards=2 done=1 seeds=20 "));
  CHECK(contains(lines_of(half.out).back(), " not_run=20"));
  CHECK(snowflk::testing::snowflk(scratch, run + "1/2").exit == 42);
  const Ran whole = snowflk::testing::snowflk(
      scratch, "sim campaign merge merged.ndjson campaigns/m/shard-00001-of-00002");
  CHECK(whole.exit == 42);
  CHECK(contains(lines_of(whole.out).back(), "shards=2 done=2 seeds=40 "));
  const std::string repro = "snowflk sim run sometimes.json --seed ";
  const auto at = whole.out.find(repro);
  REQUIRE(at != std::string::npos);
  const std::string seed = whole.out.substr(at + 8, whole.out.find('\n', at) - at - 8);
  CHECK(snowflk::testing::snowflk(scratch, seed).exit == 3);

  const Ran report = snowflk::testing::snowflk(scratch, "sim campaign report campaigns");
  CHECK(report.exit == 0);
  CHECK(report.out == "campaigns/report.html\n");
  const std::string page = read_whole(scratch.path("campaigns/report.html"));
  CHECK(contains(page, "<code>snowflk " + seed + "</code>"));
  CHECK(
      snowflk::testing::snowflk(scratch, "sim campaign report merged.ndjson --into r.html").exit ==
      0);
  CHECK(contains(read_whole(scratch.path("r.html")), "<code>snowflk " + seed + "</code>"));

  scratch.file("always.json", R"({"story": "Somebody leads.", "nodes": 3,
    "script": [{"until": "leader", "as": "a"}]})");
  CHECK(snowflk::testing::snowflk(scratch,
                                  "sim campaign run always.json --count 40 --name p --shard 0/2")
            .exit == 0);
  CHECK(snowflk::testing::snowflk(scratch, "sim campaign merge campaigns/p").exit == 8);
  CHECK(snowflk::testing::snowflk(scratch,
                                  "sim campaign run always.json --count 40 --name p --shard 1/2")
            .exit == 0);
  CHECK(snowflk::testing::snowflk(scratch, "sim campaign merge campaigns/p").exit == 0);
  CHECK(snowflk::testing::snowflk(scratch, "sim campaign merge nowhere").exit == 1);
}

}  // namespace
}  // namespace snowflk::tools
