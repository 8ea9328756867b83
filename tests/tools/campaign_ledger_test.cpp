// What a campaign tells of passes that prove less, and of what it has tried: as much as a swarm
// does, each seed once.
#include <signal.h>

#include <algorithm>
#include <numeric>
#include <regex>

#include "core/base/prng.hpp"
#include "tests/tools/command.hpp"
#include "tools/campaign_merge.hpp"
#include "tools/campaign_report.hpp"
#include "tools/campaign_results.hpp"
#include "tools/campaign_summary.hpp"

namespace snowflk::tools {
namespace {

using snowflk::testing::contains;
using snowflk::testing::lines_of;
using snowflk::testing::Ran;
using snowflk::testing::read_whole;
using snowflk::testing::run_program;
using snowflk::testing::Scratch;
using snowflk::testing::snowflk;

const std::string kRun = "sim campaign run --mode beyond --count 150 --jobs 2 --ledger --name ";

std::string results_path(const Scratch& scratch, const std::string& name,
                         const std::string& shard = "00000-of-00001") {
  return scratch.path("campaigns/" + name + "/shard-" + shard + "/results.ndjson");
}

std::string timeless(const std::string& text) {
  static const std::regex kTimes{R"x("(wall_ns|begun_s)":[0-9]+)x"};
  return std::regex_replace(text, kTimes, R"x("$1":0)x");
}

ShardFile parsed(const std::string& text) {
  const auto file = parse_results("r", text);
  INFO((file ? "" : file.error().sentence));
  REQUIRE(file);
  REQUIRE(*file);
  return **file;
}

/// What is wrong with `text`; empty: nothing.
std::string refused(const std::string& text) {
  const auto file = parse_results("r", text);
  return file ? "" : file.error().sentence;
}

/// `text` with the first `from` made `to`.
std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// The count of "loss x election" in what `sim swarm --ledger` wrote.
u64 count_in(const std::string& json, const std::string& pair) {
  const std::size_t middle = pair.find(" x ");
  const auto fault = json.find("\"" + pair.substr(0, middle) + "\":{");
  const std::string phase = "\"" + pair.substr(middle + 3) + "\":";
  const auto at = json.find(phase, fault);
  REQUIRE(at != std::string::npos);
  return std::stoull(json.substr(at + phase.size()));
}

u64 number_behind(const std::string& line, const std::string& name) {
  const auto at = line.find(" " + name + "=");
  return at == std::string::npos ? 0 : std::stoull(line.substr(at + name.size() + 2));
}

/// Of the lines of a swarm: the seeds whose line has `word`.
std::vector<u64> seeds_with(const std::string& text, const std::string& word) {
  std::vector<u64> seeds;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("verdict=") && contains(line, word)) {
      seeds.push_back(number_behind(line, "seed"));
    }
  }
  return seeds;
}

ShardIdentity identity_of(u64 shard, u32 ledger = 3) {
  return ShardIdentity{.campaign = "c",
                       .build = "1",
                       .generator = 1,
                       .scenario = "swarm",
                       .mode = "lite",
                       .scenario_hash = 7,
                       .seeds = {.first = 1, .last = 400},
                       .shard = {.index = shard, .count = 4},
                       .twice_ppm = 0,
                       .ledger = ledger};
}

const std::vector<std::string> kWays{"loss x <rest>", "wipe x rest", "core/a.cpp:1 never holds: x"};

