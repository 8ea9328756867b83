// The gate for commands: the words of its errors, and bytes that are no command.
#include "core/kv/command.hpp"

#include "core/base/prng.hpp"
#include "tests/core/kv/replica.hpp"
#include "tests/support/property.hpp"

namespace snowflk::kv {
namespace {

struct Case {
  std::vector<std::string_view> words;
  std::string_view error;  // empty: taken
};

TEST_CASE("words that are no command are answered in Redis' words") {
  const Case cases[] = {
      {{"foo", "a", "b"}, "ERR unknown command 'foo', with args beginning with: 'a' 'b' "},
      {{"foo"}, "ERR unknown command 'foo', with args beginning with: "},
      {{"fo\r\no"}, "ERR unknown command 'fo  o', with args beginning with: "},
      {{{"g\0\x1b[", 4}}, "ERR unknown command 'g  [', with args beginning with: "},
      {{""}, "ERR unknown command '', with args beginning with: "},
      {{"get"}, "ERR wrong number of arguments for 'get' command"},
      {{"GET", "a", "b"}, "ERR wrong number of arguments for 'get' command"},
      {{"SET", "k"}, "ERR wrong number of arguments for 'set' command"},
      {{"DEL"}, "ERR wrong number of arguments for 'del' command"},
      {{"MSET", "k"}, "ERR wrong number of arguments for 'mset' command"},
      {{"MSET", "k", "v", "l"}, "ERR wrong number of arguments for 'mset' command"},
      {{"INCR", "k", "1"}, "ERR wrong number of arguments for 'incr' command"},
      {{"DBSIZE", "x"}, "ERR wrong number of arguments for 'dbsize' command"},
      {{"SET", "k", "v", "ZZ"}, "ERR syntax error"},
      {{"SET", "k", "v", "NX", "XX"}, "ERR syntax error"},
      {{"SET", "k", "v", "NX", "IFEQ", "o"}, "ERR syntax error"},
      {{"SET", "k", "v", "IFEQ", "o", "XX"}, "ERR syntax error"},
      {{"SET", "k", "v", "IFEQ"}, "ERR syntax error"},
      {{"SET", "k", "v", "EX"}, "ERR syntax error"},
      {{"SET", "k", "v", "EX", "10"},
       "ERR expiry is not supported yet: SET takes NX, XX, GET and IFEQ"},
      {{"SET", "k", "v", "pxat", "10"},
       "ERR expiry is not supported yet: SET takes NX, XX, GET and IFEQ"},
      {{"SET", "k", "v", "KEEPTTL"}, ""},
      {{"SET", "k", "v", "nx", "get"}, ""},
      {{"SET", "k", "v", "IFEQ", "NX"}, ""},  // NX is the value to compare with.
      {{"PING"}, "ERR 'ping' is a command of the connection"},
      {{"GeT", "k"}, ""},
  };
  for (const Case& c : cases) {
    INFO(std::string(c.words[0]));
    CHECK(refusal_of(c.words) == c.error);
  }
}

TEST_CASE("an unknown command is repeated in its first 128 bytes") {
  const std::string name(500, 'n');
  const std::string arg(500, 'a');
  const auto error = refusal_of({name, arg, "more"});
  CHECK(error == "ERR unknown command '" + name.substr(0, 128) + "', with args beginning with: '" +
                     arg.substr(0, 128) + "' ");
}

TEST_CASE("a key, a value or a command above its bound is refused, and one at it is not") {
  const std::string key(kKeyBytesMax, 'k');
  const std::string value(kValueBytesMax, 'v');
  CHECK(refusal_of({"SET", key, value}).empty());
  CHECK(refusal_of({"SET", key + "k", "v"}) ==
        "ERR key is too large (65537 bytes; the limit is 65536)");
  CHECK(refusal_of({"GET", key + "k"}) == "ERR key is too large (65537 bytes; the limit is 65536)");
  CHECK(refusal_of({"SET", "k", value + "v"}) ==
        "ERR value is too large (1048577 bytes; the limit is 1048576)");
  CHECK(refusal_of({"SET", key, value, "IFEQ", value}).empty());
  CHECK(refusal_of({"SET", "k", "v", "IFEQ", value + "v"}) ==
        "ERR value is too large (1048577 bytes; the limit is 1048576)");
  CHECK(refusal_of({"MSET", "a", value, "b", value, "c", value, "d", value}) ==
        "ERR command is too large (4194416 bytes; the limit is 4194304)");
}

TEST_CASE("every command of the table that is not the connection's can be encoded") {
  for (const CommandSpec& spec : commands()) {
    std::vector<std::string_view> words{spec.name};
    const int count = spec.arity < 0 ? -spec.arity : spec.arity;
    while (static_cast<int>(words.size()) < count) words.push_back("1");
    INFO(std::string(spec.name));
    if ((spec.flags & kConnection) != 0) {
      CHECK(refusal_of(words).find("is a command of the connection") != std::string::npos);
      continue;
    }
    const auto payload = command_of(words);
    const auto command = decode_command(payload);
    REQUIRE(command.has_value());
    CHECK(is_read_only(*command) == ((spec.flags & kReadOnly) != 0));
    CHECK(is_read_only(*command) == ((spec.flags & kWrite) == 0));
  }
}

TEST_CASE("a command that is decoded is the one that was encoded") {
  const auto payload = command_of({"SET", "key", "value", "IFEQ", "old", "GET"});
  const auto command = decode_command(payload);
  REQUIRE(command.has_value());
  CHECK(command->op() == Op::set);
  CHECK(command->count() == 2);
  CHECK(command->has(kIfEqual));
  CHECK(command->has(kReturnOld));
  CHECK(as_text(command->first().key) == "key");
  CHECK(as_text(command->first().value) == "value");
  CHECK(as_text(command->second().value) == "old");
  CHECK(command->second().offset == command->first().offset + command->first().length);

  const auto decrement = command_of({"DECRBY", "n", "7"});
  CHECK(decode_command(decrement)->operand() == -7);
}

TEST_CASE("each record of a command can be read alone, at its offset and of its length") {
  const auto payload = command_of({"MSET", "a", "1", "bb", "22", "ccc", "333333333"});
  const auto command = decode_command(payload);
  REQUIRE(command.has_value());
  u32 records = 0;
  command->for_each_record([&](const CommandRecord& record) {
    const auto alone = bitcask::decode_record(Bytes{payload}.subspan(record.offset, record.length));
    REQUIRE(alone.has_value());
    CHECK(as_text(alone->key) == as_text(record.key));
    CHECK(as_text(alone->value) == as_text(record.value));
    CHECK(record.offset % bitcask::kRecordAlign == 0);
    records += 1;
  });
  CHECK(records == 3);
}

TEST_CASE("a command that is cut off, or has a flipped bit in a record, is none") {
  const auto payload = command_of({"SET", "key", "value", "IFEQ", "old"});
  for (std::size_t size = 0; size < payload.size(); ++size) {
    CHECK(!decode_command(Bytes{payload}.first(size)).has_value());
  }
  for (std::size_t bit = kCommandHeaderBytes * 8; bit < payload.size() * 8; ++bit) {
    auto flipped = payload;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    CHECK(!decode_command(flipped).has_value());
  }
}

/// `payload` with one byte of its header set.
std::vector<std::byte> with(std::vector<std::byte> payload, std::size_t at, u8 value) {
  payload[at] = std::byte{value};
  return payload;
}

TEST_CASE("a header that says something impossible is refused with what is wrong") {
  const auto get = command_of({"GET", "k"});
  const auto set = command_of({"SET", "k", "v"});
  const auto fault = [](const std::vector<std::byte>& payload) {
    const auto command = decode_command(payload);
    return command ? std::string("none") : std::string(name_of(command.error()));
  };
  CHECK(fault(get) == "none");
  CHECK(fault({}) == "too_short");
  CHECK(fault(std::vector<std::byte>(kCommandBytesMax + 1)) == "too_long");
  CHECK(fault(with(get, 0, 2)) == "version");
  CHECK(fault(with(get, 1, 0)) == "op");
  CHECK(fault(with(get, 1, 12)) == "op");
  CHECK(fault(with(get, 2, kIfAbsent)) == "flags");
  CHECK(fault(with(set, 2, kIfAbsent | kIfPresent)) == "flags");
  CHECK(fault(with(set, 2, kReturnInteger)) == "flags");
  CHECK(fault(with(set, 2, 32)) == "flags");
  CHECK(fault(with(set, 2, kIfEqual)) == "shape");  // Its second record is not there.
  CHECK(fault(with(get, 4, 0)) == "shape");
  CHECK(fault(with(get, 4, 2)) == "shape");
  CHECK(fault(with(get, 8, 1)) == "shape");
  CHECK(fault(with(set, 1, static_cast<u8>(Op::get))) == "shape");  // A value where none belongs.
  CHECK(fault(with(command_of({"MGET", "k"}), 4, 200)) == "record");
}

TEST_CASE("random bytes, and commands with random bytes in them, are judged and never crash") {
  Prng prng(1, 0, 0);
  const auto command = command_of({"MSET", "a", "1", "bb", "22"});
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = command;
    if (prng.chance({1, 2})) bytes.resize(prng.below(80));
    const u64 edits = 1 + prng.below(6);
    for (u64 edit = 0; edit < edits && !bytes.empty(); ++edit) {
      bytes[prng.below(bytes.size())] = static_cast<std::byte>(prng.below(256));
    }
    const auto decoded = decode_command(bytes);
    if (!decoded) continue;
    decoded->for_each_record([&](const CommandRecord& record) {
      REQUIRE(record.offset + record.length <= bytes.size());
    });
  }
}

TEST_CASE("a property: MSET of any bytes keeps keys and values as they are") {
  testing::check_property("records come back in order", [] {
    const auto pairs =
        *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<std::pair<std::string, std::string>>>());
    std::vector<std::string_view> words{"MSET"};
    for (const auto& [key, value] : pairs) {
      words.push_back(key);
      words.push_back(value);
    }
    const auto payload = command_of(words);
    const auto command = decode_command(payload);
    RC_ASSERT(command.has_value());
    RC_ASSERT(command->count() == pairs.size());
    std::size_t i = 0;
    command->for_each_record([&](const CommandRecord& record) {
      RC_ASSERT(as_text(record.key) == pairs[i].first);
      RC_ASSERT(as_text(record.value) == pairs[i].second);
      i += 1;
    });
  });
}

}  // namespace
}  // namespace snowflk::kv
