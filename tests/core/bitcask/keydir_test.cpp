// The keydir against a plain map, its order, and its memory.
#include "core/bitcask/keydir.hpp"

#include <map>
#include <string>

#include "core/base/prng.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"

namespace snowflk::bitcask {
namespace {

std::string key_of(u64 number) { return "key:" + std::to_string(number); }

TEST_CASE("a keydir holds what a plain map holds, whatever is put, replaced and erased") {
  testing::check_property(
      "keydir == map",
      [](u64 seed) {
        Prng prng(seed, 0, 0);
        Keydir keydir(seed);
        std::map<std::string, u64> model;
        const u64 keys = 1 + prng.below(300);
        for (int i = 0; i < 2000; ++i) {
          const std::string key = key_of(prng.below(keys));
          const u64 value = prng.next();
          const u64 draw = prng.below(10);
          const auto known = model.find(key);
          if (draw < 5) {
            const auto before = keydir.put(as_bytes(key), value);
            RC_ASSERT(before.has_value() == (known != model.end()));
            model[key] = value;
          } else if (draw < 8) {
            const auto before = keydir.erase(as_bytes(key));
            RC_ASSERT(before.has_value() == (known != model.end()));
            model.erase(key);
          } else {
            const u64 expected = known == model.end() ? 0 : known->second + (draw == 9 ? 1 : 0);
            const bool swung = keydir.replace(as_bytes(key), expected, value);
            RC_ASSERT(swung == (known != model.end() && draw == 8));
            if (swung) known->second = value;
          }
        }
        RC_ASSERT(keydir.size() == model.size());
        for (const auto& [key, value] : model) RC_ASSERT(keydir.find(as_bytes(key)) == value);
        std::map<std::string, u64> seen;
        keydir.for_each([&](Bytes key, u64 value) { seen[std::string(as_text(key))] = value; });
        RC_ASSERT(seen == model);
      },
      60);
}

TEST_CASE("tables split without losing a key, and equal histories have equal orders") {
  Keydir one(7);
  Keydir two(7);
  for (u64 i = 0; i < 60'000; ++i) {
    one.put(as_bytes(key_of(i)), i);
    two.put(as_bytes(key_of(i)), i);
  }
  u64 found = 0;
  for (u64 i = 0; i < 60'000; ++i) found += one.find(as_bytes(key_of(i))) == i ? 1U : 0U;
  CHECK(found == 60'000);
  std::vector<u64> order_one;
  std::vector<u64> order_two;
  one.for_each([&](Bytes, u64 value) { order_one.push_back(value); });
  two.for_each([&](Bytes, u64 value) { order_two.push_back(value); });
  CHECK(order_one == order_two);
  const Keydir copy = one;
  one.clear();
  CHECK(one.size() == 0);
  CHECK(copy.size() == 60'000);
}

TEST_CASE("beside the key, a key costs at most 24 bytes, however many there are") {
  Keydir keydir(3);
  u64 key_bytes = 0;
  u64 worst_hundredths = 0;
  for (u64 i = 0; i < 400'000; ++i) {
    const std::string key = key_of(i);
    key_bytes += key.size();
    keydir.put(as_bytes(key), i);
    if (i > 100'000 && i % 1000 == 0) {
      worst_hundredths = std::max(worst_hundredths, (keydir.memory() - key_bytes) * 100 / (i + 1));
    }
  }
  INFO("worst, in hundredths of a byte a key: " << worst_hundredths);
  CHECK(worst_hundredths <= 2400);
}

TEST_CASE("an empty key and a long key are keys like others") {
  Keydir keydir;
  const std::string longest(kKeyBytesMax, 'k');
  CHECK_FALSE(keydir.put({}, 1).has_value());
  CHECK_FALSE(keydir.put(as_bytes(longest), 2).has_value());
  CHECK(keydir.find({}) == 1);
  CHECK(keydir.find(as_bytes(longest)) == 2);
}

}  // namespace
}  // namespace snowflk::bitcask
