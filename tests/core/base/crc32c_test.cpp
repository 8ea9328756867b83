// CRC32C: the vectors of RFC 3720, and the three ways against each other.
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
    if (has_crc32c_vectors()) CHECK(crc32c_by_vectors(bytes_of(vector)) == vector.crc);
  }
  CHECK(crc32c(as_bytes("123456789")) == 0xe3069283);
  CHECK(crc32c({}) == 0);
}

std::vector<std::byte> noise(std::size_t size) {
  Prng prng(1, 0, 0);
  std::vector<std::byte> bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(prng.below(256));
  return bytes;
}

/// All ways that this machine has give the CRC that the tables give.
void require_agreement(Bytes bytes, u32 seed) {
  const u32 crc = crc32c_by_table(bytes, seed);
  REQUIRE(crc32c(bytes, seed) == crc);
  if (has_crc32c_instruction()) REQUIRE(crc32c_by_instruction(bytes, seed) == crc);
  if (has_crc32c_vectors()) REQUIRE(crc32c_by_vectors(bytes, seed) == crc);
}

TEST_CASE("tables, instruction and vectors agree at every length and alignment") {
  const auto bytes = noise(900);
  Prng prng(2, 0, 0);
  for (std::size_t from = 0; from < 9; ++from) {
    for (std::size_t size = 0; from + size <= bytes.size(); ++size) {
      require_agreement(Bytes{bytes}.subspan(from, size), static_cast<u32>(prng.next()));
    }
  }
}

// Three streams of 256 words and the word that joins them: 6152 bytes, and then the next.
TEST_CASE("they agree where streams are longest, begin again, and end") {
  const auto bytes = noise(70'000);
  Prng prng(3, 0, 0);
  for (const std::size_t around : {6152U, 2 * 6152U, 6152U + 160U, 65'536U}) {
    for (std::size_t size = around - 30; size < around + 30; ++size) {
      require_agreement(Bytes{bytes}.first(size), static_cast<u32>(prng.next()));
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
