// Where each entry of the log lies, and when its leader stamped it: 24 bytes an entry.
#pragma once

#include <vector>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"
#include "core/bitcask/record.hpp"

namespace snowflk::bitcask {

/// The place of an entry's payload, its size and checksum, and its leader's stamp.
struct EntryPlace {
  u64 packed = 0;  // segment and offset; kNoPlace: not yet written
  u32 size = 0;
  u32 crc = 0;
  WallTime time;

  static constexpr u64 kNoPlace = UINT64_MAX;
  [[nodiscard]] bool written() const { return packed != kNoPlace; }
  [[nodiscard]] u64 segment() const { return packed >> kOffsetBits; }
  [[nodiscard]] u64 offset() const { return (packed & ((1ULL << kOffsetBits) - 1)) * kRecordAlign; }
  /// REQUIRES: the ranges of RecordLocation.
  static u64 pack(u64 segment, u64 offset) {
    SNOWFLK_ASSERT(segment < (1ULL << kSegmentBits));
    SNOWFLK_ASSERT(offset % kRecordAlign == 0);
    SNOWFLK_ASSERT(offset < kSegmentBytesMax);
    return (segment << kOffsetBits) | (offset / kRecordAlign);
  }
};
static_assert(sizeof(EntryPlace) == 24);

class EntryTable {
 public:
  [[nodiscard]] LogIndex last_index() const { return LogIndex{places_.size()}; }
  /// REQUIRES: 1 <= index <= last_index().
  [[nodiscard]] const EntryPlace& at(LogIndex index) const {
    SNOWFLK_ASSERT(index.value >= 1);
    SNOWFLK_ASSERT(index <= last_index());
    return places_[index.value - 1];
  }
  void append(u32 size, u32 crc, WallTime time) {
    places_.push_back({.packed = EntryPlace::kNoPlace, .size = size, .crc = crc, .time = time});
  }
  /// Entries from `from` on are gone. REQUIRES: from >= 1.
  void truncate(LogIndex from) {
    SNOWFLK_ASSERT(from.value >= 1);
    if (from <= last_index()) places_.resize(from.value - 1);
  }
  void place(LogIndex index, u64 segment, u64 offset) {
    SNOWFLK_ASSERT(index <= last_index());
    places_[index.value - 1].packed = EntryPlace::pack(segment, offset);
  }
  void assign(std::vector<EntryPlace>&& places) { places_ = std::move(places); }

 private:
  template <class>
  friend struct snowflk::StateOf;

  std::vector<EntryPlace> places_;  // [i] is index i + 1
};

}  // namespace snowflk::bitcask
