// What a read of a blemished place brings, and when that is over.
#include "sim/blemishes.hpp"

#include <algorithm>

#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

constexpr u64 kInode = 7;

/// Reads `size` bytes at `offset` where all that is there is 1.
std::vector<std::byte> read(Blemishes& blemishes, u64 offset, u64 size, bool& readable) {
  std::vector<std::byte> bytes(size, std::byte{1});
  readable = blemishes.show(kInode, offset, bytes).readable;
  return bytes;
}

TEST_CASE("a bad sector fails reads that touch it, until it is written again") {
  Blemishes blemishes;
  blemishes.add(
      {.kind = BlemishKind::bad_sector, .inode = kInode, .page = 1, .sectors = 2, .shows = {}});
  bool readable = false;
  static_cast<void>(read(blemishes, 4096, 512, readable));
  CHECK(readable);
  static_cast<void>(read(blemishes, 4096, 513, readable));
  CHECK(!readable);
  static_cast<void>(read(blemishes, 5119, 1, readable));
  CHECK(!readable);
  static_cast<void>(read(blemishes, 5120, 512, readable));
  CHECK(readable);
  blemishes.written(kInode + 1, 4608, 512);  // another file
  static_cast<void>(read(blemishes, 4608, 1, readable));
  CHECK(!readable);
  blemishes.written(kInode, 4608, 1);
  CHECK(blemishes.empty());
}

TEST_CASE("a stale place reads as zero, and what lies around it as it is") {
  Blemishes blemishes;
  blemishes.add({.kind = BlemishKind::stale_read, .inode = kInode, .page = 0, .shows = {}});
  bool readable = false;
  const auto bytes = read(blemishes, 4000, 200, readable);
  CHECK(readable);
  CHECK(std::ranges::count(bytes, std::byte{0}) == 96);
  CHECK(bytes[95] == std::byte{0});
  CHECK(bytes[96] == std::byte{1});
}

TEST_CASE("what is misdirected once is found at the next read") {
  Blemishes blemishes;
  const PageBytes page{std::vector<std::byte>(kPageBytes, std::byte{9})};
  blemishes.add({.kind = BlemishKind::misdirected_read,
                 .inode = kInode,
                 .page = 2,
                 .once = true,
                 .shows = page});
  bool readable = false;
  CHECK(read(blemishes, 8192, 8, readable) == std::vector<std::byte>(8, std::byte{9}));
  CHECK(read(blemishes, 8192, 8, readable) == std::vector<std::byte>(8, std::byte{1}));
  CHECK(blemishes.empty());
}

}  // namespace
}  // namespace snowflk::sim
