// What a store is opened with.
#pragma once

#include "core/base/types.hpp"
#include "core/bitcask/layout.hpp"

namespace snowflk::bitcask {

struct StoreOptions {
  ClusterId cluster;
  NodeId node;
  u64 segment_bytes = 64ULL << 20;   // a multiple of kBlockBytes in [kSegmentBytesMin, ...Max]
  u64 batch_bytes_max = 4ULL << 20;  // of payload; <= segment_bytes / 4, <= kBatchBytesMax
  u64 cache_bytes = 64ULL << 20;     // of payloads of recent entries
  u64 entropy = 0;                   // salts the checksums of this incarnation's segments
  bool bootstrap = false;            // an empty directory may be made
};

}  // namespace snowflk::bitcask
