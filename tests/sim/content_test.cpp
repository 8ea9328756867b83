#include "sim/content.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/catch.hpp"

namespace snowflk::sim {

namespace {

std::vector<std::byte> filled(std::size_t size, unsigned char with) {
  return std::vector<std::byte>(size, std::byte{with});
}

unsigned char byte_at(const Content& content, u64 offset) {
  std::byte byte{0xee};
  const u64 read = content.read(offset, MutableBytes{&byte, 1});
  REQUIRE(read == 1);
  return std::to_integer<unsigned char>(byte);
}

struct Fixture {
  Prng prng{1, 2, 3};
  void write(Content& content, u64 offset, std::size_t size, unsigned char with) {
    content.write(offset, filled(size, with), prng, 0);
  }
};

}  // namespace

TEST_CASE("A new file reads as zero to its end and no further") {
  const Content content{5000};
  CHECK(byte_at(content, 0) == 0);
  CHECK(byte_at(content, 4999) == 0);
  std::byte beyond[16];
  CHECK(content.read(4990, beyond) == 10);
  CHECK(content.read(5000, beyond) == 0);
}

TEST_CASE_METHOD(Fixture, "What is written is read at once, across pages") {
  Content content{16384};
  write(content, 4000, 5000, 7);
  CHECK(byte_at(content, 3999) == 0);
  CHECK(byte_at(content, 4000) == 7);
  CHECK(byte_at(content, 8999) == 7);
  CHECK(byte_at(content, 9000) == 0);
}

TEST_CASE_METHOD(Fixture, "What was synced outlives a power cut") {
  Content content{8192};
  write(content, 100, 6000, 7);
  content.sync();
  content.lose_power(prng);
  REQUIRE(content.size() == 8192);
  CHECK(byte_at(content, 100) == 7);
  CHECK(byte_at(content, 6099) == 7);
}

TEST_CASE_METHOD(Fixture, "What power leaves can be chosen: each subset of what differs") {
  Content before{1536};
  write(before, 0, 512, 2);
  write(before, 512, 512, 0);  // as it was: no choice
  write(before, 1024, 512, 3);
  REQUIRE(before.dirty_sectors() == 3);
  REQUIRE(before.choices() == 3);  // two sectors, and the length, which was never synced
  for (const std::string kept : {"000", "010", "100", "110", "001", "011", "101", "111"}) {
    CAPTURE(kept);
    Content content = before;
    const std::string longer = kept + "x";
    CHECK(content.lose_power(std::string_view{longer}) == "x");
    CHECK(content.choices() == 0);
    if (kept[2] == '0') {
      CHECK(content.size() == 0);
      continue;
    }
    REQUIRE(content.size() == 1536);
    CHECK(byte_at(content, 0) == (kept[0] == '1' ? 2 : 0));
    CHECK(byte_at(content, 512) == 0);
    CHECK(byte_at(content, 1024) == (kept[1] == '1' ? 3 : 0));
  }
}

TEST_CASE_METHOD(Fixture, "Each sector that was not synced is old or new, independently") {
  std::set<u64> patterns;
  for (int run = 0; run < 400; ++run) {
    Content content{4096};
    write(content, 0, 4096, 1);
    content.sync();
    write(content, 0, 2048, 2);
    REQUIRE(content.dirty_sectors() == 4);
    content.lose_power(prng);
    u64 pattern = 0;
    for (u64 sector = 0; sector < 4; ++sector) {
      const unsigned char first = byte_at(content, sector * kSectorBytes);
      REQUIRE((first == 1 || first == 2));
      REQUIRE(byte_at(content, sector * kSectorBytes + kSectorBytes - 1) == first);
      pattern = pattern * 2 + (first - 1);
    }
    REQUIRE(byte_at(content, 2048) == 1);
    patterns.insert(pattern);
  }
  CHECK(patterns.size() == 16);
}

TEST_CASE_METHOD(Fixture,
                 "Beyond the bounds a sector that power catches may be neither old nor new") {
  Content content{4096};
  write(content, 0, 4096, 1);
  content.sync();
  write(content, 0, 2048, 2);
  const std::vector<u64> spoilt = content.lose_power(prng, 1'000'000);
  u64 neither = 0;
  for (u64 sector = 0; sector < 4; ++sector) {
    const unsigned char first = byte_at(content, sector * kSectorBytes);
    const unsigned char second = byte_at(content, sector * kSectorBytes + 1);
    if (first != second) neither += 1;
    if (first == second) CHECK(first == 2);  // what is not new is garbage
  }
  CHECK(neither == spoilt.size());
  CHECK(byte_at(content, 2048) == 1);  // what was durable stays
}

TEST_CASE_METHOD(Fixture, "A failed sync leaves pages readable, clean, and lost with the power") {
  int lost = 0;
  for (int run = 0; run < 64; ++run) {
    Content content{4096};
    write(content, 0, 4096, 1);
    content.sync();
    write(content, 0, 512, 2);
    content.fail_sync(prng);
    REQUIRE(content.dirty_sectors() == 0);
    REQUIRE(byte_at(content, 0) == 2);
    content.sync();  // succeeds, and mends nothing
    REQUIRE(byte_at(content, 0) == 2);
    content.lose_power(prng);
    lost += byte_at(content, 0) == 1 ? 1 : 0;
  }
  CHECK(lost > 10);
  CHECK(lost < 54);
}

TEST_CASE_METHOD(Fixture,
                 "A stale sector that is written again is dirty again, and can be synced") {
  Content content{4096};
  write(content, 0, 512, 2);
  content.fail_sync(prng);
  write(content, 0, 512, 3);
  content.sync();
  content.lose_power(prng);
  CHECK(byte_at(content, 0) == 3);
}

TEST_CASE_METHOD(Fixture, "A length that was never synced may be gone after a power cut") {
  std::set<u64> sizes;
  for (int run = 0; run < 64; ++run) {
    Content content{4096};
    content.lose_power(prng);
    sizes.insert(content.size());
  }
  CHECK(sizes == std::set<u64>{0, 4096});
}

TEST_CASE_METHOD(Fixture, "Writeback lets an overwritten version come back after a power cut") {
  std::set<unsigned char> seen;
  for (int run = 0; run < 200; ++run) {
    Content content{4096};
    write(content, 0, 512, 1);
    content.sync();
    content.write(0, filled(512, 2), prng, 500'000);
    content.write(0, filled(512, 3), prng, 500'000);
    content.lose_power(prng);
    seen.insert(byte_at(content, 0));
  }
  CHECK(seen == std::set<unsigned char>{1, 2, 3});
}

TEST_CASE_METHOD(Fixture, "Rot turns one bit of what is durable, and reads see it") {
  Content content{4096};
  write(content, 0, 4096, 0);
  content.sync();
  content.rot(600, 3);
  CHECK(byte_at(content, 600) == 8);
  CHECK(byte_at(content, 599) == 0);
  content.lose_power(prng);
  CHECK(byte_at(content, 600) == 8);
}

TEST_CASE_METHOD(Fixture, "A copy shares pages until one of the two writes") {
  Content content{4096};
  write(content, 0, 4096, 1);
  content.sync();
  Content copy = content;
  write(copy, 0, 512, 2);
  CHECK(byte_at(content, 0) == 1);
  CHECK(byte_at(copy, 0) == 2);
  copy.sync();
  content.lose_power(prng);
  CHECK(byte_at(content, 0) == 1);
}

TEST_CASE_METHOD(Fixture, "A sync that a crash cut short leaves the rest dirty") {
  std::set<u64> left;
  for (int run = 0; run < 100; ++run) {
    Content content{4096};
    write(content, 0, 4096, 1);
    content.sync_partly(prng);
    left.insert(content.dirty_sectors());
    content.sync();
    content.lose_power(prng);
    REQUIRE(byte_at(content, 4095) == 1);
  }
  CHECK(left.size() > 3);
}

TEST_CASE_METHOD(Fixture,
                 "Settled is what was durable before the last two syncs that brought more") {
  Content content{32768};
  write(content, 0, 8192, 1);
  content.sync();
  write(content, 8192, 4096, 2);
  content.sync();
  CHECK(content.settled_pages() == 0);
  content.sync();  // brings nothing more
  CHECK(content.settled_pages() == 0);
  write(content, 12288, 4096, 3);
  content.sync();
  CHECK(content.settled_pages() == 2);
  write(content, 16384, 4096, 4);
  CHECK(content.settled_pages() == 2);  // not synced
  content.sync();
  CHECK(content.settled_pages() == 3);
}

}  // namespace snowflk::sim