/// A results file of a shard whose first `ran` seeds passed, the first two of them excused and the
/// second undecided too.
std::string results_of(const ShardIdentity& identity, u64 ran, const std::vector<u64>& ledger) {
  const u64 first = snowflk::tools::seeds_of(identity).first;
  ShardTotals so_far{.ran = 2, .passed = 2, .digests = {}, .excused = 2, .undecided = 1};
  so_far.ledger = ledger;
  std::string text = begin_line(identity, 1) + "\n";
  if (identity.ledger != 0) text += ways_line(kWays) + "\n";
  text += progress_line({.so_far = so_far,
                         .weak = {.excused = {first, first + 1}, .undecided = {first + 1}}}) +
          "\n";
  so_far.ran = ran;
  so_far.passed = ran;
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

TEST_CASE("a campaign counts what a swarm of its seeds counts, and names the same seeds") {
  const Scratch scratch;
  const Ran swarm = snowflk(scratch, "sim swarm --mode beyond --seeds 1..150 --jobs 2 --ledger l");
  REQUIRE(swarm.exit == 0);
  const Ran campaign = snowflk(scratch, kRun + "a --twice 50%");
  REQUIRE(campaign.exit == 0);
  const ShardFile file = parsed(read_whole(results_path(scratch, "a")));
  const std::string last = lines_of(swarm.out).back();
  REQUIRE(file.so_far.excused > 0);
  REQUIRE(file.so_far.undecided > 0);
  CHECK(file.so_far.excused == number_behind(last, "excused"));
  CHECK(file.so_far.undecided == number_behind(last, "undecided"));
  CHECK(file.weak.excused.size() == file.so_far.excused);
  CHECK(file.weak.undecided == seeds_with(swarm.out, " undecided=1"));

  const std::string json = read_whole(scratch.path("l"));
  REQUIRE(file.ways.size() == file.so_far.ledger.size());
  u64 met = 0;
  for (std::size_t way = 0; way < file.ways.size(); ++way) {
    CAPTURE(file.ways[way]);
    const u64 count = file.so_far.ledger[way];
    if (contains(file.ways[way], " x ")) {
      CHECK(count == count_in(json, file.ways[way]));
      met += count;
    } else {
      CHECK(count <= 150);  // seeds
      CHECK((count == 0) == contains(swarm.out, "never hit: " + file.ways[way] + "\n"));
    }
  }
  CHECK(met > 10'000);
  const u64 never = number_behind(lines_of(campaign.out).back(), "never");
  CHECK(never == zeros_of(file.so_far.ledger));
  CHECK(contains(swarm.out, " never=" + std::to_string(never) + "\n"));
}

TEST_CASE("a ledger of shards that were killed, resumed and merged twice counts each seed once") {
  const Scratch scratch;
  REQUIRE(snowflk(scratch, kRun + "k --out whole").exit == 0);
  const std::string line = kRun + "k --shard 0/1";
  int kills = 0;
  int exit = -1;
  while (exit != 0 && kills < 30) {
    // Longer and longer, so that it ends on a machine of any speed.
    const std::string after = std::to_string(40 + 25 * kills);
    const std::string signal = kills % 3 == 2 ? "TERM" : "KILL";
    exit = run_program(scratch,
                       "timeout --preserve-status -s " + signal + " 0." +
                           std::string(after.size() < 3 ? 3 - after.size() : 0, '0') + after +
                           " " SNOWFLK_BINARY_DIR "/bin/snowflk " + line,
                       "")
               .exit;
    kills += 1;
    const bool stopped = exit == 128 + SIGKILL || exit == 128 + SIGTERM || exit == 8;
    REQUIRE((exit == 0 || stopped));
  }
  REQUIRE(snowflk(scratch, line).exit == 0);
  CHECK(kills > 2);
  const std::string whole = read_whole(scratch.path("whole/k/shard-00000-of-00001/results.ndjson"));
  CHECK(timeless(read_whole(results_path(scratch, "k"))) == timeless(whole));

  // Every prefix of it too, the line that names the ways among them.
  Prng prng{3, 0, 0};
  const std::size_t begin = whole.find('\n') + 1;
  const std::size_t ways = whole.find('\n', begin) + 1;
  for (const std::size_t bytes : {begin, begin + 9, ways, ways + prng.below(whole.size() - ways)}) {
    CAPTURE(bytes);
    std::ofstream{results_path(scratch, "k"), std::ios::binary | std::ios::trunc}
        << whole.substr(0, bytes);
    std::filesystem::remove(scratch.path("campaigns/k/shard-00000-of-00001/state.json"));
    CHECK(snowflk(scratch, line).exit == 0);
    CHECK(timeless(read_whole(results_path(scratch, "k"))) == timeless(whole));
  }

  for (const std::string shard : {"0/2", "1/2"}) {
    REQUIRE(snowflk(scratch, kRun + "two --shard " + shard).exit == 0);
  }
  const std::string half = results_path(scratch, "two", "00001-of-00002");
  const auto sums =
      merged_of({half, results_path(scratch, "two", "00000-of-00002"), half}).campaigns();
  REQUIRE(sums.size() == 1);
  const ShardFile file = parsed(whole);
  CHECK(sums[0].totals.ledger == file.so_far.ledger);
  CHECK(sums[0].totals.excused == file.so_far.excused);
  CHECK(sums[0].totals.undecided == file.so_far.undecided);
  CHECK(sums[0].weak.undecided == file.weak.undecided);
}

TEST_CASE("a shard goes on with a ledger if it began with one, and without if not") {
  const Scratch scratch;
  const std::string with = "sim campaign run --mode lite --count 2 --ledger --name ";
  const std::string without = "sim campaign run --mode lite --count 2 --name ";
  REQUIRE(snowflk(scratch, with + "w").exit == 0);
  REQUIRE(snowflk(scratch, without + "o").exit == 0);
  CHECK(contains(snowflk(scratch, with + "o").err, "holds results without a ledger\n"));
  CHECK(contains(snowflk(scratch, without + "w").err,
                 "holds results with a ledger: --ledger goes on with them\n"));
  const std::string path = results_path(scratch, "w");
  const std::string whole = read_whole(path);
  std::ofstream{path} << changed(whole, "loss x election", "loss x elections");
  CHECK(contains(snowflk(scratch, with + "w").err, ": its ledger counts other than this build's"));
  std::ofstream{path} << changed(changed(whole, "campaign/2", "campaign/1"), "\"ledger\"", "\"x\"");
  CHECK(contains(snowflk(scratch, with + "w").err, ":2: "));
  const auto one = changed(read_whole(results_path(scratch, "o")), "campaign/2", "campaign/1");
  std::ofstream{results_path(scratch, "o")} << one;
  CHECK(contains(snowflk(scratch, without + "o").err, "holds results of format 1, not 2\n"));
  CHECK(read_whole(results_path(scratch, "o")) == one);
}

TEST_CASE("a line that contradicts what it counts is refused") {
  const std::string good = results_of(identity_of(0), 90, {5, 0, 2});
  CHECK(refused(good).empty());
  const auto why = [&](const std::string& from, const std::string& to) {
    return refused(changed(good, from, to));
  };
  const std::string unnamed = "excused or undecided seeds that are not named";
  const std::string elsewhere = "excused or undecided seeds that were not run here";
  CHECK(contains(why(R"("excused":[1,2])", R"("excused":[1])"), "r:3: " + unnamed));
  CHECK(contains(why(R"("undecided":[2])", R"("undecided":[])"), "r:3: " + unnamed));
  CHECK(contains(why(R"(,"weak":)", R"(,"weaker":)"), "r:3: " + unnamed));
  CHECK(contains(why(R"("excused":[1,2])", R"("excused":[2,1])"), "r:3: " + elsewhere));
  CHECK(contains(why(R"("excused":[1,2])", R"("excused":[2,2])"), "r:3: " + elsewhere));
  CHECK(contains(why(R"("undecided":[2])", R"("undecided":[3])"), "r:3: " + elsewhere));
  CHECK(contains(why(R"("undecided":[2])", R"("undecided":[0])"), "r:3: " + elsewhere));
  const std::string no_line = "r:3: this is no line of a campaign's results";
  CHECK(contains(why(R"("excused":2)", R"("excused":3)"), no_line));  // of two
  CHECK(contains(why(R"("undecided":1)", R"("undecidee":1)"), no_line));
  CHECK(contains(why("[5,0,2]", "[5,0]"), no_line));
  CHECK(contains(why("[5,0,2]", "[5,0,2,1]"), no_line));
  CHECK(contains(why("[5,0,2]", "[5,-1,2]"), no_line));
  CHECK(contains(why("[5,0,2]", "[5,1,2]"), "r:4: less than the line before it"));
  CHECK(contains(why(R"("wipe x rest",)", ""), "r:2: this does not say what the ledger counts"));
  CHECK(contains(why(R"("ledger":3)", R"("ledger":2)"),
                 "r:2: this does not say what the ledger counts"));

  // One that fails has not passed, and of the others all were run since the line before.
  const ShardIdentity identity = identity_of(0, 0);
  ShardTotals so_far{.ran = 3, .passed = 2, .failed = 1, .digests = {}, .excused = 1};
  const CampaignFailure failure{.seed = 3,
                                .signature = "s",
                                .verdict = "v",
                                .property = "p",
                                .sentence = "s",
                                .digest = "d",
                                .repro = "r",
                                .file = ""};
  const auto with = [&](u64 excused) {
    return refused(
        begin_line(identity, 1) + "\n" +
        progress_line({.failure = failure, .so_far = so_far, .weak = {.excused = {excused}}}) +
        "\n");
  };
  CHECK(with(2).empty());
  CHECK(contains(with(3), "r:2: a seed that failed and passed"));
  const std::string twice = good +
                            progress_line({.so_far = {.ran = 91,
                                                      .passed = 91,
                                                      .digests = {},
                                                      .excused = 3,
                                                      .undecided = 1,
                                                      .ledger = {5, 0, 2}},
                                           .weak = {.excused = {2}}}) +
                            "\n";
  CHECK(contains(refused(twice), "r:5: " + elsewhere));
}

TEST_CASE("merged ledgers are a union, with what is counted told once a campaign") {
  const Scratch scratch;
  std::vector<std::string> files;
  files.push_back(scratch.file("a", results_of(identity_of(0), 100, {5, 0, 0})));
  files.push_back(scratch.file("b", results_of(identity_of(1), 90, {1, 0, 7})));
  files.push_back(scratch.file("c", begin_line(identity_of(2), 1) + "\n"));  // killed then
  files.push_back(scratch.file("d", results_of(identity_of(1, 0), 100, {})));
  const std::string once = to_text(merged_of(files));
  std::ranges::reverse(files);
  CHECK(to_text(merged_of(files)) == once);
  const std::string left = scratch.file("left", to_text(merged_of({files[0], files[3]})));
  const std::string right = scratch.file("right", to_text(merged_of({files[2], files[1]})));
  CHECK(to_text(merged_of({right, left, right, files[2]})) == once);
  const auto named = lines_of(once);
  CHECK(std::ranges::count_if(named, [](const auto& line) { return contains(line, "wipe x"); }) ==
        1);

  const Merged merged = merged_of({left, right});
  const auto sums = merged.campaigns();
  REQUIRE(sums.size() == 2);
  const CampaignSum& sum = sums[0].identity.ledger == 3 ? sums[0] : sums[1];
  CHECK(sum.totals.ledger == std::vector<u64>{6, 0, 7});
  CHECK(sum.never == std::vector<std::string>{"wipe x rest"});
  CHECK(sum.totals.excused == 4);
  CHECK(sum.totals.undecided == 2);
  CHECK(sum.weak.excused == std::vector<u64>{1, 2, 101, 102});
  CHECK(sum.weak.undecided == std::vector<u64>{2, 102});
  const std::string summary = summary_of(merged);
  CHECK(contains(summary, "ledger: campaign=c ways=3 hit=2 never=1\n"));
  CHECK(contains(summary, " passed=190 failed=0 not_run=210 excused=4 undecided=2\n"));
  CHECK(summary.ends_with(" kinds=0 not_run=510 excused=6 undecided=3\n"));
  const std::string html = html_report(merged);
  CHECK(contains(html, "2 of 3 were hit, 1 never"));
  CHECK(contains(html, "<li><code>wipe x rest</code></li>"));
  CHECK(!contains(html, "<rest>"));
  CHECK(contains(html, "4<br>seeds 1, 2, 101, 102<"));
  CHECK(contains(html, "2<br>seeds 2, 102<"));

  Merged other;
  REQUIRE(!read_into(files[3], other));
  const std::string differs = changed(read_whole(files[2]), "wipe x rest", "wipe x reads");
  CHECK(read_into(scratch.file("e", differs), other)
            ->sentence.ends_with("e:2: its ledger counts other than another shard's of this "
                                 "campaign"));
  const auto problem_of = [&](const std::string& text) {
    Merged fresh;
    const auto problem = read_into(scratch.file("f", text), fresh);
    return problem ? problem->sentence.substr(problem->sentence.rfind("f:")) : "";
  };
  CHECK(problem_of(once).empty());
  const std::string first = once.substr(0, once.find('\n') + 1);
  const std::string unnamed = first + once.substr(once.find('\n', first.size()) + 1);
  CHECK(!problem_of(unnamed).empty());
  CHECK(problem_of(changed(once, R"("wipe x rest",)", "")) ==
        "f:2: this is no line of merged results");
  CHECK(!problem_of(changed(once, R"("undecided":[2])", R"("undecided":[201])")).empty());
  CHECK(!problem_of(changed(once, R"("undecided":[2])", R"("undecided":[])")).empty());
}

TEST_CASE("of many undecided seeds the first are named") {
  const Scratch scratch;
  std::vector<u64> seeds(40);
  std::iota(seeds.begin(), seeds.end(), u64{1});
  const ShardTotals so_far{.ran = 40, .passed = 40, .digests = {}, .undecided = 40};
  const std::string text = begin_line(identity_of(0, 0), 1) + "\n" +
                           progress_line({.so_far = so_far, .weak = {.undecided = seeds}}) + "\n";
  const std::string merged = scratch.file("m", to_text(merged_of({scratch.file("r", text)})));
  const auto sums = merged_of({merged}).campaigns();
  REQUIRE(sums.size() == 1);
  seeds.resize(kWeakPerShard);
  CHECK(sums[0].weak.undecided == seeds);
  CHECK(sums[0].totals.undecided == 40);
  CHECK(contains(html_report(merged_of({merged})), "40<br>seeds 1, 2, 3, "));
  CHECK(contains(html_report(merged_of({merged})), "15, 16, ...<"));
}

TEST_CASE("results of format 1 are merged as they are, and it is said what they do not tell") {
  const Scratch scratch;
  // As build 0.1.0 wrote them.
  const std::string corpus = SNOWFLK_SOURCE_DIR "/tests/fuzz/corpus/campaign_results/whole.input";
  REQUIRE(contains(read_whole(corpus), "snowflk.campaign/1"));
  const Merged merged = merged_of({corpus});
  const std::string text = to_text(merged);
  CHECK(!contains(text, "excused"));
  CHECK(to_text(merged_of({scratch.file("m", text)})) == text);
  const std::string older = changed(text, "campaign.merged/2", "campaign.merged/1");
  CHECK(to_text(merged_of({scratch.file("o", older)})) == text);
  const std::string summary = summary_of(merged);
  CHECK(contains(summary,
                 "campaign=c build=0.1.0: of an older format, which tells nothing of "
                 "excused and undecided seeds\n"));
  CHECK(contains(html_report(merged), "not told"));
  CHECK(!contains(
      summary_of(merged_of({scratch.file("n", results_of(identity_of(0), 9, {1, 1, 1}))})),
      "older format"));
}

}  // namespace
}  // namespace snowflk::tools
