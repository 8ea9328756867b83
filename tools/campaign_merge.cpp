#include "tools/campaign_merge.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace snowflk::tools {
namespace {

constexpr std::size_t kShardsShown = 16;

/// Names a campaign, which is its shards' first lines but for the shard and the times.
std::string campaign_key(const ShardIdentity& identity) {
  ShardIdentity whole = identity;
  whole.shard.index = 0;
  return begin_line(whole, 0);
}

/// Who fails after fewer events is read sooner. The rest makes the order total.
bool sooner(const KeptFailure& a, const KeptFailure& b) {
  const auto rank = [](const KeptFailure& each) {
    return std::tuple{each.failure.events, each.failure.seed, begin_line(each.of.identity, 0),
                      each.failure.file.empty(), each.failure.file};
  };
  return rank(a) < rank(b);
}

bool same_run(const KeptFailure& a, const KeptFailure& b) {
  return a.failure.seed == b.failure.seed && a.of.identity == b.of.identity;
}

/// What a build is judged by when there are too many.
struct BuildRank {
  bool fails = false;
  u64 begun_s = 0;
  std::string build;
  friend auto operator<=>(const BuildRank&, const BuildRank&) = default;
};

}  // namespace

Kind kind_of(const ShardIdentity& identity, const std::string& signature) {
  return Kind{.build = identity.build,
              .scenario = identity.scenario,
              .mode = identity.mode,
              .scenario_hash = identity.scenario_hash,
              .signature = signature};
}

void Merged::add(const ShardSummary& shard) {
  const auto [at, is_new] = shards_.try_emplace(begin_line(shard.begin.identity, 0), shard);
  if (is_new) return;
  ShardSummary& known = at->second;
  const auto rank = [](const ShardSummary& each) {
    return std::pair{each.so_far.ran, each.begin.begun_s};
  };
  if (rank(known) < rank(shard)) known = shard;
}

bool Merged::add_ways(const BeginLine& of, const std::vector<std::string>& ways) {
  const auto [at, is_new] =
      ways_.try_emplace(campaign_key(of.identity), Ways{.of = of, .names = ways});
  Ways& known = at->second;
  const auto rank = [](const BeginLine& begin) {
    return std::pair{begin_line(begin.identity, 0), begin.begun_s};
  };
  if (rank(of) < rank(known.of)) known.of = of;  // whatever came first
  return known.names == ways;
}

bool Merged::knows_ways(const ShardIdentity& identity) const {
  return ways_.contains(campaign_key(identity));
}

void Merged::add(const KeptFailure& failure) {
  auto& kept = kept_[kind_of(failure.of.identity, failure.failure.signature)];
  const auto place = std::ranges::lower_bound(kept, failure, sooner);
  const auto before = place == kept.begin() ? place : std::prev(place);
  const auto is_it = [&](const KeptFailure& each) { return same_run(each, failure); };
  if (place != kept.end() && is_it(*place)) {
    *place = failure;  // The same, by a way that comes first.
    return;
  }
  if (before != kept.end() && is_it(*before)) return;
  kept.insert(place, failure);
  if (kept.size() > kSeedsPerKind) kept.pop_back();
}

u64 Merged::drop_old_builds() {
  std::map<std::string, BuildRank> builds;
  for (const auto& [key, shard] : shards_) {
    BuildRank& rank = builds[shard.begin.identity.build];
    rank.build = shard.begin.identity.build;
    rank.fails = rank.fails || shard.so_far.failed > 0;
    rank.begun_s = std::max(rank.begun_s, shard.begin.begun_s);
  }
  std::set<BuildRank> ranks;
  for (const auto& [build, rank] : builds) ranks.insert(rank);
  const u64 dropped = ranks.size() - std::min(ranks.size(), kBuildsMax);
  while (ranks.size() > kBuildsMax) {
    const std::string build = ranks.begin()->build;
    ranks.erase(ranks.begin());
    std::erase_if(shards_,
                  [&](const auto& each) { return each.second.begin.identity.build == build; });
    std::erase_if(kept_, [&](const auto& each) { return each.first.build == build; });
    std::erase_if(ways_, [&](const auto& each) { return each.second.of.identity.build == build; });
  }
  return dropped;
}

KindCount Merged::count(const Kind& kind) const {
  KindCount sum;
  for (const auto& [key, shard] : shards_) {
    const auto found = shard.kinds.find(kind.signature);
    if (found == shard.kinds.end() || kind_of(shard.begin.identity, kind.signature) != kind) {
      continue;
    }
    sum.first = sum.count == 0 ? found->second.first : std::min(sum.first, found->second.first);
    sum.last = std::max(sum.last, found->second.last);
    sum.count += found->second.count;
  }
  return sum;
}

namespace {

void add_to(ShardTotals& totals, const ShardTotals& more) {
  totals.ran += more.ran;
  totals.passed += more.passed;
  totals.failed += more.failed;
  totals.twice += more.twice;
  totals.events += more.events;
  totals.wall_ns += more.wall_ns;
  totals.excused += more.excused;
  totals.undecided += more.undecided;
  add_row(totals.ledger, more.ledger);
}

void add_to(CampaignSum& sum, const ShardSummary& shard) {
  sum.identity = shard.begin.identity;
  sum.identity.shard.index = 0;
  sum.shards += 1;
  const u64 seeds = size_of(seeds_of(shard.begin.identity));
  sum.shards_done += shard.so_far.ran == seeds ? 1 : 0;
  if (shard.so_far.ran < seeds && sum.undone.size() < kShardsShown) {
    sum.undone.push_back(
        {.index = shard.begin.identity.shard.index, .ran = shard.so_far.ran, .seeds = seeds});
  }
  add_to(sum.totals, shard.so_far);
  sum.weak.append(shard.weak);
}

/// Which of `ways` have no count.
std::vector<std::string> never_of(const std::vector<std::string>& ways,
                                  const std::vector<u64>& counts) {
  std::vector<std::string> never;
  for (std::size_t way = 0; way < counts.size(); ++way) {
    if (counts[way] == 0) never.push_back(ways[way]);
  }
  return never;
}

}  // namespace

std::vector<CampaignSum> Merged::campaigns() const {
  std::map<std::string, CampaignSum> sums;
  std::map<std::string, std::set<u64>> present;
  for (const auto& [key, shard] : shards_) {
    const std::string campaign = campaign_key(shard.begin.identity);
    add_to(sums[campaign], shard);
    present[campaign].insert(shard.begin.identity.shard.index);
  }
  std::vector<CampaignSum> list;
  for (auto& [campaign, sum] : sums) {
    const u64 seeds = size_of(sum.identity.seeds);
    sum.not_run = seeds - std::min(seeds, sum.totals.ran);
    const std::set<u64>& has = present[campaign];
    for (u64 index = 0; index < sum.identity.shard.count; ++index) {
      if (sum.missing.size() == kShardsShown) break;
      if (!has.contains(index)) sum.missing.push_back(index);
    }
    std::ranges::sort(sum.weak.excused);  // shards are in the order of their names
    std::ranges::sort(sum.weak.undecided);
    sum.weak.cut(kWeakPerShard);
    if (!sum.totals.ledger.empty()) {
      sum.never = never_of(ways_.at(campaign).names, sum.totals.ledger);
    }
    list.push_back(std::move(sum));
  }
  return list;
}

}  // namespace snowflk::tools
