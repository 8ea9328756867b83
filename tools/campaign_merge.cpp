#include "tools/campaign_merge.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <tuple>

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "core/trace/json.hpp"
#include "tools/campaign_json.hpp"
#include "tools/campaign_results.hpp"

namespace snowflk::tools {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kMergedSchema = "snowflk.campaign.merged/1";
constexpr std::size_t kShardsShown = 16;

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

std::string shard_line(const ShardSummary& shard) {
  std::string line;
  trace::JsonWriter out{line};
  out.begin_object().key("shard").raw(begin_line(shard.begin.identity, shard.begin.begun_s));
  out.key("so_far").raw(totals_json(shard.so_far)).key("kinds").begin_array();
  for (const auto& [signature, kind] : shard.kinds) {
    out.begin_object()
        .member("signature", signature)
        .member("count", kind.count)
        .member("first", kind.first)
        .member("last", kind.last)
        .end_object();
  }
  out.end_array().end_object();
  return line;
}

std::string kept_line(const KeptFailure& kept) {
  return fmt::format(R"x({{"kept":{},"of":{}}})x", failure_json(kept.failure),
                     begin_line(kept.of.identity, kept.of.begun_s));
}

bool contains(const sim::SeedRange& seeds, u64 seed) {
  return seeds.first <= seed && seed <= seeds.last;
}

/// Whether the shard can have come to this.
bool is_possible(const ShardSummary& shard) {
  const sim::SeedRange seeds = seeds_of(shard.begin.identity);
  u64 failures = shard.so_far.failed;  // not yet met below
  for (const auto& [signature, kind] : shard.kinds) {
    if (!contains(seeds, kind.first) || !contains(seeds, kind.last)) return false;
    if (kind.first > kind.last || kind.count == 0 || kind.count > failures) return false;
    failures -= kind.count;
  }
  return failures == 0 && shard.so_far.ran <= size_of(seeds);
}

std::optional<ShardSummary> parse_shard_line(const json& object) {
  const auto begin = begin_of(object["shard"]);
  const auto so_far = object.contains("so_far") ? totals_of(object["so_far"]) : std::nullopt;
  const auto kinds = object.find("kinds");
  if (!begin || !so_far || kinds == object.end() || !kinds->is_array()) return std::nullopt;
  ShardSummary shard{.begin = *begin, .so_far = *so_far, .kinds = {}};
  for (const json& each : *kinds) {
    std::string signature;
    KindCount kind;
    const bool ok = JsonMembers{each}
                        .read("signature", signature)
                        .read("count", kind.count)
                        .read("first", kind.first)
                        .read("last", kind.last)
                        .ok();
    if (!ok) return std::nullopt;
    if (!shard.kinds.emplace(signature, kind).second) return std::nullopt;
  }
  if (!is_possible(shard)) return std::nullopt;
  return shard;
}

/// Of one line of a merged file. False: it is no such line.
bool read_merged_line(const json& object, Merged& merged) {
  if (!object.is_object()) return false;
  if (object.contains("shard")) {
    const auto shard = parse_shard_line(object);
    if (shard) merged.add(*shard);
    return shard.has_value();
  }
  if (!object.contains("kept") || !object.contains("of")) return false;
  const auto failure = failure_of(object["kept"]);
  const auto of = begin_of(object["of"]);
  if (!failure || !of || !contains(seeds_of(of->identity), failure->seed)) return false;
  merged.add(KeptFailure{.of = *of, .failure = *failure});
  return true;
}

FileProblem problem(const std::string& path, u64 line, std::string_view why) {
  return FileProblem{.exit = Exit::usage, .sentence = fmt::format("{}:{}: {}", path, line, why)};
}

std::optional<FileProblem> read_merged(const std::string& path, std::string_view text,
                                       Merged& merged) {
  u64 number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    number += 1;
    const bool first = number == 1;  // it says what file this is
    if (!first && !read_merged_line(parse_json_line(text.substr(at, end - at)), merged)) {
      return problem(path, number, "this is no line of merged results");
    }
    at = end + 1;
  }
  if (number < 2) return problem(path, number, "a merged file without a shard");
  return std::nullopt;
}

