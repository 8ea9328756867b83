// The lines of a campaign's files: who it is, how far it has come, what failed. One JSON object a
// line, written and read here and nowhere else; docs/CAMPAIGNS.md describes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/hash.hpp"
#include "tools/campaign_shard.hpp"

namespace snowflk::tools {

/// Which lines there are and what they hold: "snowflk.campaign/2". Those of format 1, which tell
/// nothing of excused and undecided seeds and have no ledger, are read and merged, not gone on
/// with.
inline constexpr u32 kCampaignFormat = 2;
std::string campaign_schema(u32 format);

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
  u32 ledger = 0;  // how many ways are counted in it; 0: none is kept
  u32 format = kCampaignFormat;
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
  // Of those that passed.
  u64 excused = 0;
  u64 undecided = 0;
  std::vector<u64> ledger = {};  // how often each way came; empty: no ledger, or nothing was run
  friend bool operator==(const ShardTotals&, const ShardTotals&) = default;
};

/// Adds what another seed, or shard, has counted.
void add_row(std::vector<u64>& ledger, const std::vector<u64>& row);
/// How many ways never came.
u64 zeros_of(const std::vector<u64>& ledger);

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

/// Which seeds passed and prove less than a pass does, in their order.
struct WeakPasses {
  std::vector<u64> excused = {};
  std::vector<u64> undecided = {};
  void append(const WeakPasses& more);
  /// Keeps the first `count` of each.
  void cut(std::size_t count);
  friend bool operator==(const WeakPasses&, const WeakPasses&) = default;
};

struct BeginLine {
  ShardIdentity identity;
  u64 begun_s = 0;  // Unix time
};
/// A failure, if the line tells one, and the totals with it.
struct ProgressLine {
  std::optional<CampaignFailure> failure = {};
  ShardTotals so_far = {};
  WeakPasses weak = {};  // since the line before; not told where there are none
};

// Each gives one line, without its end; of progress in the newest format.
std::string begin_line(const ShardIdentity& identity, u64 begun_s);
std::string ways_line(const std::vector<std::string>& ways);
std::string progress_line(const ProgressLine& progress);

// Nothing: it is no such line.
std::optional<BeginLine> parse_begin(std::string_view line);
std::optional<std::vector<std::string>> parse_ways(std::string_view line);
/// Of a file that began with `identity`.
std::optional<ProgressLine> parse_progress(std::string_view line, const ShardIdentity& identity);
/// As sim::trace_file prints it.
std::optional<Digest> parse_digest(std::string_view text);

}  // namespace snowflk::tools
