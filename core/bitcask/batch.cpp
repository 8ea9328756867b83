// Batches: how they divide into units, and writing them.
#include "core/bitcask/batch.hpp"

#include <algorithm>
#include <bit>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/base/hash.hpp"
#include "core/bitcask/batch_fields.hpp"
#include "core/bitcask/record.hpp"

namespace snowflk::bitcask {
namespace {

void encode_header(const BatchHeader& header, std::byte* at) {
  store_le<u32>(at + field::kMagicAt, field::kMagic);
  store_le<u64>(at + field::kSequenceAt, header.sequence);
  store_le<u64>(at + field::kDurableUptoAt, header.durable_upto);
  store_le<u64>(at + field::kFirstIndexAt, header.first_index);
  store_le<u64>(at + field::kTermAt, header.term.value);
  store_le<u64>(at + field::kCommitAt, header.commit);
  store_le<u64>(at + field::kTruncFromAt, header.trunc_from);
  store_le<u64>(at + field::kChainAt, header.chain);
  store_le<u64>(at + field::kKeptIncarnationAt, header.kept_incarnation);
  store_le<u64>(at + field::kKeptSequenceAt, header.kept_sequence);
  store_le<u32>(at + field::kSegmentLowAt, header.segment_low);
  store_le<u32>(at + field::kVoteAt, header.vote.value);
  store_le<u32>(at + field::kCountAt, header.count);
  store_le<u32>(at + field::kDerivedCountAt, header.derived_count);
  store_le<u32>(at + field::kPayloadBytesAt, header.payload_bytes);
  store_le<u32>(at + field::kDerivedBytesAt, header.derived_bytes);
  store_le<u32>(at + field::kBlocksAt, header.blocks);
  store_le<u16>(at + field::kFlagsAt, header.flags);
  store_le<u16>(at + field::kReservedAt, 0);
}

std::byte* encode_entries(std::span<const EntryRow> entries, std::byte* at) {
  for (const EntryRow& row : entries) {
    store_le<u64>(at, row.term.value);
    store_le<i64>(at + 8, row.time.value);
    store_le<u32>(at + 16, row.size);
    store_le<u32>(at + 20, row.crc);
    store_le<u32>(at + 24, row.kind);
    store_le<u32>(at + 28, 0);
    at += kEntryRowBytes;
  }
  return at;
}

std::byte* encode_derived(std::span<const DerivedRow> derived, std::byte* at) {
  for (const DerivedRow& row : derived) {
    store_le<u64>(at, row.index);
    store_le<u32>(at + 8, row.sub);
    store_le<u32>(at + 12, row.bytes);
    at += kDerivedRowBytes;
  }
  return at;
}

std::byte* put(Bytes bytes, std::byte* at) {
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

/// From the leaves to the root: units of the body, units of checksums, the head, its copy. Of the
/// body, what is behind `filled` bytes is zero.
void seal(const BatchShape& shape, u64 filled, u32 seed, MutableBytes batch) {
  std::byte* const checksums = batch.data() + kUnitBytes;
  const u64 units_filled = align_up(filled, kUnitBytes) / kUnitBytes;
  u32 crc = 0;
  for (u64 unit = 0; unit < shape.body; ++unit) {
    // Units of zeros are equal, and so are their checksums: of a small batch they are the most.
    if (unit <= units_filled) {
      crc = crc32c(batch.subspan(shape.body_offset() + unit * kUnitBytes, kUnitBytes), seed);
    }
    store_le<u32>(checksums + unit * sizeof(u32), crc);
  }
  for (u64 unit = 0; unit < shape.checksums; ++unit) {
    const Bytes bytes = batch.subspan((1 + unit) * kUnitBytes, kUnitBytes);
    store_le<u32>(batch.data() + kBatchHeaderBytes + unit * sizeof(u32), crc32c(bytes, seed));
  }
  const Bytes covered = batch.subspan(field::kCoveredAt, kUnitBytes - field::kCoveredAt);
  store_le<u32>(batch.data() + field::kCrcAt, crc32c(covered, seed));
  std::memcpy(batch.data() + shape.trailer_offset(), batch.data(), kUnitBytes);
}

}  // namespace

BatchShape shape_of_body(u64 body_bytes) {
  const u64 body = align_up(body_bytes, kUnitBytes) / kUnitBytes;
  const u64 checksums = align_up(body, kChecksumsPerUnit) / kChecksumsPerUnit;
  BatchShape shape = shape_of_units(align_up(2 + checksums + body, kUnitsPerBlock));
  if (shape.body < body) shape = shape_of_units(shape.units + kUnitsPerBlock);
  SNOWFLK_ASSERT(shape.body >= body);
  return shape;
}

void encode_batch(BatchHeader& header, const BatchBody& body, const BatchPlace& place,
                  std::vector<std::byte>& out) {
  SNOWFLK_ASSERT(body.payloads.size() % kPayloadAlign == 0);
  SNOWFLK_ASSERT(body.records.size() % kPayloadAlign == 0);
  header.count = static_cast<u32>(body.entries.size());
  header.derived_count = static_cast<u32>(body.derived.size());
  header.payload_bytes = static_cast<u32>(body.payloads.size());
  header.derived_bytes = static_cast<u32>(body.records.size());
  const BatchShape shape = shape_of_body(header.body_bytes());
  SNOWFLK_ASSERT(shape.checksums <= kChecksumUnitsMax);
  header.blocks = static_cast<u32>(shape.units / kUnitsPerBlock);
  out.clear();
  out.resize(shape.bytes());
  encode_header(header, out.data());
  std::byte* at = encode_entries(body.entries, out.data() + shape.body_offset());
  at = encode_derived(body.derived, at);
  at = put(body.payloads, at);
  at = put(body.records, at);
  SNOWFLK_ASSERT(at == out.data() + shape.body_offset() + header.body_bytes());
  SNOWFLK_ASSERT(at <= out.data() + shape.trailer_offset());
  mask_batch(header, body.entries, place, out);
  seal(shape, header.body_bytes(), place.seed, out);
}

void mask_batch(const BatchHeader& header, std::span<const EntryRow> entries,
                const BatchPlace& place, MutableBytes batch) {
  u64 at = payload_offset(header);
  const u64 records = records_offset(header);
  for (const EntryRow& row : entries) {
    if (row.size > records - at) break;
    mask_payload(batch.subspan(at, row.size), place.segment, place.offset + at);
    at += align_up(row.size, kPayloadAlign);
  }
  mask_records(batch.subspan(records, header.derived_bytes), place.segment, place.offset + records);
}

u64 chain_start(u32 seed) { return mix64(seed); }

u64 chain_after(u64 chain, Bytes unit) {
  SNOWFLK_ASSERT(unit.size() == kUnitBytes);
  return hash64(unit, chain);
}

u64 payload_offset(const BatchHeader& header) {
  return shape_of_units(header.blocks * kUnitsPerBlock).body_offset() +
         header.count * kEntryRowBytes + header.derived_count * kDerivedRowBytes;
}

u64 records_offset(const BatchHeader& header) {
  return payload_offset(header) + header.payload_bytes;
}

}  // namespace snowflk::bitcask
