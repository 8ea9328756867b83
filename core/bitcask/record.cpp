// Records: their encoding, their gate, and the packing of locations.
#include "core/bitcask/record.hpp"

#include <bit>

#include "core/base/crc32c.hpp"
#include "core/base/hash.hpp"
#include "core/bitcask/batch.hpp"

namespace snowflk::bitcask {
namespace {

// A length of n units of 8 bytes is kept as mantissa (4 bits, above an implied 16) and exponent
// (4 bits): n <= (16 + mantissa) << exponent. Below 16 units the mantissa alone would do, but one
// rule for all is worth the few bytes read too much.
constexpr u32 kMantissaBits = 4;
constexpr u32 kImplied = 1U << kMantissaBits;

u32 length_code(u32 bytes) {
  const u32 units = static_cast<u32>(align_up(bytes, kRecordAlign) / kRecordAlign);
  u32 exponent = 0;
  u32 mantissa = units;
  while (mantissa >= 2 * kImplied) {
    mantissa = (mantissa + 1) / 2;
    exponent += 1;
  }
  if (mantissa < kImplied) mantissa = kImplied;
  SNOWFLK_ASSERT(exponent < 16);
  return (exponent << kMantissaBits) | (mantissa - kImplied);
}

static_assert(kBatchBlocksMax * kBlockBytes <= RecordLocation::kLengthMax);

u32 length_of_code(u32 code) {
  return ((kImplied + (code & (kImplied - 1))) << (code >> kMantissaBits)) * kRecordAlign;
}

}  // namespace

void encode_record(Bytes key, Bytes value, std::vector<std::byte>& out) {
  SNOWFLK_ASSERT(out.size() % kRecordAlign == 0);
  SNOWFLK_ASSERT(key.size() <= kBatchBytesMax);
  SNOWFLK_ASSERT(value.size() <= kBatchBytesMax);
  const std::size_t start = out.size();
  const u32 bytes = record_bytes(key.size(), value.size());
  out.resize(start + bytes);
  std::byte* at = out.data() + start;
  store_le<u32>(at + 4, static_cast<u32>(key.size()));
  store_le<u32>(at + 8, static_cast<u32>(value.size()));
  store_le<u32>(at + 12, 0);
  if (!key.empty()) std::memcpy(at + kRecordHeaderBytes, key.data(), key.size());
  if (!value.empty()) {
    std::memcpy(at + kRecordHeaderBytes + key.size(), value.data(), value.size());
  }
  store_le<u32>(at, crc32c(Bytes{at + 4, bytes - 4}));
}

u32 place_mask(u64 segment, u64 offset) {
  return static_cast<u32>(mix64((segment << kOffsetBits) | (offset / kRecordAlign)));
}

void mask_records(MutableBytes records, u64 segment, u64 offset) {
  u64 at = 0;
  while (at + kRecordHeaderBytes <= records.size()) {
    std::byte* const record = records.data() + at;
    const u64 key_bytes = load_le<u32>(record + 4);
    const u64 value_bytes = load_le<u32>(record + 8);
    const u64 end = at + align_up(kRecordHeaderBytes + key_bytes + value_bytes, kRecordAlign);
    if (end > records.size()) return;
    store_le<u32>(record, load_le<u32>(record) ^ place_mask(segment, offset + at));
    at = end;
  }
}

void mask_payload(MutableBytes payload, u64 segment, u64 offset) {
  if (payload.size() <= kPayloadPrefixBytes) return;
  mask_records(payload.subspan(kPayloadPrefixBytes), segment, offset + kPayloadPrefixBytes);
}

std::expected<RecordView, RecordFault> decode_record(Bytes bytes, u32 mask) {
  if (bytes.size() < kRecordHeaderBytes) return std::unexpected(RecordFault::too_short);
  const u64 key_bytes = load_le<u32>(bytes.data() + 4);
  const u64 value_bytes = load_le<u32>(bytes.data() + 8);
  const u64 size = align_up(kRecordHeaderBytes + key_bytes + value_bytes, kRecordAlign);
  if (size > bytes.size()) return std::unexpected(RecordFault::too_short);
  if (crc32c(bytes.subspan(4, size - 4)) != (load_le<u32>(bytes.data()) ^ mask)) {
    return std::unexpected(RecordFault::checksum);
  }
  if (load_le<u32>(bytes.data() + 12) != 0) return std::unexpected(RecordFault::flags);
  return RecordView{.key = bytes.subspan(kRecordHeaderBytes, key_bytes),
                    .value = bytes.subspan(kRecordHeaderBytes + key_bytes, value_bytes),
                    .bytes = static_cast<u32>(size)};
}

RecordLocation RecordLocation::of(u64 segment, u64 offset, u32 bytes) {
  SNOWFLK_ASSERT(segment < (1ULL << kSegmentBits));
  SNOWFLK_ASSERT(offset % kRecordAlign == 0);
  SNOWFLK_ASSERT(offset < kSegmentBytesMax);
  SNOWFLK_ASSERT(bytes > 0);
  return RecordLocation{
      .segment = segment, .offset = offset, .length = length_of_code(length_code(bytes))};
}

u64 RecordLocation::pack() const {
  SNOWFLK_ASSERT(length_of_code(length_code(length)) == length);
  const u64 packed = (segment << (kOffsetBits + kLengthBits)) |
                     ((offset / kRecordAlign) << kLengthBits) | length_code(length);
  SNOWFLK_ASSERT(packed >> 63 == 0);
  return packed;
}

RecordLocation RecordLocation::unpack(u64 packed) {
  SNOWFLK_ASSERT(packed >> 63 == 0);
  const u64 units = (packed >> kLengthBits) & ((1ULL << kOffsetBits) - 1);
  const u32 code = static_cast<u32>(packed & ((1ULL << kLengthBits) - 1));
  return RecordLocation{.segment = packed >> (kOffsetBits + kLengthBits),
                        .offset = units * kRecordAlign,
                        .length = length_of_code(code)};
}

}  // namespace snowflk::bitcask
