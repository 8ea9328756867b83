// The parts that hold values: the cache, the operands of a command, computed values on their way.
#include "core/kv/value_cache.hpp"

#include <map>
#include <string>

#include "core/base/prng.hpp"
#include "core/kv/operands.hpp"
#include "core/kv/pending_derived.hpp"
#include "tests/catch.hpp"

namespace snowflk::kv {
namespace {

bitcask::RecordLocation location_of(u64 number) {
  return bitcask::RecordLocation::of(1 + number / 1000, 8 * (number % 1000), 64);
}

TEST_CASE("the cache has a value as it was put, or not at all, and never holds too much") {
  for (u64 seed = 0; seed < 40; ++seed) {
    Prng prng(seed, 0, 0);
    const u64 bytes_max = 100 + prng.below(3000);
    ValueCache cache(bytes_max);
    std::map<u64, std::string> all;
    u64 hits = 0;
    for (u64 step = 0; step < 2000; ++step) {
      const u64 number = prng.below(300);
      std::string& value = all[number];
      if (value.empty()) value.assign(1 + prng.below(200), static_cast<char>('a' + number % 26));
      cache.put(location_of(number), as_bytes(value));
      const bool fits = 16 + (value.size() + 7) / 8 * 8 <= bytes_max / 4;
      REQUIRE(cache.find(location_of(number)).has_value() == fits);  // The newest is there.
      u64 held = 0;
      for (const auto& [other, text] : all) {
        const auto found = cache.find(location_of(other));
        if (!found) continue;
        REQUIRE(as_text(*found) == text);
        held += text.size();
        hits += 1;
      }
      REQUIRE(held <= bytes_max);
    }
    CHECK(hits > 2000);
  }
}

TEST_CASE("the oldest value goes first") {
  ValueCache cache(4 * 32);
  for (u64 i = 0; i < 5; ++i) cache.put(location_of(i), as_bytes("0123456789abcdef"));
  CHECK(!cache.find(location_of(0)));
  for (u64 i = 1; i < 5; ++i) CHECK(cache.find(location_of(i)));
  CHECK(cache.size() == 4);
}

TEST_CASE("a cache of nothing keeps nothing") {
  ValueCache cache(0);
  cache.put(location_of(1), as_bytes("x"));
  cache.put(location_of(1), {});
  CHECK(!cache.find(location_of(1)));
  CHECK(cache.size() == 0);
}

TEST_CASE("a copy of a cache has what it had, and goes its own way") {
  ValueCache cache(1000);
  cache.put(location_of(1), as_bytes("one"));
  ValueCache copy = cache;
  copy.put(location_of(2), as_bytes("two"));
  CHECK(as_text(*copy.find(location_of(1))) == "one");
  CHECK(!cache.find(location_of(2)));
}

TEST_CASE("operands are found by where they lie, and are gone when they are cleared") {
  Operands operands;
  CHECK(!operands.find(location_of(1)));
  for (u64 i = 0; i < 500; ++i) operands.add(location_of(i), as_bytes(std::to_string(i)));
  operands.add(location_of(7), as_bytes("7"));  // The same record: the same value.
  for (u64 i = 0; i < 500; ++i) {
    REQUIRE(as_text(*operands.find(location_of(i))) == std::to_string(i));
  }
  CHECK(!operands.find(location_of(500)));
  operands.clear();
  CHECK(operands.bytes() == 0);
  CHECK(!operands.find(location_of(1)));
  operands.add(location_of(1), {});
  CHECK(operands.find(location_of(1))->empty());
}

TEST_CASE("computed values are found until they are done, in whatever order that is") {
  for (u64 seed = 0; seed < 20; ++seed) {
    Prng prng(seed, 0, 0);
    PendingDerived pending;
    std::map<u64, u64> handles;  // by index
    u64 index = 0;
    for (int step = 0; step < 1000; ++step) {
      if (handles.empty() || prng.chance({1, 2})) {
        index += 1 + prng.below(3);
        handles[index] =
            pending.add(LogIndex{index}, 0, as_bytes("key"), as_bytes(std::to_string(index)));
      } else {
        auto chosen = handles.begin();
        std::advance(chosen, prng.below(handles.size()));
        pending.done(chosen->second);
        REQUIRE(!pending.find(LogIndex{chosen->first}, 0));
        handles.erase(chosen);
      }
      for (const auto& [at, handle] : handles) {
        REQUIRE(pending.find(LogIndex{at}, 0) == handle);
        REQUIRE(as_text(pending.key(handle)) == "key");
        REQUIRE(as_text(pending.value(handle)) == std::to_string(at));
      }
    }
    CHECK(!pending.find(LogIndex{index}, 1));
    CHECK(!pending.find(LogIndex{index + 1}, 0));
    for (const auto& [at, handle] : handles) pending.done(handle);
    CHECK(pending.size() == 0);
    CHECK(pending.bytes() == 0);
  }
}

}  // namespace
}  // namespace snowflk::kv
