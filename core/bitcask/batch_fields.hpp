// Where the fields of a batch's header stand. Written by batch.cpp, read by batch_decode.cpp.
#pragma once

#include "core/bitcask/batch.hpp"

namespace snowflk::bitcask::field {

inline constexpr u32 kMagic = 0x54414246;  // "FBAT"

inline constexpr u64 kMagicAt = 0;
inline constexpr u64 kCrcAt = 4;
inline constexpr u64 kSequenceAt = 8;
inline constexpr u64 kDurableUptoAt = 16;
inline constexpr u64 kFirstIndexAt = 24;
inline constexpr u64 kTermAt = 32;
inline constexpr u64 kCommitAt = 40;
inline constexpr u64 kTruncFromAt = 48;
inline constexpr u64 kChainAt = 56;
inline constexpr u64 kKeptIncarnationAt = 64;
inline constexpr u64 kKeptSequenceAt = 72;
inline constexpr u64 kSegmentLowAt = 80;
inline constexpr u64 kVoteAt = 84;
inline constexpr u64 kCountAt = 88;
inline constexpr u64 kDerivedCountAt = 92;
inline constexpr u64 kPayloadBytesAt = 96;
inline constexpr u64 kDerivedBytesAt = 100;
inline constexpr u64 kBlocksAt = 104;
inline constexpr u64 kFlagsAt = 108;
inline constexpr u64 kReservedAt = 110;
static_assert(kReservedAt + 2 == kBatchHeaderBytes);

/// The checksum covers the head unit from here to its end.
inline constexpr u64 kCoveredAt = 8;

}  // namespace snowflk::bitcask::field
