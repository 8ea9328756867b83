#include "tools/campaign_lines.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/trace/json.hpp"
#include "sim/trace_file/trace_file.hpp"
#include "tools/campaign_json.hpp"
#include "tools/sim_options.hpp"

namespace snowflk::tools {
namespace {

using nlohmann::json;

std::optional<u64> parse_hex(std::string_view text) {
  u64 word = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), word, 16);
  if (error != std::errc{} || end != text.data() + text.size() || text.size() != 16) return {};
  return word;
}

/// Format 1 knew neither of excused and undecided seeds nor of ledgers.
bool is_old(u32 format) { return format < 2; }

template <class T>
void write_list(trace::JsonWriter& out, std::string_view name, const std::vector<T>& list) {
  out.key(name).begin_array();
  for (const T& each : list) out.value(each);
  out.end_array();
}

}  // namespace

std::string campaign_schema(u32 format) { return fmt::format("snowflk.campaign/{}", format); }

std::string totals_json(const ShardTotals& so_far, u32 format) {
  std::string text;
  trace::JsonWriter out{text};
  out.begin_object()
      .member("ran", so_far.ran)
      .member("passed", so_far.passed)
      .member("failed", so_far.failed)
      .member("twice", so_far.twice)
      .member("events", so_far.events)
      .member("wall_ns", so_far.wall_ns)
      .member("digests", sim::trace_file::print(so_far.digests));
  if (!is_old(format)) {
    out.member("excused", so_far.excused).member("undecided", so_far.undecided);
  }
  if (!so_far.ledger.empty()) write_list(out, "ledger", so_far.ledger);
  out.end_object();
  return text;
}

std::optional<ShardTotals> totals_of(const json& object, const ShardIdentity& identity) {
  ShardTotals so_far;
  std::string digests;
  JsonMembers members{object};
  members.read("ran", so_far.ran)
      .read("passed", so_far.passed)
      .read("failed", so_far.failed)
      .read("twice", so_far.twice)
      .read("events", so_far.events)
      .read("wall_ns", so_far.wall_ns)
      .read("digests", digests);
  if (!is_old(identity.format)) {
    members.read("excused", so_far.excused).read("undecided", so_far.undecided);
  }
  const bool has_ledger = identity.ledger != 0 && so_far.ran != 0;
  if (has_ledger) members.read("ledger", so_far.ledger);
  const auto chain = parse_digest(digests);
  if (!members.ok() || !chain) return std::nullopt;
  so_far.digests = *chain;
  if (so_far.passed > so_far.ran || so_far.failed != so_far.ran - so_far.passed) return {};
  if (so_far.twice > so_far.ran) return {};
  if (so_far.excused > so_far.passed || so_far.undecided > so_far.passed) return {};
  if (so_far.ledger.size() != (has_ledger ? identity.ledger : 0)) return {};
  return so_far;
}

void add_row(std::vector<u64>& ledger, const std::vector<u64>& row) {
  if (ledger.size() < row.size()) ledger.resize(row.size());
  for (std::size_t way = 0; way < row.size(); ++way) ledger[way] += row[way];
}

u64 zeros_of(const std::vector<u64>& ledger) {
  return static_cast<u64>(std::ranges::count(ledger, u64{0}));
}

void WeakPasses::append(const WeakPasses& more) {
  excused.insert(excused.end(), more.excused.begin(), more.excused.end());
  undecided.insert(undecided.end(), more.undecided.begin(), more.undecided.end());
}

void WeakPasses::cut(std::size_t count) {
  excused.resize(std::min(excused.size(), count));
  undecided.resize(std::min(undecided.size(), count));
}

std::string weak_json(const WeakPasses& weak) {
  std::string text;
  trace::JsonWriter out{text};
  out.begin_object();
  write_list(out, "excused", weak.excused);
  write_list(out, "undecided", weak.undecided);
  out.end_object();
  return text;
}

std::optional<WeakPasses> weak_of(const json& object) {
  WeakPasses weak;
  const bool ok =
      JsonMembers{object}.read("excused", weak.excused).read("undecided", weak.undecided).ok();
  if (!ok) return std::nullopt;
  return weak;
}

std::optional<CampaignFailure> failure_of(const json& object) {
  CampaignFailure failure;
  const bool ok = JsonMembers{object}
                      .read("seed", failure.seed)
                      .read("signature", failure.signature)
                      .read("verdict", failure.verdict)
                      .read("property", failure.property)
                      .read("sentence", failure.sentence)
                      .read("events", failure.events)
                      .read("virtual_ns", failure.virtual_ns)
                      .read("digest", failure.digest)
                      .read("repro", failure.repro)
                      .read("file", failure.file)
                      .ok();
  if (!ok) return std::nullopt;
  return failure;
}

std::optional<Digest> parse_digest(std::string_view text) {
  if (text.size() != 32) return std::nullopt;
  const auto high = parse_hex(text.substr(0, 16));
  const auto low = parse_hex(text.substr(16));
  if (!high || !low) return std::nullopt;
  return Digest{.high = *high, .low = *low};
}

