// The common prefix of small structures on disk.
#include "core/bitcask/envelope.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"

namespace snowflk::bitcask {

void seal_envelope(u32 magic, MutableBytes bytes) {
  SNOWFLK_ASSERT(bytes.size() >= kEnvelopeBytes);
  store_le<u32>(bytes.data(), magic);
  store_le<u16>(bytes.data() + 8, kFormatVersion);
  store_le<u16>(bytes.data() + 10, 0);
  store_le<u32>(bytes.data() + 12, static_cast<u32>(bytes.size()));
  store_le<u32>(bytes.data() + 4, crc32c(bytes.subspan(8)));
}

std::expected<Bytes, HeaderFault> open_envelope(u32 magic, Bytes bytes) {
  if (all_zero(bytes.first(std::min<std::size_t>(bytes.size(), kUnitBytes)))) {
    return std::unexpected(HeaderFault::blank);
  }
  if (bytes.size() < kEnvelopeBytes || load_le<u32>(bytes.data()) != magic) {
    return std::unexpected(HeaderFault::damaged);
  }
  const u64 length = load_le<u32>(bytes.data() + 12);
  if (length < kEnvelopeBytes || length > bytes.size()) {
    return std::unexpected(HeaderFault::damaged);
  }
  if (crc32c(bytes.subspan(8, length - 8)) != load_le<u32>(bytes.data() + 4)) {
    return std::unexpected(HeaderFault::damaged);
  }
  if (load_le<u16>(bytes.data() + 8) > kFormatVersion) return std::unexpected(HeaderFault::newer);
  return bytes.first(length);
}

}  // namespace snowflk::bitcask
