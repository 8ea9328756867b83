// Replies: what they are as RESP, and bytes that are no reply.
#include "core/kv/reply.hpp"

#include "core/base/prng.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"

namespace snowflk::kv {
namespace {

template <class Write>
std::vector<std::byte> reply_of(Write&& write) {
  std::vector<std::byte> out;
  ReplyWriter writer(out);
  write(writer);
  return out;
}

std::string resp(Bytes reply, wire::Protocol protocol) {
  std::vector<std::byte> out;
  if (!write_resp(reply, protocol, out)) return "no reply";
  return std::string(as_text(out));
}

TEST_CASE("a reply is written as each protocol has it") {
  using wire::Protocol;
  const auto nil = reply_of([](ReplyWriter& w) { w.nil(); });
  CHECK(resp(nil, Protocol::resp2) == "$-1\r\n");
  CHECK(resp(nil, Protocol::resp3) == "_\r\n");
  const auto ok = reply_of([](ReplyWriter& w) { w.ok(); });
  CHECK(resp(ok, Protocol::resp2) == "+OK\r\n");
  const auto number = reply_of([](ReplyWriter& w) { w.integer(INT64_MIN); });
  CHECK(resp(number, Protocol::resp2) == ":-9223372036854775808\r\n");
  const auto bulk = reply_of([](ReplyWriter& w) { w.bulk(as_bytes("a\r\nb")); });
  CHECK(resp(bulk, Protocol::resp3) == "$4\r\na\r\nb\r\n");
  const auto array = reply_of([](ReplyWriter& w) {
    w.array(2);
    w.nil();
    w.bulk(as_bytes("x"));
  });
  CHECK(resp(array, Protocol::resp2) == "*2\r\n$-1\r\n$1\r\nx\r\n");
  CHECK(resp(array, Protocol::resp3) == "*2\r\n_\r\n$1\r\nx\r\n");
  const auto error =
      reply_of([](ReplyWriter& w) { w.error(ErrorKind::refused, "ERR two\r\nlines"); });
  CHECK(resp(error, Protocol::resp2) == "-ERR two  lines\r\n");
}

TEST_CASE("an error keeps its kind") {
  for (const ErrorKind kind : {ErrorKind::command, ErrorKind::refused, ErrorKind::unknown}) {
    const auto reply = reply_of([&](ReplyWriter& w) { w.error(kind, "ERR x"); });
    const auto view = decode_reply(reply);
    REQUIRE(view.has_value());
    CHECK(view->head().kind == ReplyKind::error);
    CHECK(view->head().error == kind);
    CHECK(as_text(view->head().bytes) == "ERR x");
  }
}

TEST_CASE("a reply that is cut off or goes on is none") {
  const auto reply = reply_of([](ReplyWriter& w) {
    w.array(3);
    w.integer(7);
    w.bulk(as_bytes("abc"));
    w.error(ErrorKind::command, "ERR x");
  });
  REQUIRE(decode_reply(reply).has_value());
  for (std::size_t size = 0; size < reply.size(); ++size) {
    CHECK(!decode_reply(Bytes{reply}.first(size)).has_value());
  }
  auto longer = reply;
  longer.push_back(std::byte{0});
  CHECK(!decode_reply(longer).has_value());
}

TEST_CASE("an array within an array is no reply") {
  const auto reply = reply_of([](ReplyWriter& w) {
    w.array(1);
    w.array(0);
  });
  CHECK(!decode_reply(reply).has_value());
}

TEST_CASE("random bytes are a reply or none, and never crash") {
  Prng prng(2, 0, 0);
  u64 replies = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::vector<std::byte> bytes(prng.below(24));
    for (auto& byte : bytes)
      byte = static_cast<std::byte>(prng.below(prng.chance({1, 2}) ? 7 : 256));
    if (resp(bytes, wire::Protocol::resp3) != "no reply") replies += 1;
  }
  CHECK(replies > 0);
}

TEST_CASE("a property: bulks of any bytes come back") {
  testing::check_property("items are in order", [] {
    const auto items = *rc::gen::arbitrary<std::vector<std::string>>();
    const auto reply = reply_of([&](ReplyWriter& w) {
      w.array(static_cast<u32>(items.size()));
      for (const auto& item : items) w.bulk(as_bytes(item));
    });
    const auto view = decode_reply(reply);
    RC_ASSERT(view.has_value());
    std::size_t i = 0;
    view->for_each_item([&](const ReplyValue& item) {
      RC_ASSERT(as_text(item.bytes) == items[i]);
      i += 1;
    });
    RC_ASSERT(i == items.size());
  });
}

}  // namespace
}  // namespace snowflk::kv
