// The reference model answers as Redis does.
#include "sim/check/model.hpp"

#include <sstream>

#include "tests/catch.hpp"

namespace snowflk::sim {

namespace {

struct Session {
  Model model;
  std::string operator()(const std::string& line) {
    std::vector<std::string> words;
    std::istringstream in{line};
    for (std::string word; in >> word;) words.push_back(word);
    const std::vector<std::string_view> views(words.begin(), words.end());
    const auto command = parse_command(views);
    if (!command) return command.error();
    return std::string{model.apply(*command)};
  }
};

}  // namespace

TEST_CASE("the model sets only when the condition of SET holds") {
  Session redis;
  CHECK(redis("SET x 1 XX") == "$-1\r\n");
  CHECK(redis("set x 1 nx") == "+OK\r\n");
  CHECK(redis("SET x 2 NX") == "$-1\r\n");
  CHECK(redis("SET x 2 NX GET") == "$1\r\n1\r\n");
  CHECK(redis("SET x 3 IFEQ 2") == "$-1\r\n");
  CHECK(redis("SET x 3 IFEQ 1") == "+OK\r\n");
  CHECK(redis("SET x 4 GET") == "$1\r\n3\r\n");
  CHECK(redis("SET y 4 IFEQ 4") == "$-1\r\n");
  CHECK(redis("SETNX x 9") == ":0\r\n");
  CHECK(redis("GETSET x 4") == "$1\r\n4\r\n");
  CHECK(redis("SET y 4 GET") == "$-1\r\n");
  CHECK(redis("GET x") == "$1\r\n4\r\n");
}

TEST_CASE("the model counts with 64 bits and leaves what is no number alone") {
  Session redis;
  CHECK(redis("INCR n") == ":1\r\n");
  CHECK(redis("DECRBY n 5") == ":-4\r\n");
  CHECK(redis("INCRBY n 9223372036854775807") == ":9223372036854775803\r\n");
  CHECK(redis("INCRBY n 5") == "-ERR increment or decrement would overflow\r\n");
  CHECK(redis("DECRBY n -9223372036854775808") == "-ERR decrement would overflow\r\n");
  CHECK(redis("INCRBY n 01") == "-ERR value is not an integer or out of range\r\n");
  CHECK(redis("SET n 1.5") == "+OK\r\n");
  CHECK(redis("INCR n") == "-ERR value is not an integer or out of range\r\n");
  CHECK(redis("GET n") == "$3\r\n1.5\r\n");
}

TEST_CASE("the model does commands of several keys in the order of the keys") {
  Session redis;
  CHECK(redis("MSET a 1 b 2 a 3") == "+OK\r\n");
  CHECK(redis("MGET a b c") == "*3\r\n$1\r\n3\r\n$1\r\n2\r\n$-1\r\n");
  CHECK(redis("EXISTS a a c") == ":2\r\n");
  CHECK(redis("DBSIZE") == ":2\r\n");
  CHECK(redis("DEL a a c") == ":1\r\n");
  CHECK(redis("GETDEL b") == "$1\r\n2\r\n");
  CHECK(redis("GETDEL b") == "$-1\r\n");
  CHECK(redis("APPEND s ab") == ":2\r\n");
  CHECK(redis("APPEND s c") == ":3\r\n");
  CHECK(redis("STRLEN s") == ":3\r\n");
  CHECK(redis("DBSIZE") == ":1\r\n");
}

TEST_CASE("a command that is none is told from one that is") {
  Session redis;
  CHECK(redis("LPUSH a 1") == "no known command 'LPUSH'");
  CHECK(redis("GET") == "a wrong number of words for GET");
  CHECK(redis("MSET a 1 b") == "a key without a value in MSET");
  CHECK(redis("SET a 1 NX XX") == "SET with options that are none, or that exclude each other");
  CHECK(redis("SET a 1 IFEQ") == "SET with options that are none, or that exclude each other");
}

TEST_CASE("a number has one text") {
  CHECK(parse_integer("-9223372036854775808") == INT64_MIN);
  for (const char* text : {"", "-", "+1", "-0", "007", " 1", "1 ", "9223372036854775808", "0x1"}) {
    CHECK_FALSE(parse_integer(text));
  }
}

}  // namespace snowflk::sim
