// A segment's header: whose file it is, where its log begins, and the salt of its checksums.
//
// Two equal copies, a block each. Both were durable before the segment was listed in a manifest.
#pragma once

#include <expected>

#include "core/base/types.hpp"
#include "core/bitcask/layout.hpp"

namespace snowflk::bitcask {

/// Who a directory belongs to; every file of it says so.
struct Identity {
  ClusterId cluster;
  NodeId node;
  friend constexpr bool operator==(const Identity&, const Identity&) = default;
};

struct SegmentHeader {
  Identity identity;
  u64 segment = 0;  // never used twice in a directory
  Incarnation incarnation;
  u64 bytes = 0;  // of the whole file
  u64 salt = 0;   // unknown to clients, so that no value of theirs can pass for a batch
  friend constexpr bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};

/// Why bytes at the start of one of our files are not ours to use. Of all files of a directory.
enum class HeaderFault : u8 {
  blank,    // all zero
  damaged,  // the checksum or a field is wrong
  newer,    // written by a later version of this program
};
constexpr std::string_view name_of(HeaderFault fault) {
  switch (fault) {
    case HeaderFault::blank: return "blank";
    case HeaderFault::damaged: return "damaged";
    case HeaderFault::newer: return "newer";
  }
  return "?";
}

/// REQUIRES: out.size() == kSegmentHeaderBytes.
void encode_segment_header(const SegmentHeader& header, MutableBytes out);
/// The better of the two copies. `copies`: how many are good. REQUIRES: none; any bytes do.
struct DecodedSegmentHeader {
  SegmentHeader header;
  unsigned copies = 0;
};
std::expected<DecodedSegmentHeader, HeaderFault> decode_segment_header(Bytes bytes);

/// What the checksums of a segment's batches start from: a batch of another segment, or of another
/// directory, never reads as one of this.
[[nodiscard]] u32 segment_seed(const SegmentHeader& header);

}  // namespace snowflk::bitcask
