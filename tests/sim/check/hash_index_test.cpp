// Numbers by hash: as a map would answer, also where hashes meet and the table grows.
#include "sim/check/hash_index.hpp"

#include <map>

#include "core/base/prng.hpp"
#include "tests/catch.hpp"

using snowflk::Prng;
using snowflk::u32;
using snowflk::u64;
using snowflk::sim::HashIndex;

TEST_CASE("what was never added has no number", "[hash_index]") {
  HashIndex index;
  CHECK(index.find(0) == HashIndex::kNone);
  CHECK(index.find(UINT64_MAX) == HashIndex::kNone);
}

TEST_CASE("the first number of a hash stays its number", "[hash_index]") {
  HashIndex index;
  CHECK(index.find_or_add(0, 7) == 7);
  CHECK(index.find_or_add(0, 8) == 7);
  CHECK(index.find(0) == 7);
  CHECK(index.find(1) == HashIndex::kNone);
}

TEST_CASE("it answers as a map does, through all growth", "[hash_index]") {
  HashIndex index;
  std::map<u64, u32> map;
  Prng prng{1, 0, 0};
  for (u32 number = 0; number < 20'000; ++number) {
    // Half of them small and often drawn again, half of them spread.
    const u64 hash = prng.chance({1, 2}) ? prng.below(5'000) : prng.next();
    const u32 expected = map.try_emplace(hash, number).first->second;
    REQUIRE(index.find_or_add(hash, number) == expected);
  }
  for (const auto& [hash, number] : map) REQUIRE(index.find(hash) == number);
  for (u64 absent = 5'000; absent < 6'000; ++absent) {
    REQUIRE(index.find(absent) == HashIndex::kNone);
  }
}
