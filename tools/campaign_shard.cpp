#include "tools/campaign_shard.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "core/base/assert.hpp"

namespace snowflk::tools {
namespace {

using Found = std::expected<std::optional<Shard>, std::string>;

std::optional<u64> parse_number(std::string_view text) {
  u64 number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// A variable that must be a number where it is there. Empty: it is not there.
std::expected<std::optional<u64>, std::string> number_of(const Environment& environment,
                                                         const char* name) {
  const char* const text = environment(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  const auto number = parse_number(text);
  if (!number) return std::unexpected(fmt::format("{}={:.40} is no number", name, text));
  return number;
}

/// `index` of `count`, of which `source` has told.
Found checked(std::string_view source, u64 index, u64 count) {
  if (index < count) return Shard{.index = index, .count = count};
  return std::unexpected(
      fmt::format("{}: shard {} is not among {} shards, which count from 0", source, index, count));
}

/// A task's number tells the shard; without --shards the array is taken as it stands, from its
/// least number on. With --shards a task may be run again alone (--array=7).
Found slurm(const ShardRequest& request, const Environment& environment) {
  const auto id = number_of(environment, "SLURM_ARRAY_TASK_ID");
  if (!id) return std::unexpected(id.error());
  if (!*id) return std::nullopt;
  if (request.shards) return checked("SLURM_ARRAY_TASK_ID", **id, *request.shards);
  const auto least = number_of(environment, "SLURM_ARRAY_TASK_MIN");
  const auto count = number_of(environment, "SLURM_ARRAY_TASK_COUNT");
  const auto step = number_of(environment, "SLURM_ARRAY_TASK_STEP");
  for (const auto* each : {&least, &count, &step}) {
    if (!*each) return std::unexpected(each->error());
  }
  if (!*least || !*count) {
    return std::unexpected(
        "SLURM_ARRAY_TASK_ID without SLURM_ARRAY_TASK_MIN and _COUNT: say --shards N");
  }
  const u64 stride = std::max<u64>(1, step->value_or(1));
  if (**id < **least || (**id - **least) % stride != 0 || (**id - **least) / stride >= **count) {
    return std::unexpected(
        fmt::format("the Slurm array is no plain range: task {} of {} from {} by {}; say --shards "
                    "N, and number "
                    "the tasks from 0",
                    **id, **count, **least, stride));
  }
  return Shard{.index = (**id - **least) / stride, .count = **count};
}

Found kubernetes(const ShardRequest& request, const Environment& environment) {
  const auto index = number_of(environment, "JOB_COMPLETION_INDEX");
  if (!index) return std::unexpected(index.error());
  if (!*index) return std::nullopt;
  if (!request.shards) {
    return std::unexpected(
        "JOB_COMPLETION_INDEX is there, but Kubernetes does not tell of how many: say --shards N, "
        "with the N of spec.completions");
  }
  return checked("JOB_COMPLETION_INDEX", **index, *request.shards);
}

Found bazel(const ShardRequest& request, const Environment& environment) {
  const auto index = number_of(environment, "TEST_SHARD_INDEX");
  const auto count = number_of(environment, "TEST_TOTAL_SHARDS");
  if (!index) return std::unexpected(index.error());
  if (!count) return std::unexpected(count.error());
  if (!*index) return std::nullopt;
  if (*count && request.shards && *request.shards != **count) {
    return std::unexpected(
        fmt::format("--shards {}, but TEST_TOTAL_SHARDS={}", *request.shards, **count));
  }
  const auto shards = *count ? *count : request.shards;
  if (!shards) {
    return std::unexpected(
        "TEST_SHARD_INDEX is there, but not TEST_TOTAL_SHARDS: say of how many with --shards N");
  }
  return checked("TEST_SHARD_INDEX", **index, *shards);
}

/// Jobs count from 1, and are not told how many there are. Who gives each job its own --seeds means
/// no shard.
Found parallel(const ShardRequest& request, const Environment& environment) {
  const auto job = number_of(environment, "PARALLEL_SEQ");
  if (!job) return std::unexpected(job.error());
  if (!*job) return std::nullopt;
  if (!request.shards) {
    if (request.seeds_said) return std::nullopt;
    return std::unexpected(
        "PARALLEL_SEQ is there, but GNU parallel does not tell of how many: say --shards N, or "
        "give "
        "each job its own --seeds");
  }
  if (**job == 0) return std::unexpected("PARALLEL_SEQ=0, but jobs count from 1");
  return checked("PARALLEL_SEQ - 1", **job - 1, *request.shards);
}

struct Scheduler {
  std::string_view name;
  Found (*find)(const ShardRequest&, const Environment&);
};
constexpr Scheduler kSchedulers[] = {
    {"Slurm", slurm}, {"Kubernetes", kubernetes}, {"Bazel", bazel}, {"GNU parallel", parallel}};

std::expected<Shard, std::string> told(std::string_view source, std::string_view text,
                                       const ShardRequest& request) {
  const auto shard = parse_shard(text);
  if (!shard) return std::unexpected(fmt::format("{}: {}", source, shard.error()));
  if (request.shards && *request.shards != shard->count) {
    return std::unexpected(
        fmt::format("{}: {} contradicts --shards {}", source, print(*shard), *request.shards));
  }
  return *shard;
}

}  // namespace

std::string print(const Shard& shard) { return fmt::format("{}/{}", shard.index, shard.count); }

std::expected<Shard, std::string> parse_shard(std::string_view text) {
  const auto slash = text.find('/');
  const auto index = parse_number(text.substr(0, slash));
  const auto count =
      slash == std::string_view::npos ? std::nullopt : parse_number(text.substr(slash + 1));
  if (!index || !count || *count == 0) {
    return std::unexpected(
        fmt::format("expected a shard such as 0/4, found \"{}\"", text.substr(0, 40)));
  }
  if (*index >= *count) {
    return std::unexpected(fmt::format("shards count from 0: the last of {} is {}/{}, not {}",
                                       *count, *count - 1, *count, text.substr(0, 40)));
  }
  return Shard{.index = *index, .count = *count};
}

std::expected<Shard, std::string> find_shard(const ShardRequest& request,
                                             const Environment& environment) {
  if (request.shards && *request.shards == 0) {
    return std::unexpected("--shards: expected at least 1");
  }
  if (!request.shard.empty()) return told("--shard", request.shard, request);
  const char* const variable = environment("SNOWFLK_SHARD");
  if (variable != nullptr && *variable != '\0') return told("SNOWFLK_SHARD", variable, request);

  std::optional<Shard> found;
  std::string_view by;
  for (const Scheduler& scheduler : kSchedulers) {
    const Found shard = scheduler.find(request, environment);
    if (!shard) return std::unexpected(shard.error());
    if (!*shard) continue;
    if (found) {
      return std::unexpected(
          fmt::format("both {} and {} name a shard: say which with --shard or SNOWFLK_SHARD", by,
                      scheduler.name));
    }
    found = *shard;
    by = scheduler.name;
  }
  if (found) return *found;
  if (request.shards && *request.shards > 1) {
    return std::unexpected(fmt::format(
        "--shards {0}: which of them? say --shard i/{0}, or let Slurm, Kubernetes or GNU parallel "
        "start it",
        *request.shards));
  }
  return Shard{};
}

std::optional<sim::SeedRange> seeds_of(const sim::SeedRange& whole, const Shard& shard) {
  SNOWFLK_ASSERT(shard.index < shard.count);
  const u64 seeds = whole.last - whole.first + 1;  // of at most 2^64 - 1
  if (seeds < shard.count) return std::nullopt;
  const u64 each = seeds / shard.count;
  const u64 longer = seeds % shard.count;  // so many shards, the first ones, have one seed more
  const u64 before = shard.index * each + std::min(shard.index, longer);
  const u64 size = each + (shard.index < longer ? 1 : 0);
  return sim::SeedRange{.first = whole.first + before, .last = whole.first + before + size - 1};
}

}  // namespace snowflk::tools
