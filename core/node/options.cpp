// The gate of Options: what cannot start a node, and why.
#include "core/node/options.hpp"

#include <algorithm>

#include "core/bitcask/layout.hpp"
#include "core/wire/limits.hpp"

namespace snowflk::node {
namespace {

constexpr std::size_t kVotersMax = 9;
constexpr u64 kBlockBytes = 4096;
constexpr u64 kSegmentBytesMin = 64ULL << 10;

std::optional<std::string> invalid_members(const Options& options) {
  if (options.self.nobody()) return "the node's own id is 0; ids start at 1";
  if (options.voters.empty()) return "the cluster has no members";
  if (options.voters.size() > kVotersMax) return "the cluster has more than 9 members";
  if (!std::ranges::is_sorted(options.voters)) return "the members are not in ascending order";
  if (std::ranges::adjacent_find(options.voters) != options.voters.end()) {
    return "a member is named twice";
  }
  if (options.voters.front().nobody()) return "a member has the id 0; ids start at 1";
  if (!std::ranges::binary_search(options.voters, options.self)) {
    return "the node is not a member of its own cluster";
  }
  return std::nullopt;
}

std::optional<std::string> invalid_times(const Options& options) {
  if (options.heartbeat_interval <= Duration{0}) return "the heartbeat interval is not positive";
  if (options.election_timeout_min <= options.heartbeat_interval) {
    return "the election timeout is not longer than the heartbeat interval";
  }
  if (options.election_timeout_max < options.election_timeout_min) {
    return "the longest election timeout is shorter than the shortest";
  }
  if (options.park_timeout <= Duration{0}) return "the park timeout is not positive";
  if (options.request_timeout <= Duration{0}) return "the request timeout is not positive";
  return std::nullopt;
}

std::optional<std::string> invalid_sizes(const Options& options) {
  if (options.entries_per_message_max == 0) return "a message would carry no entry";
  if (options.entries_per_message_max > wire::kEntriesPerMessageMax) {
    return "a message would carry more than 4096 entries";
  }
  if (options.segment_bytes < kSegmentBytesMin || options.segment_bytes % kBlockBytes != 0) {
    return "a segment is not a multiple of 4096 bytes of at least 65536";
  }
  if (options.segment_bytes > bitcask::kSegmentBytesMax) return "a segment is larger than 1 GiB";
  if (options.batch_bytes_max > bitcask::kBatchBytesMax) return "a batch is larger than 4 MiB";
  if (options.batch_bytes_max == 0 || options.batch_bytes_max > options.segment_bytes / 4) {
    return "a batch is larger than a quarter of a segment";
  }
  return std::nullopt;
}

std::optional<std::string> invalid_steps(const Options& options) {
  if (options.applies_per_step_max == 0) return "a step would apply no entry";
  if (options.applies_per_step_max > limits::kAppliesPerStepMax) {
    return "a step would apply more than 1024 entries";
  }
  if (options.reply_bytes_per_step_max == 0) return "a step would give no reply";
  if (options.reply_bytes_per_step_max > limits::kReplyBytesPerStepMax) {
    return "a step would give more than 1 MiB of replies";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> invalid(const Options& options) {
  if (auto why = invalid_members(options)) return why;
  if (auto why = invalid_times(options)) return why;
  if (auto why = invalid_sizes(options)) return why;
  return invalid_steps(options);
}

}  // namespace snowflk::node
