// COMMAND: its answers are the table's.
#include "core/kv/command_docs.hpp"

#include "core/kv/command_table.hpp"
#include "tests/catch.hpp"

namespace snowflk::kv {
namespace {

wire::RespValue answer(const std::vector<std::string_view>& words,
                       wire::Protocol protocol = wire::Protocol::resp3) {
  std::vector<Bytes> args;
  for (const std::string_view word : words) args.push_back(as_bytes(word));
  std::vector<std::byte> out;
  answer_command(args, protocol, out);
  wire::ReplyParser parser;
  REQUIRE(parser.parse(out) == wire::ReplyParser::Status::reply);
  REQUIRE(parser.consumed() == out.size());
  return parser.take();
}

TEST_CASE("COMMAND lists every command of the table, in both protocols") {
  for (const auto protocol : {wire::Protocol::resp2, wire::Protocol::resp3}) {
    const auto all = answer({"COMMAND"}, protocol);
    REQUIRE(all.items.size() == commands().size());
    for (std::size_t i = 0; i < all.items.size(); ++i) {
      REQUIRE(all.items[i].items.size() == 10);
      CHECK(all.items[i].items[0].text == commands()[i].name);
      CHECK(all.items[i].items[1].integer == commands()[i].arity);
    }
  }
  CHECK(answer({"COMMAND", "COUNT"}).integer == static_cast<i64>(commands().size()));
  CHECK(answer({"COMMAND", "LIST"}).items.size() == commands().size());
  CHECK(answer({"COMMAND", "DOCS"}).items.size() == 2 * commands().size());
}

TEST_CASE("COMMAND INFO has nothing for what there is not, COMMAND DOCS leaves it out") {
  const auto info = answer({"command", "info", "GET", "nope"});
  REQUIRE(info.items.size() == 2);
  CHECK(info.items[0].items[0].text == "get");
  CHECK(to_text(info.items[0].items[6]).find("@string") != std::string::npos);
  CHECK(info.items[1].kind == wire::RespValue::Kind::null);
  const auto docs = answer({"command", "docs", "nope", "get"}, wire::Protocol::resp2);
  REQUIRE(docs.items.size() == 2);
  CHECK(docs.items[0].text == "get");
  CHECK(docs.items[1].items[0].text == "summary");
}

TEST_CASE("COMMAND GETKEYS finds the keys of a call") {
  CHECK(to_text(answer({"COMMAND", "GETKEYS", "MSET", "a", "1", "b", "2"})) ==
        "1) \"a\"\n2) \"b\"");
  CHECK(to_text(answer({"COMMAND", "GETKEYS", "DEL", "a", "b"})) == "1) \"a\"\n2) \"b\"");
  CHECK(to_text(answer({"COMMAND", "GETKEYS", "SET", "a", "1", "NX"})) == "1) \"a\"");
  CHECK(answer({"COMMAND", "GETKEYS", "PING"}).text == "ERR The command has no key arguments");
  CHECK(answer({"COMMAND", "GETKEYS", "nope"}).text == "ERR Invalid command specified");
  CHECK(answer({"COMMAND", "GETKEYS", "GET"}).text ==
        "ERR Invalid number of arguments specified for command");
  CHECK(answer({"COMMAND", "COUNT", "x"}).text ==
        "ERR wrong number of arguments for 'command|count' command");
  CHECK(answer({"COMMAND", "LIST", "FILTERBY"}).text == "ERR COMMAND LIST takes no filter yet");
  CHECK(answer({"COMMAND", "nope"}).text == "ERR unknown subcommand 'nope'. Try COMMAND HELP.");
  CHECK(answer({"COMMAND", "HELP"}).items.size() == 15);
}

}  // namespace
}  // namespace snowflk::kv
