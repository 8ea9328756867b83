// The manifest: encoding and gate.
#include "core/bitcask/manifest.hpp"

#include <algorithm>
#include <functional>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/bitcask/envelope.hpp"
#include "core/bitcask/record.hpp"

namespace snowflk::bitcask {
namespace {

constexpr u32 kManifestMagic = 0x4e414d46;  // "FMAN"
// envelope 16 | generation 8 | cluster 8 | node 4 | count 4 | S index 8 (0) | S term 8 (0) |
// log floor 8 (0) | members 4 | reserved 4
constexpr u64 kHeaderBytes = 72;
static_assert(kEnvelopeBytes + 2 * 8 + 2 * 4 + 3 * 8 + 2 * 4 == kHeaderBytes);
// A member is an id of 4 bytes; all of them are padded to 8.
constexpr u64 members_bytes(u64 count) { return align_up(count * sizeof(u32), 8); }
// segment 8 | incarnation 8 | base index 8 | flags 4 | reserved 4
constexpr u64 kRowBytes = 32;
static_assert(3 * 8 + 2 * 4 == kRowBytes);
constexpr u32 kDoomed = 1;

bool is_member_list(const std::vector<NodeId>& members) {
  if (!members.empty() && members.front().nobody()) return false;
  return std::ranges::adjacent_find(members, std::greater_equal<>{}) == members.end();
}

// Ids start at 1 and fit a RecordLocation.
bool in_range(const ManifestSegment& row) {
  return row.segment > 0 && row.segment < (1ULL << kSegmentBits) && row.incarnation.value > 0 &&
         countable({row.incarnation.value, row.base_index});
}

bool ordered(const std::vector<ManifestSegment>& rows) {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].segment <= rows[i - 1].segment) return false;
    if (rows[i].incarnation < rows[i - 1].incarnation) return false;
  }
  return true;
}

}  // namespace

void encode_manifest(const Manifest& manifest, std::vector<std::byte>& out) {
  SNOWFLK_ASSERT(ordered(manifest.segments));
  SNOWFLK_ASSERT(is_member_list(manifest.members));
  SNOWFLK_ASSERT(manifest.members.size() <= Manifest::kMembersMax);
  const u64 rows_at = kHeaderBytes + members_bytes(manifest.members.size());
  out.clear();
  out.resize(rows_at + manifest.segments.size() * kRowBytes);
  std::byte* at = out.data();
  store_le<u64>(at + 16, manifest.generation);
  store_le<u64>(at + 24, manifest.identity.cluster.value);
  store_le<u32>(at + 32, manifest.identity.node.value);
  store_le<u32>(at + 36, static_cast<u32>(manifest.segments.size()));
  store_le<u32>(at + 64, static_cast<u32>(manifest.members.size()));
  for (std::size_t i = 0; i < manifest.members.size(); ++i) {
    store_le<u32>(at + kHeaderBytes + i * sizeof(u32), manifest.members[i].value);
  }
  at += rows_at;
  for (const ManifestSegment& row : manifest.segments) {
    store_le<u64>(at, row.segment);
    store_le<u64>(at + 8, row.incarnation.value);
    store_le<u64>(at + 16, row.base_index);
    store_le<u32>(at + 24, row.doomed ? kDoomed : 0);
    at += kRowBytes;
  }
  seal_envelope(kManifestMagic, out);
}

std::expected<Manifest, HeaderFault> decode_manifest(Bytes bytes) {
  const auto opened = open_envelope(kManifestMagic, bytes);
  if (!opened) return std::unexpected(opened.error());
  if (opened->size() < kHeaderBytes) return std::unexpected(HeaderFault::damaged);
  const std::byte* at = opened->data();
  const u64 count = load_le<u32>(at + 36);
  const u64 members = load_le<u32>(at + 64);
  const u64 rows_at = kHeaderBytes + members_bytes(members);
  if (members > Manifest::kMembersMax || opened->size() != rows_at + count * kRowBytes) {
    return std::unexpected(HeaderFault::damaged);
  }
  Manifest manifest{
      .generation = load_le<u64>(at + 16),
      .identity = {.cluster = {load_le<u64>(at + 24)}, .node = {load_le<u32>(at + 32)}},
      .members = {},
      .segments = {}};
  for (u64 i = 0; i < members; ++i) {
    manifest.members.push_back({load_le<u32>(at + kHeaderBytes + i * sizeof(u32))});
  }
  manifest.segments.reserve(count);
  for (u64 row = 0; row < count; ++row) {
    const std::byte* from = at + rows_at + row * kRowBytes;
    manifest.segments.push_back({.segment = load_le<u64>(from),
                                 .incarnation = {load_le<u64>(from + 8)},
                                 .base_index = load_le<u64>(from + 16),
                                 .doomed = (load_le<u32>(from + 24) & kDoomed) != 0});
  }
  if (!countable({manifest.generation}) || !std::ranges::all_of(manifest.segments, in_range) ||
      !ordered(manifest.segments) || !is_member_list(manifest.members)) {
    return std::unexpected(HeaderFault::damaged);
  }
  return manifest;
}

u32 manifest_crc(Bytes bytes) { return crc32c(bytes); }

}  // namespace snowflk::bitcask
