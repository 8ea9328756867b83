// A batch as it lies in a segment: what is written, and synced, at once.
//
//   head unit | unit checksums | entry table, derived table, payloads, derived records | head unit
//
// It starts and ends on blocks. The first unit and the last are equal: the header with the
// checksums of the units that hold checksums, which in turn hold one for each unit between. So
// either of the two lets every unit be judged alone, and what is wrong can be told: never written,
// or rotten.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/layout.hpp"

namespace snowflk::bitcask {

inline constexpr u64 kBatchHeaderBytes = 112;
inline constexpr u64 kEntryRowBytes = 32;
inline constexpr u64 kDerivedRowBytes = 16;
/// Payloads and derived records start on multiples of this.
inline constexpr u64 kPayloadAlign = 8;
inline constexpr u64 kChecksumsPerUnit = kUnitBytes / sizeof(u32);
/// Units of checksums that the head unit has room for.
inline constexpr u64 kChecksumUnitsMax = (kUnitBytes - kBatchHeaderBytes) / sizeof(u32);

/// How the units of a batch divide. All counts are in units.
struct BatchShape {
  u64 units = 0;      // all of it; a multiple of kUnitsPerBlock
  u64 checksums = 0;  // units of checksums, from unit 1
  u64 body = 0;       // after them, before the trailer

  [[nodiscard]] u64 bytes() const { return units * kUnitBytes; }
  [[nodiscard]] u64 body_offset() const { return (1 + checksums) * kUnitBytes; }
  [[nodiscard]] u64 trailer_offset() const { return bytes() - kUnitBytes; }
};

/// The shape of a batch of that many units. REQUIRES: units >= kUnitsPerBlock, a multiple of it.
[[nodiscard]] constexpr BatchShape shape_of_units(u64 units) {
  const u64 between = units - 2;
  const u64 checksums = (between + kChecksumsPerUnit) / (kChecksumsPerUnit + 1);
  return BatchShape{.units = units, .checksums = checksums, .body = between - checksums};
}
/// The smallest shape whose body holds `body_bytes`.
[[nodiscard]] BatchShape shape_of_body(u64 body_bytes);

/// The longest batch there is.
inline constexpr u64 kBatchBlocksMax =
    (2 + kChecksumUnitsMax * (kChecksumsPerUnit + 1)) / kUnitsPerBlock;
static_assert(shape_of_units(kBatchBlocksMax * kUnitsPerBlock).checksums <= kChecksumUnitsMax);
/// A batch of the largest payload, with as much again by half for tables, fits.
static_assert(shape_of_units(kBatchBlocksMax * kUnitsPerBlock).body * kUnitBytes >=
              kBatchBytesMax + kBatchBytesMax / 2);

/// Bits of BatchHeader::flags.
inline constexpr u16 kBatchRehome = 1;   // the first of its incarnation: names what is kept
inline constexpr u16 kBatchWitness = 2;  // empty: written only to prove the one before

struct BatchHeader {
  u64 sequence = 0;      // 1, 2, 3 … within the incarnation, over its segments
  u64 durable_upto = 0;  // the batch up to which all were durable when this one was written
  u64 first_index = 0;   // of its entries; 0 if it has none
  Term term{};           // the hard state, as it was
  NodeId vote{};
  u64 commit = 0;            // min(known to be committed, durable here)
  u64 trunc_from = 0;        // entries from here on, in batches before this, are gone; 0: none
  u64 chain = 0;             // over the head units of the incarnation so far
  u64 kept_incarnation = 0;  // rehome: the last witnessed batch; 0, 0: nothing was
  u64 kept_sequence = 0;
  u32 segment_low = 0;  // the low half of the segment's id
  u32 count = 0;        // of entries
  u32 derived_count = 0;
  u32 payload_bytes = 0;  // each padded to kPayloadAlign
  u32 derived_bytes = 0;
  u32 blocks = 0;  // of the batch
  u16 flags = 0;

  [[nodiscard]] u64 body_bytes() const {
    return count * kEntryRowBytes + derived_count * kDerivedRowBytes + payload_bytes +
           derived_bytes;
  }
  [[nodiscard]] bool rehome() const { return (flags & kBatchRehome) != 0; }
  friend bool operator==(const BatchHeader&, const BatchHeader&) = default;
};

struct EntryRow {
  Term term{};
  WallTime time{};
  u32 size = 0;  // of the payload, unpadded
  u32 crc = 0;   // of the payload
  u8 kind = 0;
  friend bool operator==(const EntryRow&, const EntryRow&) = default;
};
struct DerivedRow {
  u64 index = 0;
  u32 sub = 0;
  u32 bytes = 0;  // of the record, padding included
  friend bool operator==(const DerivedRow&, const DerivedRow&) = default;
};

// ---- Writing -------------------------------------------------------------------------------

/// Where a batch is to lie: `offset` in the file of `segment`, whose checksums start from `seed`.
struct BatchPlace {
  u64 segment = 0;
  u64 offset = 0;
  u32 seed = 0;
};

/// The parts of a batch's body, in their order; payloads and records already padded, and no
/// record's checksum masked.
struct BatchBody {
  std::span<const EntryRow> entries;
  std::span<const DerivedRow> derived;
  Bytes payloads;
  Bytes records;
};

/// Replaces `out` by the batch. Fills in the header's counts, sizes and blocks.
/// REQUIRES: what the body says of itself is so; kBatchBlocksMax suffices.
void encode_batch(BatchHeader& header, const BatchBody& body, const BatchPlace& place,
                  std::vector<std::byte>& out);

/// Masks, or unmasks, the checksums of all records of a batch with their places (record.hpp).
/// `entries`: its rows; one that says more than there is ends the payloads.
void mask_batch(const BatchHeader& header, std::span<const EntryRow> entries,
                const BatchPlace& place, MutableBytes batch);

/// The chain after a batch whose head unit is `unit`. The chain before the first is
/// chain_start(seed of the incarnation's first segment).
[[nodiscard]] u64 chain_after(u64 chain, Bytes unit);
[[nodiscard]] u64 chain_start(u32 seed);

// ---- Reading -------------------------------------------------------------------------------

/// The header in a head unit, if it is one of this segment and its sizes make sense. The gate.
/// REQUIRES: unit.size() == kUnitBytes.
std::optional<BatchHeader> decode_head(Bytes unit, u32 seed, u64 segment);

/// What is wrong between the head units of a batch.
enum class BodyState : u8 {
  intact,
  unwritten,  // every unit that is wrong is still zero, as the space was made
  rotten,     // some unit is neither what was written nor zero
};
/// Judges every unit but the first and last. `head`: either head unit, good.
/// REQUIRES: batch.size() == header.blocks * kBlockBytes.
BodyState judge_body(const BatchHeader& header, Bytes batch, Bytes head, u32 seed);

/// The tables of an intact body. False: they contradict the header or themselves.
bool decode_tables(const BatchHeader& header, Bytes batch, std::vector<EntryRow>& entries,
                   std::vector<DerivedRow>& derived);
/// Where payloads, and after them the records, start in the batch.
[[nodiscard]] u64 payload_offset(const BatchHeader& header);
[[nodiscard]] u64 records_offset(const BatchHeader& header);

}  // namespace snowflk::bitcask
