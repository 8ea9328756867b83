// Runs one shard of a campaign: from where its directory says it stands to its last seed, or until
// it is told to stop.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "tools/campaign_lines.hpp"
#include "tools/sim_options.hpp"

namespace snowflk::tools {

struct ShardOptions {
  std::string out;  // the directory of campaigns
  u32 jobs = 1;
  std::optional<std::chrono::nanoseconds> budget;
  std::optional<u64> failures_max;  // stop when the shard has so many
  bool json = false;
};

/// What a campaign is called that was given no name: "swarm-1-1000000-1a2b3c4d". The same for the
/// same runs, whatever the shard.
std::string campaign_name(const ShardIdentity& identity);
/// Where its results lie: OUT/CAMPAIGN/shard-00003-of-00100.
std::string shard_directory(const std::string& out, const ShardIdentity& identity);

/// Prints each failure as it comes, and a line in the end.
Exit run_shard(const Loaded& loaded, const ShardIdentity& identity, const ShardOptions& options);

}  // namespace snowflk::tools
