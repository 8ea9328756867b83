// The machine against a plain map, under random commands, caches of all sizes, and restarts.
#include <map>
#include <optional>
#include <string>

#include "core/base/prng.hpp"
#include "core/wire/number.hpp"
#include "tests/core/kv/replica.hpp"
#include "tests/support/property.hpp"

namespace snowflk::kv {
namespace {

/// The same commands, the simplest way.
class Model {
 public:
  std::string call(const std::vector<std::string>& words) {
    const std::string& name = words[0];
    if (name == "GET") return shown(get(words[1]));
    if (name == "STRLEN") return integer(static_cast<i64>(get(words[1]).value_or("").size()));
    if (name == "EXISTS") return integer(static_cast<i64>(map_.count(words[1])));
    if (name == "DBSIZE") return integer(static_cast<i64>(map_.size()));
    if (name == "MGET") return "1) " + shown(get(words[1])) + "\n2) " + shown(get(words[2]));
    if (name == "MSET") return mset(words);
    if (name == "DEL") return integer(static_cast<i64>(map_.erase(words[1])));
    if (name == "GETDEL") return getdel(words[1]);
    if (name == "APPEND") return append(words);
    if (name == "INCRBY") return incr_by(words);
    return set(words);
  }
  [[nodiscard]] const std::map<std::string, std::string>& map() const { return map_; }

 private:
  [[nodiscard]] std::optional<std::string> get(const std::string& key) const {
    const auto found = map_.find(key);
    return found == map_.end() ? std::nullopt : std::optional{found->second};
  }
  static std::string shown(const std::optional<std::string>& value) {
    return value ? "\"" + *value + "\"" : "(nil)";
  }
  static std::string integer(i64 number) { return "(integer) " + std::to_string(number); }

  std::string mset(const std::vector<std::string>& words) {
    for (std::size_t i = 1; i < words.size(); i += 2) map_[words[i]] = words[i + 1];
    return "OK";
  }
  std::string getdel(const std::string& key) {
    const auto old = get(key);
    map_.erase(key);
    return shown(old);
  }
  std::string append(const std::vector<std::string>& words) {
    map_[words[1]] += words[2];
    return integer(static_cast<i64>(map_[words[1]].size()));
  }
  std::string incr_by(const std::vector<std::string>& words) {
    const auto old = wire::parse_integer(get(words[1]).value_or("0"));
    if (!old) return "(error) ERR value is not an integer or out of range";
    const i64 sum = *old + *wire::parse_integer(words[2]);
    map_[words[1]] = std::to_string(sum);
    return integer(sum);
  }
  std::string set(const std::vector<std::string>& words) {
    const auto old = get(words[1]);
    const std::string condition = words.size() > 3 ? words[3] : "";
    bool met = true;
    if (condition == "NX") met = !old;
    if (condition == "XX") met = old.has_value();
    if (condition == "IFEQ") met = old && *old == words[4];
    if (met) map_[words[1]] = words[2];
    if (words.back() == "GET" && words.size() > 3) return shown(old);
    return met ? "OK" : "(nil)";
  }

