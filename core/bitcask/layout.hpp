// The sizes on disk, and little-endian numbers in bytes. docs/FORMAT.md is their grammar.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <initializer_list>

#include "core/base/types.hpp"

namespace snowflk::bitcask {

/// Version 0: no merge, hints, snapshots, repair. A newer one is refused, never guessed at.
inline constexpr u16 kFormatVersion = 0;

/// What a device writes at once: of an unsynced write, each unit is old or new.
inline constexpr u64 kUnitBytes = 512;
/// A block that holds acknowledged bytes is never written again: batches start on blocks.
inline constexpr u64 kBlockBytes = 4096;
inline constexpr u64 kUnitsPerBlock = kBlockBytes / kUnitBytes;

/// Two copies of the segment's header, a block each; then batches.
inline constexpr u64 kSegmentHeaderBytes = 2 * kBlockBytes;
inline constexpr u64 kSegmentBytesMin = 64ULL << 10;
inline constexpr u64 kSegmentBytesMax = 1ULL << 30;
/// Of the payload of one batch, and so of one entry.
inline constexpr u64 kBatchBytesMax = 4ULL << 20;
/// What recovery asks of the disk at once.
inline constexpr u32 kReadBytesMax = 1U << 20;

static_assert(kBlockBytes % kUnitBytes == 0);
static_assert(kSegmentBytesMin >= kSegmentHeaderBytes + 4 * kBlockBytes);

/// Of an index, a term, or whatever else counts up. What is above is no count of anything, and
/// would overflow: the gates take no such number, under whatever checksum it stands.
inline constexpr u64 kCountMax = 1ULL << 62;
[[nodiscard]] constexpr bool countable(std::initializer_list<u64> counts) {
  return std::ranges::all_of(counts, [](u64 count) { return count <= kCountMax; });
}

template <class Number>
inline void store_le(std::byte* at, Number number) {
  if constexpr (std::endian::native == std::endian::big) number = std::byteswap(number);
  std::memcpy(at, &number, sizeof number);
}

template <class Number>
[[nodiscard]] inline Number load_le(const std::byte* at) {
  Number number{};
  std::memcpy(&number, at, sizeof number);
  if constexpr (std::endian::native == std::endian::big) number = std::byteswap(number);
  return number;
}

[[nodiscard]] constexpr u64 align_up(u64 size, u64 step) { return (size + step - 1) / step * step; }

/// Whether every byte is zero, as preallocated space reads.
[[nodiscard]] inline bool all_zero(Bytes bytes) {
  if (bytes.empty()) return true;
  if (bytes[0] != std::byte{0}) return false;
  return std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace snowflk::bitcask
