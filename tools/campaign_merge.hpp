// What many shards found, together: by kind of failure, a few seeds of each.
//
// Merging is a union: in whatever order, by whatever steps, and with whatever twice, the same comes
// of it. Of one shard in two states the one that is further counts.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <vector>

#include "tools/campaign_lines.hpp"
#include "tools/read_file.hpp"

namespace snowflk::tools {

/// Of failures of one kind so many seeds are kept; of builds so many.
inline constexpr std::size_t kSeedsPerKind = 4;
inline constexpr std::size_t kBuildsMax = 32;
/// Of the excused, and of the undecided, seeds of a shard so many are kept: the first.
inline constexpr std::size_t kWeakPerShard = 16;

/// Failures of one kind in one shard.
struct KindCount {
  u64 count = 0;
  u64 first = 0;  // seed
  u64 last = 0;
};

struct ShardSummary {
  BeginLine begin;
  ShardTotals so_far;
  WeakPasses weak;                         // the first few
  std::map<std::string, KindCount> kinds;  // by signature
};

/// A kind of failure.
struct Kind {
  std::string build;
  std::string scenario;
  std::string mode;
  u64 scenario_hash = 0;
  std::string signature;
  friend auto operator<=>(const Kind&, const Kind&) = default;
};
Kind kind_of(const ShardIdentity& identity, const std::string& signature);

struct KeptFailure {
  BeginLine of;             // the shard that found it
  CampaignFailure failure;  // `file`: the way to it from where the merging command ran
};

/// A shard that has results, and not of all its seeds.
struct UndoneShard {
  u64 index = 0;
  u64 ran = 0;
  u64 seeds = 0;
};

/// The shards of one campaign, as far as they are known.
struct CampaignSum {
  ShardIdentity identity;  // of its first shard
  u64 shards = 0;          // that have results
  u64 shards_done = 0;
  std::vector<u64> missing;         // the first few that have none
  std::vector<UndoneShard> undone;  // the first few
  u64 not_run = 0;                  // seeds, those of missing shards among them
  ShardTotals totals;               // their `digests` mean nothing
  WeakPasses weak;                  // the first few
  std::vector<std::string> never;   // which ways of its ledger, if it has counted any
};

class Merged {
 public:
  void add(const ShardSummary& shard);
  void add(const KeptFailure& failure);
  /// What the ledger of the campaign of this shard counts. False: it is known to count other.
  [[nodiscard]] bool add_ways(const BeginLine& of, const std::vector<std::string>& ways);
  /// Lets go of what is more than kBuildsMax builds: those without failures first, then older ones.
  /// How many builds went.
  u64 drop_old_builds();

  [[nodiscard]] const std::map<std::string, ShardSummary>& shards() const { return shards_; }
  /// Of each kind, those that fail soonest first.
  [[nodiscard]] const std::map<Kind, std::vector<KeptFailure>>& kept() const { return kept_; }
  /// By campaign; each with the first line of one of its shards.
  struct Ways {
    BeginLine of;
    std::vector<std::string> names;
  };
  [[nodiscard]] const std::map<std::string, Ways>& ways() const { return ways_; }
  [[nodiscard]] bool knows_ways(const ShardIdentity& identity) const;
  [[nodiscard]] KindCount count(const Kind& kind) const;
  [[nodiscard]] std::vector<CampaignSum> campaigns() const;

 private:
  std::map<std::string, ShardSummary> shards_;  // by their first line, without its time
  std::map<Kind, std::vector<KeptFailure>> kept_;
  std::map<std::string, Ways> ways_;  // by the first line of the campaign's first shard
};

/// Reads `path`, a results file or a merged file, or all results files below it if it is a
/// directory, into `merged`.
std::optional<FileProblem> read_into(const std::string& path, Merged& merged);
/// The lines of a merged file.
std::string to_text(const Merged& merged);

}  // namespace snowflk::tools
