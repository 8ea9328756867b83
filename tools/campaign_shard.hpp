// Which part of a campaign a process is to run: as it was told, or as the scheduler's variables
// say.
//
// Shards are counted from 0: 0/4 is the first of four. Owns what each scheduler calls things.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>

#include "core/base/types.hpp"
#include "sim/runner.hpp"

namespace snowflk::tools {

struct Shard {
  u64 index = 0;
  u64 count = 1;  // index < count
  friend bool operator==(const Shard&, const Shard&) = default;
};
/// "0/4".
std::string print(const Shard& shard);
std::expected<Shard, std::string> parse_shard(std::string_view text);

/// What the command line says of it.
struct ShardRequest {
  std::string shard;          // --shard i/n; empty: not said
  std::optional<u64> shards;  // --shards n: for schedulers that tell the index alone
  bool seeds_said = false;
};

/// The value of a variable of the environment, or null.
using Environment = std::function<const char*(const char* name)>;

/// In this order: --shard; SNOWFLK_SHARD; the one scheduler whose variables are there (Slurm
/// arrays, Kubernetes Indexed Jobs, Bazel's test sharding, GNU parallel); else the whole as one
/// shard. What contradicts itself or lacks something is told in a sentence.
std::expected<Shard, std::string> find_shard(const ShardRequest& request,
                                             const Environment& environment);

/// The seeds of `shard`: the shards' ranges follow each other and differ by at most one in length.
/// Nothing if there are fewer seeds than shards.
std::optional<sim::SeedRange> seeds_of(const sim::SeedRange& whole, const Shard& shard);

}  // namespace snowflk::tools
