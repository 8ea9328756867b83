// What an incarnation is started with: who it is, who its peers are, and its times.
//
// Owns no defaults of safety: every number here may be any in its stated range, and valid() is the
// gate that says so. Bounds that are the same for every node stand in limits.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/types.hpp"
#include "core/node/limits.hpp"

namespace snowflk::node {

struct Options {
  ClusterId cluster;
  NodeId self;
  std::vector<NodeId> voters;  // all members, ascending, `self` among them; 1 to 9
  bool bootstrap = false;      // an empty directory may be made; otherwise it is refused
  Duration election_timeout_min = milliseconds(150);  // §9.3's range
  Duration election_timeout_max = milliseconds(300);
  Duration heartbeat_interval = milliseconds(50);
  Duration park_timeout = milliseconds(600);      // how long a request waits for a leader
  Duration request_timeout = milliseconds(5000);  // after which a write's outcome is "unknown"
  u32 entries_per_message_max = 1024;             // of one AppendEntries; 1 to 4096
  /// A multiple of 4096, at least 64 KiB; a batch that needs a larger segment gets one.
  u64 segment_bytes = 64ULL << 20;
  /// Of payload that is gathered for one write; a quarter of segment_bytes at most. It bounds no
  /// command: a larger entry makes a batch of its own, so nodes may differ in this.
  u64 batch_bytes_max = 4ULL << 20;
  u64 value_cache_bytes = 64ULL << 20;  // memory for values and recent entries
  /// What one step applies, and gives in replies, at most; the rest follows in the next. One reply
  /// may be longer, and then is the last. 1 to the bounds of limits.hpp.
  u32 applies_per_step_max = limits::kAppliesPerStepMax;
  u64 reply_bytes_per_step_max = limits::kReplyBytesPerStepMax;
  bool check_expensive_invariants = false;  // the O(n) parts, on in the simulator
};

/// Why `options` cannot start a node, in a sentence; nothing if they can.
std::optional<std::string> invalid(const Options& options);

}  // namespace snowflk::node
