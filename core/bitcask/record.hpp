// A record: one key with one value, as it lies in an entry's payload or among a batch's derived
// records, and where it lies.
//
//   crc32c u32 | key_bytes u32 | value_bytes u32 | flags u32 (0) | key | value | zeros to 8
//
// The checksum covers everything after itself, so one value is read, and judged, alone.
//
// A segment's file holds it masked with the record's place there: a disk that reads, or has
// written, elsewhere than it was told shows good records, and even of the same key, older ones.
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"
#include "core/bitcask/layout.hpp"

namespace snowflk::bitcask {

inline constexpr u32 kRecordHeaderBytes = 16;
/// Records start, and end, on multiples of this, within a payload and within a file.
inline constexpr u32 kRecordAlign = 8;

/// Bytes of a record on disk, padding included. REQUIRES: both sizes <= kBatchBytesMax.
[[nodiscard]] constexpr u32 record_bytes(u64 key_bytes, u64 value_bytes) {
  return static_cast<u32>(align_up(kRecordHeaderBytes + key_bytes + value_bytes, kRecordAlign));
}

/// Appends the record to `out`. REQUIRES: out.size() is a multiple of kRecordAlign.
void encode_record(Bytes key, Bytes value, std::vector<std::byte>& out);

/// Borrowed from the bytes that were decoded.
struct RecordView {
  Bytes key;
  Bytes value;
  u32 bytes = 0;  // what the record takes, padding included
};

/// With what the checksum of the record at `offset` of a segment's file is masked (by exclusive
/// or). Places differ in it but for one in 2^32.
[[nodiscard]] u32 place_mask(u64 segment, u64 offset);

/// Masks, or unmasks, the checksums of records that lie one after the other from the start of
/// `records`, which is at `offset` of the segment's file. Any bytes are allowed: it ends where no
/// record can be, and what it does undoes itself.
void mask_records(MutableBytes records, u64 segment, u64 offset);

/// An entry's payload begins with so many bytes of its owner's; then come records, if it has any.
inline constexpr u32 kPayloadPrefixBytes = 16;
/// As mask_records, of the records in a payload that lies at `offset` of the segment's file.
void mask_payload(MutableBytes payload, u64 segment, u64 offset);

enum class RecordFault : u8 { too_short, flags, checksum };
constexpr std::string_view name_of(RecordFault fault) {
  switch (fault) {
    case RecordFault::too_short: return "too_short";
    case RecordFault::flags: return "flags";
    case RecordFault::checksum: return "checksum";
  }
  return "?";
}

/// The record at the start of `bytes`, which may go on after it. The gate: any bytes are allowed.
/// `mask`: place_mask of where they were read; 0 in memory and on the wire.
std::expected<RecordView, RecordFault> decode_record(Bytes bytes, u32 mask = 0);

/// Where a record lies. Packs into 63 bits, so that a slot of the keydir holds it and a mark.
///
/// `length` is what to read, at least the record: a length is kept in 8 bits, rounded up by at most
/// a sixteenth; decode_record finds the record's own end.
struct RecordLocation {
  u64 segment = 0;  // < 2^28
  u64 offset = 0;   // in the segment's file; a multiple of 8, < 2^30
  u32 length = 0;

  /// REQUIRES: the ranges above; 0 < bytes <= kLengthMax.
  static constexpr u32 kLengthMax = (31U << 15) * kRecordAlign;  // 7.75 MiB
  static RecordLocation of(u64 segment, u64 offset, u32 bytes);

  /// Never has the top bit. REQUIRES: made by of() or unpack().
  [[nodiscard]] u64 pack() const;
  static RecordLocation unpack(u64 packed);

  friend constexpr auto operator<=>(const RecordLocation&, const RecordLocation&) = default;
};

inline constexpr unsigned kSegmentBits = 28;
inline constexpr unsigned kOffsetBits = 27;  // in units of kRecordAlign
inline constexpr unsigned kLengthBits = 8;
static_assert(kSegmentBits + kOffsetBits + kLengthBits == 63);
static_assert((1ULL << kOffsetBits) * kRecordAlign == kSegmentBytesMax);

}  // namespace snowflk::bitcask
