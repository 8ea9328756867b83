// The machine: what each command answers, and that no answer depends on where values are.
#include "core/kv/machine.hpp"

#include "core/base/prng.hpp"
#include "tests/core/kv/replica.hpp"

namespace snowflk::kv {
namespace {

TEST_CASE("a value that was set is the value that is got") {
  Replica replica;
  CHECK(replica.call({"SET", "k", "v"}) == "OK");
  CHECK(replica.call({"GET", "k"}) == "\"v\"");
  CHECK(replica.call({"GET", "other"}) == "(nil)");
  CHECK(replica.call({"set", "k", ""}) == "OK");
  CHECK(replica.call({"GET", "k"}) == "\"\"");
  CHECK(replica.call({"SET", "", "empty key"}) == "OK");
  CHECK(replica.call({"GET", ""}) == "\"empty key\"");
}

TEST_CASE("SET NX sets what is absent alone, SET XX what is there alone") {
  Replica replica;
  CHECK(replica.call({"SET", "k", "1", "XX"}) == "(nil)");
  CHECK(replica.call({"SET", "k", "1", "NX"}) == "OK");
  CHECK(replica.call({"SET", "k", "2", "NX"}) == "(nil)");
  CHECK(replica.call({"GET", "k"}) == "\"1\"");
  CHECK(replica.call({"SET", "k", "3", "xx"}) == "OK");
  CHECK(replica.call({"GET", "k"}) == "\"3\"");
  CHECK(replica.call({"SETNX", "k", "4"}) == "(integer) 0");
  CHECK(replica.call({"SETNX", "n", "4"}) == "(integer) 1");
}

TEST_CASE("SET IFEQ compares and sets in one") {
  Replica replica;
  CHECK(replica.call({"SET", "k", "new", "IFEQ", "old"}) == "(nil)");
  CHECK(replica.call({"EXISTS", "k"}) == "(integer) 0");
  CHECK(replica.call({"SET", "k", "old"}) == "OK");
  CHECK(replica.call({"SET", "k", "new", "IFEQ", "other"}) == "(nil)");
  CHECK(replica.call({"SET", "k", "new", "IFEQ", "old"}) == "OK");
  CHECK(replica.call({"SET", "k", "newer", "IFEQ", "old", "GET"}) == "\"new\"");
  CHECK(replica.call({"GET", "k"}) == "\"new\"");
  CHECK(replica.call({"SET", "k", "newer", "GET", "IFEQ", "new"}) == "\"new\"");
  CHECK(replica.call({"GET", "k"}) == "\"newer\"");
}

TEST_CASE("SET GET answers with the old value, whatever becomes of the new one") {
  Replica replica;
  CHECK(replica.call({"SET", "k", "1", "GET"}) == "(nil)");
  CHECK(replica.call({"SET", "k", "2", "GET"}) == "\"1\"");
  CHECK(replica.call({"SET", "k", "3", "NX", "GET"}) == "\"2\"");
  CHECK(replica.call({"GET", "k"}) == "\"2\"");
  CHECK(replica.call({"GETSET", "k", "4"}) == "\"2\"");
  CHECK(replica.call({"GETDEL", "k"}) == "\"4\"");
  CHECK(replica.call({"GETDEL", "k"}) == "(nil)");
}

TEST_CASE("DEL counts the keys that were there, EXISTS each time that one is named") {
  Replica replica;
  CHECK(replica.call({"MSET", "a", "1", "b", "2", "a", "3"}) == "OK");
  CHECK(replica.call({"GET", "a"}) == "\"3\"");
  CHECK(replica.call({"EXISTS", "a", "a", "c"}) == "(integer) 2");
  CHECK(replica.call({"DBSIZE"}) == "(integer) 2");
  CHECK(replica.call({"MGET", "a", "c", "b"}) == "1) \"3\"\n2) (nil)\n3) \"2\"");
  CHECK(replica.call({"DEL", "a", "a", "c"}) == "(integer) 1");
  CHECK(replica.call({"UNLINK", "b"}) == "(integer) 1");
  CHECK(replica.call({"DBSIZE"}) == "(integer) 0");
}

TEST_CASE("a counter counts, and keeps its value as decimal text") {
  Replica replica;
  CHECK(replica.call({"INCR", "n"}) == "(integer) 1");
  CHECK(replica.call({"INCRBY", "n", "41"}) == "(integer) 42");
  CHECK(replica.call({"DECR", "n"}) == "(integer) 41");
  CHECK(replica.call({"DECRBY", "n", "-9"}) == "(integer) 50");
  CHECK(replica.call({"INCRBY", "n", "-150"}) == "(integer) -100");
  CHECK(replica.call({"GET", "n"}) == "\"-100\"");
  CHECK(replica.call({"STRLEN", "n"}) == "(integer) 4");
}

TEST_CASE("what is no integer, by Redis' rules, is not counted") {
  for (const std::string_view text :
       {"", " 1", "1 ", "+1", "01", "-0", "-01", "1.0", "0x1", "a", "--1", "-",
        "9223372036854775808", "-9223372036854775809", "92233720368547758070"}) {
    Replica replica;
    INFO(std::string(text));
    CHECK(replica.call({"SET", "k", text}) == "OK");
    CHECK(replica.call({"INCR", "k"}) == "(error) ERR value is not an integer or out of range");
    CHECK(replica.call({"STRLEN", "k"}) == "(integer) " + std::to_string(text.size()));
    CHECK(refusal_of({"INCRBY", "k", text}) == "ERR value is not an integer or out of range");
    CHECK(refusal_of({"DECRBY", "k", text}) == "ERR value is not an integer or out of range");
  }
}

TEST_CASE("a counter that would overflow stays as it is") {
  Replica replica;
  const std::string error = "(error) ERR increment or decrement would overflow";
  CHECK(replica.call({"SET", "n", "9223372036854775807"}) == "OK");
  CHECK(replica.call({"INCR", "n"}) == error);
  CHECK(replica.call({"DECRBY", "n", "-1"}) == error);
  CHECK(replica.call({"GET", "n"}) == "\"9223372036854775807\"");
  CHECK(replica.call({"DECR", "n"}) == "(integer) 9223372036854775806");
  CHECK(replica.call({"SET", "n", "-9223372036854775808"}) == "OK");
  CHECK(replica.call({"DECR", "n"}) == error);
  CHECK(replica.call({"INCRBY", "n", "-9223372036854775808"}) == error);
  CHECK(replica.call({"INCRBY", "n", "9223372036854775807"}) == "(integer) -1");
  CHECK(refusal_of({"DECRBY", "n", "-9223372036854775808"}) == "ERR decrement would overflow");
}

TEST_CASE("APPEND makes a value longer, up to the bound of values") {
  Replica replica;
  CHECK(replica.call({"APPEND", "k", "ab"}) == "(integer) 2");
  CHECK(replica.call({"APPEND", "k", ""}) == "(integer) 2");
  CHECK(replica.call({"APPEND", "k", "cd"}) == "(integer) 4");
  CHECK(replica.call({"GET", "k"}) == "\"abcd\"");
  const std::string rest(kValueBytesMax - 4, 'x');
  CHECK(replica.call({"APPEND", "k", rest}) == "(integer) " + std::to_string(kValueBytesMax));
  CHECK(replica.call({"APPEND", "k", "y"}) ==
        "(error) ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  CHECK(replica.call({"STRLEN", "k"}) == "(integer) " + std::to_string(kValueBytesMax));
  CHECK(replica.call({"APPEND", "empty", ""}) == "(integer) 0");
  CHECK(replica.call({"EXISTS", "empty"}) == "(integer) 1");
}

TEST_CASE("an MGET whose answer is above the bound is an error, wherever its values are") {
  const std::string value(kValueBytesMax, 'x');
  std::vector<std::string_view> words{"MGET"};
  for (int i = 0; i < 8; ++i) words.push_back("k");
  for (const u64 cache : {u64{0}, u64{64} << 20}) {
    Replica replica({.cache_bytes = cache, .salt = 0});
    CHECK(replica.call({"SET", "k", value}) == "OK");
    CHECK(replica.call(words) == "(error) ERR reply is too large: ask for fewer keys at once");
    CHECK(replica.reads() == 0);  // It was clear without reading any.
    CHECK(replica.call({"MGET", "k", "k"}).size() == 2 * (value.size() + 5) + 1);
  }
}

TEST_CASE("a computed value is in memory until it is on disk, and then where it lies") {
  Replica replica({.cache_bytes = 0, .salt = 0});
  CHECK(replica.call({"SET", "k", "a"}) == "OK");
  CHECK(replica.call({"APPEND", "k", "b"}) == "(integer) 2");
  CHECK(replica.machine().find(as_bytes("k")).where == Found::Where::memory);
  CHECK(replica.machine().pending().size() == 1);
  replica.write_derived();
  CHECK(replica.machine().find(as_bytes("k")).where == Found::Where::file);
  CHECK(replica.machine().pending().size() == 0);
  CHECK(replica.machine().pending().bytes() == 0);
  CHECK(replica.call({"GET", "k"}) == "\"ab\"");
}

TEST_CASE("a computed value that was overwritten meanwhile does not come back from disk") {
  Replica replica({.cache_bytes = 0, .salt = 0});
  CHECK(replica.call({"INCR", "k"}) == "(integer) 1");
  CHECK(replica.call({"INCR", "k"}) == "(integer) 2");
  CHECK(replica.call({"INCR", "gone"}) == "(integer) 1");
  CHECK(replica.call({"DEL", "gone"}) == "(integer) 1");
  CHECK(replica.call({"SET", "k", "set"}) == "OK");
  while (replica.unwritten() > 0) replica.write_derived();
  CHECK(replica.call({"GET", "k"}) == "\"set\"");
  CHECK(replica.call({"EXISTS", "gone"}) == "(integer) 0");
}

TEST_CASE("a location that is reported twice, or of another's value, changes nothing") {
  Machine machine({.cache_bytes = 0, .salt = 0});
  machine.derived_durable(LogIndex{7}, 0, bitcask::RecordLocation::of(1, 0, 32));
  CHECK(machine.keys() == 0);
}

TEST_CASE("the digest tells histories apart that end in equal states") {
  Replica a;
  Replica b;
  Replica c;
  CHECK(a.machine().digest() == b.machine().digest());
  a.call({"SET", "k", "1"});
  a.call({"SET", "k", "2"});
  b.call({"SET", "k", "2"});
  b.call({"SET", "k", "2"});
  c.call({"SET", "k", "1"});
  c.call({"SET", "k", "2"});
  CHECK(a.machine().digest() != b.machine().digest());
  CHECK(a.machine().digest() == c.machine().digest());
}

TEST_CASE("an entry without effect moves the index and the digest, and nothing else") {
  Machine machine({.cache_bytes = 0, .salt = 0});
  const u64 before = machine.digest();
  machine.skip(LogIndex{1}, Term{1}, {});
  CHECK(machine.applied() == LogIndex{1});
  CHECK(machine.digest() != before);
  CHECK(machine.keys() == 0);
}

TEST_CASE("a copy of a machine goes its own way") {
  Replica replica;
  replica.call({"INCR", "n"});
  Replica copy = replica;
  CHECK(copy.machine().digest() == replica.machine().digest());
  CHECK(copy.call({"INCR", "n"}) == "(integer) 2");
  CHECK(replica.call({"GET", "n"}) == "\"1\"");
  CHECK(replica.call({"INCR", "n"}) == "(integer) 2");
  CHECK(copy.machine().digest() == replica.machine().digest());
}

}  // namespace
}  // namespace snowflk::kv