  std::map<std::string, std::string> map_;
};

std::string draw_value(Prng& prng) {
  if (prng.chance({1, 2})) return std::to_string(prng.below(20));
  const u64 size = prng.chance({1, 8}) ? prng.below(600) : prng.below(12);
  return std::string(size, static_cast<char>('a' + prng.below(26)));
}

std::vector<std::string> draw_command(Prng& prng) {
  const std::string key = "key" + std::to_string(prng.below(20));
  const std::string other = "key" + std::to_string(prng.below(20));
  const std::string value = draw_value(prng);
  const std::string old = draw_value(prng);
  switch (prng.below(14)) {
    case 0: return {"GET", key};
    case 1: return {"STRLEN", key};
    case 2: return {"EXISTS", key};
    case 3: return {"DBSIZE"};
    case 4: return {"MGET", key, other};
    case 5: return {"MSET", key, value, other, old};
    case 6: return {"DEL", key};
    case 7: return {"GETDEL", key};
    case 8: return {"APPEND", key, value};
    case 9: return {"INCRBY", key, std::to_string(static_cast<i64>(prng.below(100)) - 50)};
    case 10: return {"SET", key, value, "IFEQ", old, "GET"};
    case 11: return {"SET", key, value, prng.chance({1, 2}) ? "NX" : "XX"};
    case 12: return {"SET", key, value, "GET"};
    default: return {"SET", key, value};
  }
}

std::vector<std::string_view> views(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

void check_equal(Replica& replica, const Model& model) {
  u64 keys = 0;
  replica.machine().for_each([&](Bytes, const Found&) { keys += 1; });
  REQUIRE(keys == model.map().size());
  for (const auto& [key, value] : model.map()) {
    REQUIRE(replica.call({"GET", key}) == "\"" + value + "\"");
  }
}

TEST_CASE("under random commands the machine answers as a plain map does") {
  for (u64 seed = 0; seed < 60; ++seed) {
    Prng prng(seed, 0, 0);
    const u64 cache_sizes[] = {0, 200, 1000, 1 << 20};
    Replica replica({.cache_bytes = cache_sizes[seed % 4], .salt = seed});
    Model model;
    for (int step = 0; step < 400; ++step) {
      const auto words = draw_command(prng);
      INFO("seed " << seed << " step " << step << " " << words[0]);
      REQUIRE(replica.call(views(words)) == model.call(words));
      if (prng.chance({1, 3})) replica.write_derived();
    }
    check_equal(replica, model);
  }
}

TEST_CASE(
    "replies and digests do not depend on the cache, the salt, or when values reach the disk") {
  for (u64 seed = 0; seed < 20; ++seed) {
    Prng prng(seed, 1, 0);
    Prng lazy(seed, 1, 1);
    Replica small({.cache_bytes = 0, .salt = 1});
    Replica large({.cache_bytes = 1 << 20, .salt = 2});
    for (int step = 0; step < 300; ++step) {
      const auto words = draw_command(prng);
      REQUIRE(small.call(views(words)) == large.call(views(words)));
      REQUIRE(small.machine().digest() == large.machine().digest());
      small.write_derived();
      if (lazy.chance({1, 10})) large.write_derived();
    }
  }
}

TEST_CASE("a machine that is replayed is the machine that was, and writes no value twice") {
  for (u64 seed = 0; seed < 20; ++seed) {
    Prng prng(seed, 2, 0);
    Replica before({.cache_bytes = 300, .salt = 0});
    std::vector<std::vector<std::byte>> log;
    for (int step = 0; step < 300; ++step) {
      const auto words = draw_command(prng);
      const auto payload = command_of(views(words));
      if (is_read_only(*decode_command(payload))) continue;
      log.push_back(payload);
      before.apply(payload);
      if (prng.chance({1, 2})) before.write_derived();
    }
    Replica after({.cache_bytes = 0, .salt = 0});
    after.recover_from(before);
    for (const auto& payload : log) after.apply(payload);
    REQUIRE(after.machine().digest() == before.machine().digest());
    REQUIRE(after.unwritten() == before.unwritten());
    REQUIRE(after.machine().keys() == before.machine().keys());
  }
}

TEST_CASE("data ten times as large as the memory for values comes back whole") {
  Replica replica({.cache_bytes = 10'000, .salt = 0});
  const auto value_of = [](int i) { return std::string(1000, static_cast<char>('a' + i % 26)); };
  for (int i = 0; i < 100; ++i) replica.call({"SET", "k" + std::to_string(i), value_of(i)});
  for (int i = 0; i < 100; ++i) {
    REQUIRE(replica.call({"GET", "k" + std::to_string(i)}) == "\"" + value_of(i) + "\"");
  }
  CHECK(replica.reads() >= 90);
  CHECK(replica.machine().cache().size() <= 10);
}

TEST_CASE("a property: commands of any bytes answer as a plain map does") {
  testing::check_property("GET gives the bytes that SET was given", [] {
    const auto key = *rc::gen::arbitrary<std::string>();
    const auto value = *rc::gen::arbitrary<std::string>();
    Replica replica({.cache_bytes = 0, .salt = 0});
    replica.apply(command_of({"SET", key, value}));
    const auto reply = replica.read(command_of({"GET", key}));
    const auto view = decode_reply(reply);
    RC_ASSERT(view.has_value());
    RC_ASSERT(view->head().kind == ReplyKind::bulk);
    RC_ASSERT(as_text(view->head().bytes) == value);
  });
}

}  // namespace
}  // namespace snowflk::kv