u64 size_of(const sim::SeedRange& seeds) { return seeds.last - seeds.first + 1; }

sim::SeedRange seeds_of(const ShardIdentity& identity) {
  const auto seeds = seeds_of(identity.seeds, identity.shard);
  SNOWFLK_ASSERT(seeds);
  return *seeds;
}

json parse_json_line(std::string_view text) {
  const json parsed = json::parse(text, nullptr, false);
  return parsed.is_discarded() ? json{} : parsed;
}

std::string begin_line(const ShardIdentity& identity, u64 begun_s) {
  std::string line;
  trace::JsonWriter out{line};
  out.begin_object()
      .member("schema", campaign_schema(identity.format))
      .member("campaign", identity.campaign)
      .member("build", identity.build)
      .member("generator", identity.generator)
      .member("scenario", identity.scenario)
      .member("mode", identity.mode)
      .member("scenario_hash", fmt::format("{:016x}", identity.scenario_hash))
      .member("seeds", fmt::format("{}..{}", identity.seeds.first, identity.seeds.last))
      .member("shard", print(identity.shard))
      .member("twice_ppm", identity.twice_ppm);
  if (!is_old(identity.format)) out.member("ledger", identity.ledger);
  out.member("begun_s", begun_s).end_object();
  return line;
}

std::string failure_json(const CampaignFailure& failure) {
  std::string text;
  trace::JsonWriter out{text};
  out.begin_object()
      .member("seed", failure.seed)
      .member("signature", failure.signature)
      .member("verdict", failure.verdict)
      .member("property", failure.property)
      .member("sentence", failure.sentence)
      .member("events", failure.events)
      .member("virtual_ns", failure.virtual_ns)
      .member("digest", failure.digest)
      .member("repro", failure.repro)
      .member("file", failure.file)
      .end_object();
  return text;
}

std::string progress_line(const ProgressLine& progress) {
  std::string line;
  trace::JsonWriter out{line};
  out.begin_object();
  if (progress.failure) out.key("failure").raw(failure_json(*progress.failure));
  out.key("so_far").raw(totals_json(progress.so_far, kCampaignFormat));
  if (progress.weak != WeakPasses{}) out.key("weak").raw(weak_json(progress.weak));
  out.end_object();
  return line;
}

std::string ways_line(const std::vector<std::string>& ways) {
  std::string line;
  trace::JsonWriter out{line};
  out.begin_object();
  write_list(out, "ways", ways);
  out.end_object();
  return line;
}

std::optional<BeginLine> parse_begin(std::string_view line) {
  return begin_of(parse_json_line(line));
}

std::optional<BeginLine> begin_of(const json& object) {
  BeginLine begin;
  std::string schema;
  std::string hash;
  std::string seeds;
  std::string shard;
  JsonMembers members{object};
  members.read("schema", schema)
      .read("campaign", begin.identity.campaign)
      .read("build", begin.identity.build)
      .read("generator", begin.identity.generator)
      .read("scenario", begin.identity.scenario)
      .read("mode", begin.identity.mode)
      .read("scenario_hash", hash)
      .read("seeds", seeds)
      .read("shard", shard)
      .read("twice_ppm", begin.identity.twice_ppm)
      .read("begun_s", begin.begun_s);
  begin.identity.format = schema == campaign_schema(1) ? 1 : kCampaignFormat;
  if (!is_old(begin.identity.format)) members.read("ledger", begin.identity.ledger);
  if (!members.ok() || schema != campaign_schema(begin.identity.format)) return std::nullopt;
  const auto scenario_hash = parse_hex(hash);
  const auto range = parse_seeds(seeds);
  const auto part = parse_shard(shard);
  if (!scenario_hash || !range || !part || !seeds_of(*range, *part)) return std::nullopt;
  begin.identity.scenario_hash = *scenario_hash;
  begin.identity.seeds = *range;
  begin.identity.shard = *part;
  return begin;
}

std::optional<std::vector<std::string>> parse_ways(std::string_view line) {
  const json object = parse_json_line(line);
  std::vector<std::string> ways;
  if (!JsonMembers{object}.read("ways", ways).ok()) return std::nullopt;
  return ways;
}

std::optional<ProgressLine> parse_progress(std::string_view line, const ShardIdentity& identity) {
  const json object = parse_json_line(line);
  if (!object.is_object() || !object.contains("so_far")) return std::nullopt;
  const auto so_far = totals_of(object["so_far"], identity);
  if (!so_far) return std::nullopt;
  ProgressLine parsed{.so_far = *so_far};
  if (object.contains("weak")) {
    const auto weak = weak_of(object["weak"]);
    if (!weak) return std::nullopt;
    parsed.weak = *weak;
  }
  if (object.contains("failure")) {
    parsed.failure = failure_of(object["failure"]);
    if (!parsed.failure) return std::nullopt;
  }
  return parsed;
}

}  // namespace snowflk::tools
