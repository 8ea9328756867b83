// CRC32C by tables, on any machine.
#include "core/base/crc32c.hpp"

#include <array>

#include "core/base/hash.hpp"

namespace snowflk {
namespace {

constexpr u32 kPolynomial = 0x82f63b78;  // 0x1edc6f41, its bits reversed
constexpr unsigned kTableCount = 8;      // a word of eight bytes at a time

using Tables = std::array<std::array<u32, 256>, kTableCount>;

constexpr Tables make_tables() {
  Tables tables{};
  for (u32 byte = 0; byte < 256; ++byte) {
    u32 crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t table = 1; table < kTableCount; ++table) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const u32 before = tables[table - 1][byte];
      tables[table][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();
static_assert(kTables[0][1] == 0xf26b8303);  // the known second row of the reflected table

u32 step_by_table(u32 state, std::byte byte) {
  return (state >> 8) ^ kTables[0][(state ^ std::to_integer<u32>(byte)) & 0xff];
}

}  // namespace

u32 crc32c_by_table(Bytes bytes, u32 seed) {
  u32 state = ~seed;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    const u64 word = load_le64(bytes.data() + at) ^ state;
    state = 0;
    for (unsigned byte = 0; byte < kTableCount; ++byte) {
      state ^= kTables[kTableCount - 1 - byte][(word >> (8 * byte)) & 0xff];
    }
  }
  for (; at < bytes.size(); ++at) state = step_by_table(state, bytes[at]);
  return ~state;
}

}  // namespace snowflk
