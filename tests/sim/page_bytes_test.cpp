// A page reads as it was written, packed or open, shared or not.
#include "sim/page_bytes.hpp"

#include <algorithm>
#include <array>

#include "core/base/prng.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

using Whole = std::array<std::byte, kPageBytes>;

Whole whole(const PageBytes& page) {
  Whole bytes;
  bytes.fill(std::byte{0xee});
  page.read(0, bytes);
  return bytes;
}

/// Writes `bytes` at `at` of both.
void write(PageBytes& page, Whole& expected, u64 at, Bytes bytes) {
  std::ranges::copy(bytes, page.open() + at);
  std::ranges::copy(bytes, expected.data() + at);
}

}  // namespace

TEST_CASE("a page that was never written reads as zero", "[page_bytes]") {
  const PageBytes page;
  CHECK(page.never_written());
  CHECK(whole(page) == Whole{});
}

TEST_CASE("a page of zeros is written all the same", "[page_bytes]") {
  const PageBytes page{Whole{}};
  CHECK(!page.never_written());
  CHECK(whole(page) == Whole{});
}

TEST_CASE("what is written shows in this value and in no copy of it", "[page_bytes]") {
  Whole bytes{};
  bytes[7] = std::byte{1};
  bytes[kPageBytes - 1] = std::byte{2};
  PageBytes page{bytes};
  const PageBytes copy = page;
  CHECK(copy.shares(page));
  page.open()[600] = std::byte{3};
  CHECK(!copy.shares(page));
  CHECK(whole(copy) == bytes);
  bytes[600] = std::byte{3};
  CHECK(whole(page) == bytes);
  const PageBytes open = page;
  page.open()[601] = std::byte{4};
  CHECK(whole(open) == bytes);
}

TEST_CASE("it reads as plain bytes would, whatever is written, packed and read", "[page_bytes]") {
  Prng prng{1, 2, 3};
  PageBytes page;
  Whole expected{};
  for (int round = 0; round < 3'000; ++round) {
    const u64 at = prng.below(kPageBytes);
    const u64 length = 1 + prng.below(std::min<u64>(kPageBytes - at, prng.below(2) != 0 ? 9 : 900));
    std::vector<std::byte> bytes(length);
    const bool zero = prng.chance({1, 2});
    for (std::byte& byte : bytes)
      byte = zero ? std::byte{0} : std::byte{static_cast<u8>(prng.next())};
    write(page, expected, at, bytes);
    if (prng.chance({1, 2})) page.pack();
    if (prng.chance({1, 16})) page = PageBytes{expected};

    const u64 from = prng.below(kPageBytes);
    const u64 count = prng.below(kPageBytes - from + 1);
    std::vector<std::byte> out(count);
    page.unpack(from, out);
    std::vector<std::byte> read(count, std::byte{0xee});
    page.read(from, read);
    REQUIRE(std::ranges::equal(out, Bytes{expected}.subspan(from, count)));
    REQUIRE(out == read);
  }
  REQUIRE(whole(page) == expected);
}

}  // namespace snowflk::sim
