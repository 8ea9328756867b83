// CRC32C: the vectors of RFC 3720, and the two ways against each other.
#include "core/base/crc32c.hpp"

#include <array>
#include <vector>

#include "core/base/prng.hpp"
#include "tests/catch.hpp"

namespace snowflk {
namespace {

struct Vector {
  std::array<u8, 48> bytes;
  std::size_t size;
  u32 crc;
};

std::array<u8, 48> filled(u8 first, int step) {
  std::array<u8, 48> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<u8>(first + step * static_cast<int>(i));
  }
  return bytes;
}

// "An iSCSI - SCSI Read (10) Command PDU".
std::array<u8, 48> iscsi_read_command() {
  std::array<u8, 48> bytes{};
  bytes[0] = 0x01;
  bytes[1] = 0xc0;
  bytes[16] = 0x14;
  bytes[22] = 0x04;
  bytes[27] = 0x14;
  bytes[31] = 0x18;
  bytes[32] = 0x28;
  bytes[40] = 0x02;
  return bytes;
}

// RFC 3720, B.4.
const std::vector<Vector>& vectors() {
  static const std::vector<Vector> all = {
      {filled(0x00, 0), 32, 0x8a9136aa},      {filled(0xff, 0), 32, 0x62a8ab43},
      {filled(0x00, 1), 32, 0x46dd794e},      {filled(0x1f, -1), 32, 0x113fdb5c},
      {iscsi_read_command(), 48, 0xd9963a56},
  };
  return all;
}

Bytes bytes_of(const Vector& vector) {
  return std::as_bytes(std::span{vector.bytes}).first(vector.size);
}

TEST_CASE("the CRC of every vector of RFC 3720 is the one printed there") {
  for (const auto& vector : vectors()) {
    CHECK(crc32c(bytes_of(vector)) == vector.crc);
    CHECK(crc32c_by_table(bytes_of(vector)) == vector.crc);
    if (has_crc32c_instruction()) CHECK(crc32c_by_instruction(bytes_of(vector)) == vector.crc);
  }
  CHECK(crc32c(as_bytes("123456789")) == 0xe3069283);
  CHECK(crc32c({}) == 0);
}

TEST_CASE("the instruction and the tables agree at every length and alignment") {
  if (!has_crc32c_instruction()) return;  // One way only: nothing to compare.
  Prng prng(1, 0, 0);
  std::vector<std::byte> bytes(300);
  for (auto& byte : bytes) byte = static_cast<std::byte>(prng.below(256));
  for (std::size_t from = 0; from < 9; ++from) {
    for (std::size_t size = 0; from + size <= bytes.size(); ++size) {
      const Bytes part = Bytes{bytes}.subspan(from, size);
      const u32 seed = static_cast<u32>(prng.next());
      REQUIRE(crc32c_by_instruction(part, seed) == crc32c_by_table(part, seed));
    }
  }
}

TEST_CASE("a CRC goes on where another ended") {
  const Bytes whole = as_bytes("the quick brown fox jumps over the lazy dog");
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    CHECK(crc32c(whole.subspan(cut), crc32c(whole.first(cut))) == crc32c(whole));
  }
}

TEST_CASE("every single flipped bit changes the CRC") {
  std::array<std::byte, 64> bytes{};
  const u32 before = crc32c(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    CHECK(crc32c(bytes) != before);
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
  }
}

}  // namespace
}  // namespace snowflk
