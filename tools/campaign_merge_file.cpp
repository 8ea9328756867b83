// Merged files, and results files as something to merge.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/trace/json.hpp"
#include "tools/campaign_json.hpp"
#include "tools/campaign_merge.hpp"
#include "tools/campaign_results.hpp"

namespace snowflk::tools {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kMergedSchema = "snowflk.campaign.merged/2";
constexpr std::string_view kOlderMergedSchema = "snowflk.campaign.merged/1";  // without what is new

std::string shard_line(const ShardSummary& shard) {
  std::string line;
  trace::JsonWriter out{line};
  out.begin_object().key("shard").raw(begin_line(shard.begin.identity, shard.begin.begun_s));
  out.key("so_far").raw(totals_json(shard.so_far, shard.begin.identity.format));
  if (shard.weak != WeakPasses{}) out.key("weak").raw(weak_json(shard.weak));
  out.key("kinds").begin_array();
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

std::string ways_of_line(const Merged::Ways& ways) {
  return fmt::format(R"x({{"ledger":{},"of":{}}})x", ways_line(ways.names),
                     begin_line(ways.of.identity, ways.of.begun_s));
}

bool contains(const sim::SeedRange& seeds, u64 seed) {
  return seeds.first <= seed && seed <= seeds.last;
}

/// Whether these can be the first of `count` seeds in the first `ran` of the shard.
bool are_first_of(const std::vector<u64>& named, u64 count, u64 ran, const sim::SeedRange& seeds) {
  if (named.size() != std::min<u64>(count, kWeakPerShard)) return false;
  const bool ascend = std::ranges::adjacent_find(named, std::greater_equal<>{}) == named.end();
  return ascend && std::ranges::all_of(named, [&](u64 seed) {
           return contains(seeds, seed) && seed - seeds.first < ran;
         });
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
  const ShardTotals& so_far = shard.so_far;
  return failures == 0 && so_far.ran <= size_of(seeds) &&
         are_first_of(shard.weak.excused, so_far.excused, so_far.ran, seeds) &&
         are_first_of(shard.weak.undecided, so_far.undecided, so_far.ran, seeds);
}

std::optional<ShardSummary> parse_shard_line(const json& object) {
  const auto begin = begin_of(object["shard"]);
  if (!begin || !object.contains("so_far")) return std::nullopt;
  const auto so_far = totals_of(object["so_far"], begin->identity);
  const auto weak = object.contains("weak") ? weak_of(object["weak"]) : WeakPasses{};
  const auto kinds = object.find("kinds");
  if (!so_far || !weak || kinds == object.end() || !kinds->is_array()) return std::nullopt;
  ShardSummary shard{.begin = *begin, .so_far = *so_far, .weak = *weak, .kinds = {}};
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

bool read_ways_line(const json& object, Merged& merged) {
  const auto of = begin_of(object["of"]);
  std::vector<std::string> ways;
  if (!of || !JsonMembers{object["ledger"]}.read("ways", ways).ok()) return false;
  return !ways.empty() && ways.size() == of->identity.ledger && merged.add_ways(*of, ways);
}

/// Of one line of a merged file. False: it is no such line.
bool read_merged_line(const json& object, Merged& merged) {
  if (!object.is_object()) return false;
  if (object.contains("shard")) {
    const auto shard = parse_shard_line(object);
    if (!shard) return false;
    if (!shard->so_far.ledger.empty() && !merged.knows_ways(shard->begin.identity)) return false;
    merged.add(*shard);
    return true;
  }
  if (!object.contains("of")) return false;
  if (object.contains("ledger")) return read_ways_line(object, merged);
  if (!object.contains("kept")) return false;
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
  auto file = parse_results(path, text);
  if (!file) return file.error();
  if (!*file) return std::nullopt;  // killed before its first line was whole
  const fs::path directory = fs::path{path}.parent_path();
  if (auto state = read_state(directory.string(), **file)) {
    (*file)->so_far = std::move(state->so_far);
    (*file)->weak.append(state->weak);
  }
  ShardSummary shard{
      .begin = (*file)->begin, .so_far = (*file)->so_far, .weak = (*file)->weak, .kinds = {}};
  shard.weak.cut(kWeakPerShard);
  if (!(*file)->ways.empty() && !merged.add_ways(shard.begin, (*file)->ways)) {
    return problem(path, 2, "its ledger counts other than another shard's of this campaign");
  }
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
  const bool is_merged = schema == kMergedSchema || schema == kOlderMergedSchema;
  return is_merged ? read_merged(path, *text, merged) : read_shard(path, *text, merged);
}

}  // namespace

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
  for (const auto& [key, ways] : merged.ways()) text += ways_of_line(ways) + "\n";
  for (const auto& [key, shard] : merged.shards()) text += shard_line(shard) + "\n";
  for (const auto& [kind, kept] : merged.kept()) {
    for (const KeptFailure& each : kept) text += kept_line(each) + "\n";
  }
  return text;
}

}  // namespace snowflk::tools
