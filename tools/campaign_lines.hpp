// The lines of a campaign's files: who it is, how far it has come, what failed. One JSON object a
// line, written and read here and nowhere else; docs/CAMPAIGNS.md describes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/hash.hpp"
#include "tools/campaign_shard.hpp"

namespace snowflk::tools {

inline constexpr std::string_view kCampaignSchema = "snowflk.campaign/1";

/// Which shard of which campaign: equal identities, equal lines but for times.
struct ShardIdentity {
  std::string campaign;  // its directory's name
  std::string build;
  u32 generator = 0;
  std::string scenario;  // the file as it was named, or "swarm"
  std::string mode;      // of a swarm; else "scenario"
  u64 scenario_hash = 0;
  sim::SeedRange seeds;  // of all shards together
  Shard shard;
  u32 twice_ppm = 0;
  friend bool operator==(const ShardIdentity&, const ShardIdentity&) = default;
};
/// The seeds of this shard. REQUIRES: the campaign has no fewer seeds than shards.
sim::SeedRange seeds_of(const ShardIdentity& identity);
/// How many they are.
u64 size_of(const sim::SeedRange& seeds);

/// How far a shard has come: its first `ran` seeds have been run.
struct ShardTotals {
  u64 ran = 0;
  u64 passed = 0;
  u64 failed = 0;
  u64 twice = 0;  // of them, run twice and compared
  u64 events = 0;
  u64 wall_ns = 0;  // of all processes that worked on it, one after the other
  Digest digests;   // the chain of all runs' digests, in the order of seeds
  friend bool operator==(const ShardTotals&, const ShardTotals&) = default;
};

/// A seed that failed.
struct CampaignFailure {
  u64 seed = 0;
  std::string signature;  // equal for failures of the same kind
  std::string verdict;
  std::string property;
  std::string sentence;
  u64 events = 0;
  u64 virtual_ns = 0;
  std::string digest;
  std::string repro;  // the command that repeats it
  std::string file;   // its trace, in the directory of the shard; empty: none was kept
  friend bool operator==(const CampaignFailure&, const CampaignFailure&) = default;
};

// Each gives one line, without its end.
std::string begin_line(const ShardIdentity& identity, u64 begun_s);
std::string failure_line(const CampaignFailure& failure, const ShardTotals& so_far);
std::string totals_line(const ShardTotals& so_far);

struct BeginLine {
  ShardIdentity identity;
  u64 begun_s = 0;  // Unix time
};
/// A failure, if the line tells one, and the totals with it.
struct ProgressLine {
  std::optional<CampaignFailure> failure;
  ShardTotals so_far;
};
// Nothing: it is no such line.
std::optional<BeginLine> parse_begin(std::string_view line);
std::optional<ProgressLine> parse_progress(std::string_view line);
/// As sim::trace_file prints it.
std::optional<Digest> parse_digest(std::string_view text);

}  // namespace snowflk::tools
