#include "tools/campaign_lines.hpp"

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

}  // namespace

std::string totals_json(const ShardTotals& so_far) {
  std::string text;
  trace::JsonWriter out{text};
  out.begin_object()
      .member("ran", so_far.ran)
      .member("passed", so_far.passed)
      .member("failed", so_far.failed)
      .member("twice", so_far.twice)
      .member("events", so_far.events)
      .member("wall_ns", so_far.wall_ns)
      .member("digests", sim::trace_file::print(so_far.digests))
      .end_object();
  return text;
}

std::optional<ShardTotals> totals_of(const json& object) {
  ShardTotals so_far;
  std::string digests;
  const bool ok = JsonMembers{object}
                      .read("ran", so_far.ran)
                      .read("passed", so_far.passed)
                      .read("failed", so_far.failed)
                      .read("twice", so_far.twice)
                      .read("events", so_far.events)
                      .read("wall_ns", so_far.wall_ns)
                      .read("digests", digests)
                      .ok();
  const auto chain = parse_digest(digests);
  if (!ok || !chain) return std::nullopt;
  so_far.digests = *chain;
  if (so_far.passed > so_far.ran || so_far.failed != so_far.ran - so_far.passed) return {};
  if (so_far.twice > so_far.ran) return {};
  return so_far;
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
      .member("schema", kCampaignSchema)
      .member("campaign", identity.campaign)
      .member("build", identity.build)
      .member("generator", identity.generator)
      .member("scenario", identity.scenario)
      .member("mode", identity.mode)
      .member("scenario_hash", fmt::format("{:016x}", identity.scenario_hash))
      .member("seeds", fmt::format("{}..{}", identity.seeds.first, identity.seeds.last))
      .member("shard", print(identity.shard))
      .member("twice_ppm", identity.twice_ppm)
      .member("begun_s", begun_s)
      .end_object();
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

std::string failure_line(const CampaignFailure& failure, const ShardTotals& so_far) {
  return fmt::format(R"x({{"failure":{},"so_far":{}}})x", failure_json(failure),
                     totals_json(so_far));
}

std::string totals_line(const ShardTotals& so_far) {
  return fmt::format(R"x({{"so_far":{}}})x", totals_json(so_far));
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
  const bool ok = JsonMembers{object}
                      .read("schema", schema)
                      .read("campaign", begin.identity.campaign)
                      .read("build", begin.identity.build)
                      .read("generator", begin.identity.generator)
                      .read("scenario", begin.identity.scenario)
                      .read("mode", begin.identity.mode)
                      .read("scenario_hash", hash)
                      .read("seeds", seeds)
                      .read("shard", shard)
                      .read("twice_ppm", begin.identity.twice_ppm)
                      .read("begun_s", begin.begun_s)
                      .ok();
  if (!ok || schema != kCampaignSchema) return std::nullopt;
  const auto scenario_hash = parse_hex(hash);
  const auto range = parse_seeds(seeds);
  const auto part = parse_shard(shard);
  if (!scenario_hash || !range || !part || !seeds_of(*range, *part)) return std::nullopt;
  begin.identity.scenario_hash = *scenario_hash;
  begin.identity.seeds = *range;
  begin.identity.shard = *part;
  return begin;
}

std::optional<ProgressLine> parse_progress(std::string_view line) {
  const json object = parse_json_line(line);
  if (!object.is_object() || !object.contains("so_far")) return std::nullopt;
  const auto so_far = totals_of(object["so_far"]);
  if (!so_far) return std::nullopt;
  ProgressLine parsed{.failure = {}, .so_far = *so_far};
  if (object.contains("failure")) {
    parsed.failure = failure_of(object["failure"]);
    if (!parsed.failure) return std::nullopt;
  }
  return parsed;
}

}  // namespace snowflk::tools