std::optional<FileProblem> read_shard(const std::string& path, std::string_view text,
                                      Merged& merged) {
  const auto file = parse_results(path, text);
  if (!file) return file.error();
  if (!*file) return std::nullopt;  // killed before its first line was whole
  ShardSummary shard{.begin = (*file)->begin, .so_far = (*file)->so_far, .kinds = {}};
  const fs::path directory = fs::path{path}.parent_path();
  for (const CampaignFailure& failure : (*file)->failures) {
    KindCount& kind = shard.kinds[failure.signature];
    if (kind.count == 0) kind.first = failure.seed;
    kind.count += 1;
    kind.last = failure.seed;
    KeptFailure kept{.of = shard.begin, .failure = failure};
    if (!failure.file.empty()) kept.failure.file = (directory / failure.file).string();
    merged.add(kept);
  }
  merged.add(shard);
  return std::nullopt;
}

std::optional<FileProblem> read_one(const std::string& path, Merged& merged) {
  const auto text = read_file(path);
  if (!text) return text.error();
  const std::string_view first = std::string_view{*text}.substr(0, text->find('\n'));
  const json object = parse_json_line(first);
  std::string schema;
  JsonMembers{object}.read("schema", schema);
  return schema == kMergedSchema ? read_merged(path, *text, merged)
                                 : read_shard(path, *text, merged);
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

std::vector<CampaignSum> Merged::campaigns() const {
  std::map<std::string, CampaignSum> sums;
  std::map<std::string, std::set<u64>> present;
  for (const auto& [key, shard] : shards_) {
    ShardIdentity whole = shard.begin.identity;
    whole.shard.index = 0;
    const std::string campaign = begin_line(whole, 0);
    CampaignSum& sum = sums[campaign];
    sum.identity = whole;
    sum.shards += 1;
    const u64 seeds = size_of(seeds_of(shard.begin.identity));
    sum.shards_done += shard.so_far.ran == seeds ? 1 : 0;
    if (shard.so_far.ran < seeds && sum.undone.size() < kShardsShown) {
      sum.undone.push_back(
          {.index = shard.begin.identity.shard.index, .ran = shard.so_far.ran, .seeds = seeds});
    }
    sum.totals.ran += shard.so_far.ran;
    sum.totals.passed += shard.so_far.passed;
    sum.totals.failed += shard.so_far.failed;
    sum.totals.twice += shard.so_far.twice;
    sum.totals.events += shard.so_far.events;
    sum.totals.wall_ns += shard.so_far.wall_ns;
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
    list.push_back(sum);
  }
  return list;
}

std::optional<FileProblem> read_into(const std::string& path, Merged& merged) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return read_one(path, merged);
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator at{path, error}, end; !error && at != end;
       at.increment(error)) {
    if (at->path().filename() == kResultsName) files.push_back(at->path().string());
  }
  if (error) {
    return FileProblem{.exit = Exit::environment, .sentence = path + ": " + error.message()};
  }
  if (files.empty()) {
    return FileProblem{.exit = Exit::usage,
                       .sentence = fmt::format("{}: no {} in it", path, kResultsName)};
  }
  std::ranges::sort(files);
  for (const std::string& file : files) {
    if (auto failed = read_one(file, merged)) return failed;
  }
  return std::nullopt;
}

std::string to_text(const Merged& merged) {
  std::string text = fmt::format(R"x({{"schema":"{}"}})x", kMergedSchema) + "\n";
  for (const auto& [key, shard] : merged.shards()) text += shard_line(shard) + "\n";
  for (const auto& [kind, kept] : merged.kept()) {
    for (const KeptFailure& each : kept) text += kept_line(each) + "\n";
  }
  return text;
}

}  // namespace snowflk::tools
