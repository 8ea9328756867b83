// Batches: the gate. Any bytes may come in.
#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/bitcask/batch.hpp"
#include "core/bitcask/batch_fields.hpp"

namespace snowflk::bitcask {
namespace {

BatchHeader decode_header(const std::byte* at) {
  return BatchHeader{.sequence = load_le<u64>(at + field::kSequenceAt),
                     .durable_upto = load_le<u64>(at + field::kDurableUptoAt),
                     .first_index = load_le<u64>(at + field::kFirstIndexAt),
                     .term = {load_le<u64>(at + field::kTermAt)},
                     .vote = {load_le<u32>(at + field::kVoteAt)},
                     .commit = load_le<u64>(at + field::kCommitAt),
                     .trunc_from = load_le<u64>(at + field::kTruncFromAt),
                     .chain = load_le<u64>(at + field::kChainAt),
                     .kept_incarnation = load_le<u64>(at + field::kKeptIncarnationAt),
                     .kept_sequence = load_le<u64>(at + field::kKeptSequenceAt),
                     .segment_low = load_le<u32>(at + field::kSegmentLowAt),
                     .count = load_le<u32>(at + field::kCountAt),
                     .derived_count = load_le<u32>(at + field::kDerivedCountAt),
                     .payload_bytes = load_le<u32>(at + field::kPayloadBytesAt),
                     .derived_bytes = load_le<u32>(at + field::kDerivedBytesAt),
                     .blocks = load_le<u32>(at + field::kBlocksAt),
                     .flags = load_le<u16>(at + field::kFlagsAt)};
}

/// What a checksum cannot promise of bytes that somebody made: that the numbers fit each other.
bool sensible(const BatchHeader& header) {
  if (header.blocks == 0 || header.blocks > kBatchBlocksMax) return false;
  if (header.sequence == 0 || header.durable_upto >= header.sequence) return false;
  if ((header.count == 0) != (header.first_index == 0)) return false;
  if (!countable({header.sequence, header.durable_upto, header.first_index, header.term.value,
                  header.commit, header.trunc_from, header.kept_incarnation,
                  header.kept_sequence})) {
    return false;
  }
  if (header.payload_bytes % kPayloadAlign != 0) return false;
  if (header.derived_bytes % kPayloadAlign != 0) return false;
  if (header.rehome() != (header.sequence == 1)) return false;
  const BatchShape shape = shape_of_units(header.blocks * kUnitsPerBlock);
  return header.body_bytes() <= shape.body * kUnitBytes;
}

class UnitJudge {
 public:
  explicit UnitJudge(u32 seed) : seed_(seed) {}

  /// True if the unit is what was written.
  bool judge(Bytes unit, const std::byte* expected) {
    if (crc32c(unit, seed_) == load_le<u32>(expected)) return true;
    const bool blank = all_zero(unit);
    if (!blank) state_ = BodyState::rotten;
    if (blank && state_ == BodyState::intact) state_ = BodyState::unwritten;
    return false;
  }
  [[nodiscard]] BodyState state() const { return state_; }

 private:
  u32 seed_;
  BodyState state_ = BodyState::intact;
};

bool decode_entries(const BatchHeader& header, const std::byte* at,
                    std::vector<EntryRow>& entries) {
  u64 payload_bytes = 0;
  for (u32 row = 0; row < header.count; ++row, at += kEntryRowBytes) {
    const EntryRow entry{.term = {load_le<u64>(at)},
                         .time = {load_le<i64>(at + 8)},
                         .size = load_le<u32>(at + 16),
                         .crc = load_le<u32>(at + 20),
                         .kind = static_cast<u8>(load_le<u32>(at + 24))};
    if (entry.kind == 0 || entry.term > header.term) return false;
    payload_bytes += align_up(entry.size, kPayloadAlign);
    entries.push_back(entry);
  }
  return payload_bytes == header.payload_bytes;
}

bool decode_derived(const BatchHeader& header, const std::byte* at,
                    std::vector<DerivedRow>& derived) {
  u64 record_bytes = 0;
  for (u32 row = 0; row < header.derived_count; ++row, at += kDerivedRowBytes) {
    derived.push_back(
        {.index = load_le<u64>(at), .sub = load_le<u32>(at + 8), .bytes = load_le<u32>(at + 12)});
    if (!countable({derived.back().index}) || derived.back().bytes == 0 ||
        derived.back().bytes % kPayloadAlign != 0) {
      return false;
    }
    record_bytes += derived.back().bytes;
  }
  return record_bytes == header.derived_bytes;
}

}  // namespace

std::optional<BatchHeader> decode_head(Bytes unit, u32 seed, u64 segment) {
  SNOWFLK_ASSERT(unit.size() == kUnitBytes);
  if (load_le<u32>(unit.data() + field::kMagicAt) != field::kMagic) return std::nullopt;
  if (crc32c(unit.subspan(field::kCoveredAt), seed) != load_le<u32>(unit.data() + field::kCrcAt)) {
    return std::nullopt;
  }
  const BatchHeader header = decode_header(unit.data());
  if (header.segment_low != static_cast<u32>(segment)) return std::nullopt;
  if (!sensible(header)) return std::nullopt;
  return header;
}

BodyState judge_body(const BatchHeader& header, Bytes batch, Bytes head, u32 seed) {
  SNOWFLK_ASSERT(batch.size() == header.blocks * kBlockBytes);
  const BatchShape shape = shape_of_units(header.blocks * kUnitsPerBlock);
  UnitJudge judge(seed);
  for (u64 group = 0; group < shape.checksums; ++group) {
    const Bytes checksums = batch.subspan((1 + group) * kUnitBytes, kUnitBytes);
    if (!judge.judge(checksums, head.data() + kBatchHeaderBytes + group * sizeof(u32))) continue;
    const u64 first = group * kChecksumsPerUnit;
    const u64 last = std::min(first + kChecksumsPerUnit, shape.body);
    for (u64 unit = first; unit < last; ++unit) {
      judge.judge(batch.subspan(shape.body_offset() + unit * kUnitBytes, kUnitBytes),
                  checksums.data() + (unit - first) * sizeof(u32));
    }
  }
  return judge.state();
}

bool decode_tables(const BatchHeader& header, Bytes batch, std::vector<EntryRow>& entries,
                   std::vector<DerivedRow>& derived) {
  const BatchShape shape = shape_of_units(header.blocks * kUnitsPerBlock);
  const std::byte* at = batch.data() + shape.body_offset();
  if (!decode_entries(header, at, entries)) return false;
  return decode_derived(header, at + header.count * kEntryRowBytes, derived);
}

}  // namespace snowflk::bitcask
