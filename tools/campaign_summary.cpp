#include "tools/campaign_summary.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace snowflk::tools {
namespace {

using Sums = std::vector<CampaignSum>;

std::string failures_of(const Merged& merged) {
  std::string lines;
  for (const auto& [kind, kept] : merged.kept()) {
    const KindCount count = merged.count(kind);
    lines += fmt::format("failures={} first={} last={} kind={} build={} scenario={}: {}\n",
                         count.count, count.first, count.last, kind.signature, kind.build,
                         kind.scenario, kept.front().failure.repro);
  }
  return lines;
}

/// The same but for its build: shards that are missing in one may be there in the other.
bool is_of_other_build(const ShardIdentity& a, const ShardIdentity& b) {
  ShardIdentity other = b;
  other.build = a.build;
  other.ledger = a.ledger;  // builds count other things in it
  other.format = a.format;
  return a == other && a.build != b.build;
}

/// "0, 2, 5 (build 1a2b has results of it)"
std::string missing_of(const Merged& merged, const CampaignSum& sum) {
  std::string list;
  for (const u64 index : sum.missing) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", index);
    for (const auto& [key, shard] : merged.shards()) {
      ShardIdentity whole = shard.begin.identity;
      if (whole.shard.index != index) continue;
      whole.shard.index = 0;
      if (is_of_other_build(sum.identity, whole)) {
        list += fmt::format(" (it is of build {})", whole.build);
      }
    }
  }
  const u64 missing = sum.identity.shard.count - sum.shards;
  return missing > sum.missing.size() ? list + ", ..." : list;
}

/// " excused=3 undecided=1", of what there is.
std::string weak_of(const ShardTotals& totals) {
  std::string words;
  if (totals.excused > 0) words += fmt::format(" excused={}", totals.excused);
  if (totals.undecided > 0) words += fmt::format(" undecided={}", totals.undecided);
  return words;
}

/// What its ledger says, and what its files cannot say.
std::string notes_of(const CampaignSum& sum) {
  std::string lines;
  if (!sum.totals.ledger.empty()) {
    lines +=
        fmt::format("ledger: campaign={} ways={} hit={} never={}\n", sum.identity.campaign,
                    sum.identity.ledger, sum.identity.ledger - sum.never.size(), sum.never.size());
  }
  if (sum.identity.format < kCampaignFormat) {
    lines += fmt::format(
        "campaign={} build={}: of an older format, which tells nothing of excused and undecided "
        "seeds\n",
        sum.identity.campaign, sum.identity.build);
  }
  return lines;
}

std::string campaign_of(const Merged& merged, const CampaignSum& sum) {
  const ShardIdentity& of = sum.identity;
  std::string lines = fmt::format(
      "campaign={} build={} scenario={} mode={} seeds={}..{} shards={} done={} passed={} failed={} "
      "not_run={}{}\n",
      of.campaign, of.build, of.scenario, of.mode, of.seeds.first, of.seeds.last, of.shard.count,
      sum.shards_done, sum.totals.passed, sum.totals.failed, sum.not_run, weak_of(sum.totals));
  if (const u64 missing = of.shard.count - sum.shards; missing > 0) {
    lines += fmt::format("  no results of {} of {} shards: {}\n", missing, of.shard.count,
                         missing_of(merged, sum));
  }
  for (const UndoneShard& shard : sum.undone) {
    lines += fmt::format("  shard {} is not done: {} of {} seeds\n", shard.index, shard.ran,
                         shard.seeds);
  }
  return lines;
}

bool run_the_same(const ShardIdentity& a, const ShardIdentity& b) {
  return a.scenario_hash == b.scenario_hash && a.mode == b.mode && a.generator == b.generator &&
         std::max(a.seeds.first, b.seeds.first) <= std::min(a.seeds.last, b.seeds.last);
}

/// What a sum of several campaigns hides.
std::string warnings_of(const Sums& sums) {
  if (sums.size() < 2) return {};
  std::set<std::string> builds;
  bool twice = false;
  for (std::size_t at = 0; at < sums.size(); ++at) {
    builds.insert(sums[at].identity.build);
    for (std::size_t other = 0; other < at; ++other) {
      twice = twice || run_the_same(sums[at].identity, sums[other].identity);
    }
  }
  std::string line = fmt::format("these are {} campaigns", sums.size());
  if (builds.size() > 1) line += fmt::format(" of {} builds", builds.size());
  if (twice) line += "; seeds that several of them ran are counted as often";
  return line + "; the last line is their sum\n";
}

}  // namespace

std::string summary_of(const Merged& merged) {
  const Sums sums = merged.campaigns();
  std::string text = failures_of(merged);
  u64 shards = 0;
  u64 shards_done = 0;
  u64 not_run = 0;
  ShardTotals total;
  for (const CampaignSum& sum : sums) {
    if (sums.size() > 1 || sum.not_run > 0) text += campaign_of(merged, sum);
    text += notes_of(sum);
    shards += sum.identity.shard.count;
    shards_done += sum.shards_done;
    not_run += sum.not_run;
    total.ran += sum.totals.ran;
    total.passed += sum.totals.passed;
    total.failed += sum.totals.failed;
    total.excused += sum.totals.excused;
    total.undecided += sum.totals.undecided;
  }
  return text + warnings_of(sums) +
         fmt::format("shards={} done={} seeds={} passed={} failed={} kinds={} not_run={}{}\n",
                     shards, shards_done, total.ran, total.passed, total.failed,
                     merged.kept().size(), not_run, weak_of(total));
}

Exit exit_of(const Merged& merged) {
  bool complete = true;
  for (const CampaignSum& sum : merged.campaigns()) {
    if (sum.totals.failed > 0) return Exit::found;
    complete = complete && sum.not_run == 0;
  }
  return complete ? Exit::pass : Exit::unfinished;
}

}  // namespace snowflk::tools
