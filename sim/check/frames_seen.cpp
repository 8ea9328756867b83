#include "sim/check/frames_seen.hpp"

#include <bit>
#include <cstring>

namespace snowflk::sim {
namespace {

constexpr std::size_t kClusterOffset = 8;
constexpr std::size_t kKindOffset = 16;
static_assert(kKindOffset + 4 <= wire::kFrameHeaderBytes);

u32 load_le32(const std::byte* at) {
  u32 word = 0;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap32(word);
  return word;
}

}  // namespace

std::optional<wire::FrameKind> peek_kind(Bytes bytes) {
  if (bytes.size() < wire::kFrameHeaderBytes) return std::nullopt;
  return static_cast<wire::FrameKind>(load_le32(bytes.data() + kKindOffset));
}

ClusterId peek_cluster(Bytes bytes) { return ClusterId{load_le64(bytes.data() + kClusterOffset)}; }

}  // namespace snowflk::sim
