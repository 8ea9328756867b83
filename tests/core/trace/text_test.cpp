// Text, JSON and digests of described structs.
#include "core/trace/text.hpp"

#include "core/trace/digest.hpp"
#include "core/trace/json.hpp"
#include "tests/catch.hpp"
#include "tests/core/trace/sample.hpp"

namespace snowflk::trace {
namespace {

Fixed sample() {
  return Fixed{.small = 1,
               .medium = 2,
               .negative = -3,
               .duration = nanoseconds(4),
               .colour = Colour::green,
               .inner = {.term = Term{UINT64_MAX}, .flag = true}};
}

TEST_CASE("an event is one line: its name, and key=value for each field") {
  CHECK(to_text(sample()) ==
        "fixed small=1 medium=2 negative=-3 duration=4 colour=green "
        "inner.term=18446744073709551615 inner.flag=true");
  CHECK(to_text(Empty{}) == "empty");
}

TEST_CASE("a variant of variants is the event that it holds") {
  using Deep = std::variant<Empty, std::variant<Inner, Fixed>>;
  CHECK(to_text(Deep{std::variant<Inner, Fixed>{Inner{}}}) == "inner term=0 flag=false");
  CHECK(to_json(Deep{Empty{}}) == R"({"event":"empty"})");
}

TEST_CASE("bytes are quoted, what is not printable is escaped, what is long is counted") {
  std::string out;
  append_quoted(out, as_bytes(std::string_view("a\"\\\n\r\t\0\xff", 8)));
  CHECK(out == R"("a\"\\\n\r\t\x00\xff")");
  const std::string text(100, 'x');
  CHECK(to_text(Sized{.from = NodeId{1}, .bytes = as_bytes(text), .inner = {}}) ==
        "sized from=1 bytes=\"" + text.substr(0, 64) + "\"+36 inner.term=0 inner.flag=false");
}

TEST_CASE("a word is sixteen hexadecimal digits") {
  std::string out;
  append_hex(out, 0x0123456789abcdefULL);
  append_hex(out, 0);
  CHECK(out == "0123456789abcdef0000000000000000");
}

TEST_CASE("an event is one JSON object, structs within it are objects") {
  CHECK(to_json(sample()) ==
        R"({"event":"fixed","small":1,"medium":2,"negative":-3,"duration":4,"colour":"green",)"
        R"("inner":{"term":18446744073709551615,"flag":true}})");
}

TEST_CASE("the JSON writer puts commas between values and nowhere else") {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("a", 1).key("b").begin_array().value(true).value("x").null();
  json.begin_object().end_object().begin_array().end_array().end_array();
  json.member("c", "d").end_object();
  CHECK(out == R"({"a":1,"b":[true,"x",null,{},[]],"c":"d"})");
}

TEST_CASE("any bytes are a JSON string") {
  std::string out;
  append_json_string(out, as_bytes(std::string_view("\"\\\n\r\t\0\x1f\x7f\xe4", 9)));
  CHECK(out == R"("\"\\\n\r\t\u0000\u001f\u007f\u00e4")");
}

template <class T>
Digest digest_of(const T& value) {
  Digest digest;
  add(digest, value);
  return digest;
}

TEST_CASE("equal structs have equal digests, whatever their padding holds") {
  alignas(Fixed) std::byte ones[sizeof(Fixed)];
  alignas(Fixed) std::byte zeros[sizeof(Fixed)];
  std::fill(std::begin(ones), std::end(ones), std::byte{0xff});
  std::fill(std::begin(zeros), std::end(zeros), std::byte{0});
  auto* a = ::new (ones) Fixed;
  auto* b = ::new (zeros) Fixed;
  *a = sample();
  b->small = 1;
  b->medium = 2;
  b->negative = -3;
  b->duration = nanoseconds(4);
  b->colour = Colour::green;
  b->inner.term = Term{UINT64_MAX};
  b->inner.flag = true;
  CHECK(digest_of(*a) == digest_of(*b));
}

TEST_CASE("each field has a say in the digest, and so has the name") {
  const Digest before = digest_of(sample());
  auto other = sample();
  other.small = 2;
  CHECK(digest_of(other) != before);
  other = sample();
  other.negative = 3;
  CHECK(digest_of(other) != before);
  other = sample();
  other.colour = Colour::red;
  CHECK(digest_of(other) != before);
  other = sample();
  other.inner.flag = false;
  CHECK(digest_of(other) != before);
  CHECK(digest_of(Empty{}) != Digest{});
  const Sized ab{.from = NodeId{1}, .bytes = as_bytes("ab"), .inner = {}};
  const Sized ac{.from = NodeId{1}, .bytes = as_bytes("ac"), .inner = {}};
  CHECK(digest_of(ab) != digest_of(ac));
}

}  // namespace
}  // namespace snowflk::trace
