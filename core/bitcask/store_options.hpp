// What a store is opened with.
#pragma once

#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/layout.hpp"

namespace snowflk::bitcask {

struct StoreOptions {
  ClusterId cluster;
  NodeId node;
  /// Of the cluster, ascending; a directory made for others is refused. Empty: not known, as to
  /// whoever only looks.
  std::vector<NodeId> members;
  /// A multiple of kBlockBytes in [kSegmentBytesMin, ...Max]. A batch that needs more gets more.
  u64 segment_bytes = 64ULL << 20;
  /// Of payload; <= segment_bytes / 4, <= kBatchBytesMax. A larger entry makes a batch of its own.
  u64 batch_bytes_max = 4ULL << 20;
  u64 cache_bytes = 64ULL << 20;  // of payloads of recent entries
  u64 entropy = 0;                // salts the checksums of this incarnation's segments
  bool bootstrap = false;         // an empty directory may be made
};

}  // namespace snowflk::bitcask
