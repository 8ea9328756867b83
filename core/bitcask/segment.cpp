// Segment headers: encoding, the gate, the seed of checksums.
#include "core/bitcask/segment.hpp"

#include <algorithm>
#include <array>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/bitcask/envelope.hpp"

namespace snowflk::bitcask {
namespace {

constexpr u32 kSegmentMagic = 0x47455346;  // "FSEG"
// envelope 16 | cluster 8 | segment 8 | incarnation 8 | bytes 8 | node 4 | unit 2 | block 2 |
// salt 8
constexpr u64 kHeaderBytes = 64;
static_assert(kEnvelopeBytes + 4 * 8 + 4 + 2 + 2 + 8 == kHeaderBytes);
static_assert(kHeaderBytes <= kUnitBytes);

std::expected<SegmentHeader, HeaderFault> decode_copy(Bytes block) {
  const auto opened = open_envelope(kSegmentMagic, block);
  if (!opened) return std::unexpected(opened.error());
  if (opened->size() != kHeaderBytes) return std::unexpected(HeaderFault::damaged);
  const std::byte* at = opened->data();
  if (load_le<u16>(at + 52) != kUnitBytes || load_le<u16>(at + 54) != kBlockBytes) {
    return std::unexpected(HeaderFault::damaged);
  }
  const u64 bytes = load_le<u64>(at + 40);
  if (bytes % kBlockBytes != 0 || bytes < kSegmentBytesMin || bytes > kSegmentBytesMax) {
    return std::unexpected(HeaderFault::damaged);
  }
  if (!countable({load_le<u64>(at + 24), load_le<u64>(at + 32)})) {
    return std::unexpected(HeaderFault::damaged);
  }
  return SegmentHeader{
      .identity = {.cluster = {load_le<u64>(at + 16)}, .node = {load_le<u32>(at + 48)}},
      .segment = load_le<u64>(at + 24),
      .incarnation = {load_le<u64>(at + 32)},
      .bytes = bytes,
      .salt = load_le<u64>(at + 56)};
}

}  // namespace

void encode_segment_header(const SegmentHeader& header, MutableBytes out) {
  SNOWFLK_ASSERT(out.size() == kSegmentHeaderBytes);
  std::ranges::fill(out, std::byte{0});
  std::byte* at = out.data();
  store_le<u64>(at + 16, header.identity.cluster.value);
  store_le<u64>(at + 24, header.segment);
  store_le<u64>(at + 32, header.incarnation.value);
  store_le<u64>(at + 40, header.bytes);
  store_le<u32>(at + 48, header.identity.node.value);
  store_le<u16>(at + 52, static_cast<u16>(kUnitBytes));
  store_le<u16>(at + 54, static_cast<u16>(kBlockBytes));
  store_le<u64>(at + 56, header.salt);
  seal_envelope(kSegmentMagic, out.first(kHeaderBytes));
  std::ranges::copy(out.first(kBlockBytes), out.begin() + kBlockBytes);
}

std::expected<DecodedSegmentHeader, HeaderFault> decode_segment_header(Bytes bytes) {
  const auto first = decode_copy(bytes.first(std::min<std::size_t>(bytes.size(), kBlockBytes)));
  if (bytes.size() < kSegmentHeaderBytes) {
    if (!first) return std::unexpected(first.error());
    return DecodedSegmentHeader{.header = *first, .copies = 1};
  }
  const auto second = decode_copy(bytes.subspan(kBlockBytes, kBlockBytes));
  if (!first && !second) {
    return std::unexpected(first.error() == HeaderFault::blank ? second.error() : first.error());
  }
  if (!first || !second) {
    return DecodedSegmentHeader{.header = first ? *first : *second, .copies = 1};
  }
  if (*first != *second) return std::unexpected(HeaderFault::damaged);
  return DecodedSegmentHeader{.header = *first, .copies = 2};
}

u32 segment_seed(const SegmentHeader& header) {
  std::array<std::byte, 36> salt{};
  store_le<u64>(salt.data(), header.salt);
  store_le<u64>(salt.data() + 8, header.identity.cluster.value);
  store_le<u64>(salt.data() + 16, header.segment);
  store_le<u64>(salt.data() + 24, header.incarnation.value);
  store_le<u32>(salt.data() + 32, header.identity.node.value);
  return crc32c(salt);
}

}  // namespace snowflk::bitcask
