// RESP replies: written, read however they are cut, and printed.
#include "core/wire/resp_reply.hpp"

#include "core/base/prng.hpp"
#include "core/wire/number.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"

namespace snowflk::wire {
namespace {

using Status = ReplyParser::Status;

RespValue value_of(std::string_view stream) {
  ReplyParser parser;
  REQUIRE(parser.parse(as_bytes(stream)) == Status::reply);
  CHECK(parser.consumed() == stream.size());
  return parser.take();
}

TEST_CASE("every kind of value is read, and printed as redis-cli prints it") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"+OK\r\n", "OK"},
      {"-ERR no\r\n", "(error) ERR no"},
      {":-7\r\n", "(integer) -7"},
      {"$3\r\na\"b\r\n", "\"a\\\"b\""},
      {"$0\r\n\r\n", "\"\""},
      {"$-1\r\n", "(nil)"},
      {"*-1\r\n", "(nil)"},
      {"_\r\n", "(nil)"},
      {",1.5\r\n", "(double) 1.5"},
      {"#t\r\n", "(true)"},
      {"#f\r\n", "(false)"},
      {"(123456789012345678901\r\n", "123456789012345678901"},
      {"!5\r\nERR x\r\n", "(error) ERR x"},
      {"=7\r\ntxt:abc\r\n", "\"abc\""},
      {"*0\r\n", "(empty array)"},
      {"*2\r\n:1\r\n*2\r\n+a\r\n_\r\n", "1) (integer) 1\n2) 1) a\n   2) (nil)"},
      {"~1\r\n:1\r\n", "1) (integer) 1"},
      {">1\r\n+message\r\n", "1) message"},
      {"%1\r\n+a\r\n:1\r\n", "1# a => (integer) 1"},
  };
  for (const auto& [stream, text] : cases) CHECK(to_text(value_of(stream)) == text);
}

TEST_CASE("what is no reply is a fault") {
  for (const std::string_view stream :
       {"x\r\n", "\r\n", ":1x\r\n", ":\r\n", "#x\r\n", "_x\r\n", "$x\r\n", "$-2\r\n", "*-2\r\n",
        "*x\r\n", "$1\r\nabc\r\n", "=3\r\nabc\r\n", "$8388609\r\n", "*1048577\r\n"}) {
    ReplyParser parser;
    INFO(std::string(stream));
    CHECK(parser.parse(as_bytes(stream)) == Status::fault);
    CHECK(!parser.fault().empty());
    CHECK(parser.parse(as_bytes("+OK\r\n")) == Status::fault);
  }
}

TEST_CASE("arrays nested without end are refused, not followed") {
  std::string stream;
  for (int i = 0; i < 100'000; ++i) stream += "*1\r\n";
  ReplyParser parser;
  CHECK(parser.parse(as_bytes(stream)) == Status::fault);
}

TEST_CASE("values that are written in either protocol are read back") {
  for (const Protocol protocol : {Protocol::resp2, Protocol::resp3}) {
    std::vector<std::byte> out;
    append_map(out, 2, protocol);
    append_bulk(out, "name");
    append_null(out, protocol);
    append_simple(out, "two\r\nlines");
    append_array(out, 2);
    append_integer(out, INT64_MIN);
    append_error(out, "ERR x");
    const auto value = value_of(as_text(out));
    REQUIRE(value.items.size() == 4);
    CHECK(value.items[1].kind == RespValue::Kind::null);
    CHECK(value.items[2].text == "two  lines");
    CHECK(value.items[3].items[0].integer == INT64_MIN);
    CHECK(value.items[3].items[1].is_error());
  }
}

/// All replies in `stream`, which arrives in pieces of `piece` bytes.
std::vector<RespValue> replies_of(std::string_view stream, std::size_t piece, bool& fault) {
  std::vector<RespValue> replies;
  std::vector<std::byte> unread;
  ReplyParser parser;
  fault = false;
  for (std::size_t at = 0; at < stream.size() && !fault; at += piece) {
    const Bytes bytes = as_bytes(stream.substr(at, piece));
    unread.insert(unread.end(), bytes.begin(), bytes.end());
    Status status = Status::reply;
    while (status == Status::reply) {
      status = parser.parse(unread);
      if (status == Status::reply) replies.push_back(parser.take());
      unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(parser.consumed()));
    }
    fault = status == Status::fault;
  }
  return replies;
}

TEST_CASE("any stream gives the same replies and faults, whole and in pieces") {
  Prng prng(6, 0, 0);
  constexpr std::string_view kLetters = "*$+-:_#%012t\r\n\r\n\r\nab";
  u64 replies = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string stream;
    const u64 size = prng.below(30);
    for (u64 at = 0; at < size; ++at) {
      stream +=
          prng.chance({1, 4}) ? "\r\n" : std::string(1, kLetters[prng.below(kLetters.size())]);
    }
    bool whole_fault = false;
    bool torn_fault = false;
    const auto whole = replies_of(stream, stream.size() + 1, whole_fault);
    const auto torn = replies_of(stream, 1 + prng.below(3), torn_fault);
    REQUIRE(whole == torn);
    REQUIRE(whole_fault == torn_fault);
    replies += whole.size();
  }
  CHECK(replies > 1000);
}

TEST_CASE("a number is digits as Redis takes them, and nothing else") {
  for (const std::string_view text : {"", "-", "+1", "01", "-0", "00", " 1", "1 ", "1a", "0x1",
                                      "9223372036854775808", "-9223372036854775809"}) {
    INFO(std::string(text));
    CHECK(!parse_integer(text));
  }
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-1") == -1);
  CHECK(parse_integer("9223372036854775807") == INT64_MAX);
  CHECK(parse_integer("-9223372036854775808") == INT64_MIN);
}

TEST_CASE("a property: every integer is read from its own text") {
  testing::check_property(
      "text and back", [](i64 number) { return parse_integer(std::to_string(number)) == number; });
}

}  // namespace
}  // namespace snowflk::wire
