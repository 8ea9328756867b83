// Clients, over the loopback, with a core that only listens: what is answered, and in which order.
#include "real/clients.hpp"

#include "tests/real/counter.hpp"

namespace snowflk::real {
namespace {

using test::Counter;
using test::Plain;
using test::turn_until;

}  // namespace

TEST_CASE("answers leave in the order of the requests, whatever order the core answers in") {
  Counter counter;
  Plain client{counter.port()};
  client.send("INCR a\r\nINCR b\r\nINCR c\r\n");
  REQUIRE(counter.hears(3));
  counter.answer(2, 30);
  counter.answer(1, 20);
  counter.idle();
  client.receive();
  CHECK(client.got.empty());
  counter.answer(0, 10);
  CHECK(counter.gets(client, ":10\r\n:20\r\n:30\r\n"));
}

TEST_CASE("a read waits for the writes before it on its connection, and a write for the reads") {
  Counter counter;
  Plain client{counter.port()};
  client.send("INCR a\r\nINCR a\r\nGET a\r\nGET b\r\nINCR a\r\nPING\r\n");
  REQUIRE(counter.hears(2));
  counter.idle();
  CHECK(counter.core.requests.size() == 2);
  counter.answer(0, 1);
  counter.idle();
  CHECK(counter.core.requests.size() == 2);
  counter.answer(1, 2);
  REQUIRE(counter.hears(4));
  counter.idle();
  CHECK(counter.core.requests.size() == 4);
  counter.answer(2, 2);
  counter.answer(3, 0);
  REQUIRE(counter.hears(5));
  counter.answer(4, 3);
  CHECK(counter.gets(client, ":1\r\n:2\r\n:2\r\n:0\r\n:3\r\n+PONG\r\n"));
}

TEST_CASE("two clients do not wait for each other") {
  Counter counter;
  Plain slow{counter.port()};
  Plain quick{counter.port()};
  slow.send("INCR a\r\n");
  REQUIRE(counter.hears(1));
  quick.send("PING\r\n");
  CHECK(counter.gets(quick, "+PONG\r\n"));
}

TEST_CASE("errors take their turn among the answers") {
  Counter counter;
  Plain client{counter.port()};
  client.send("INCR a\r\nNONSENSE x\r\nGET\r\n");
  REQUIRE(counter.hears(1));
  counter.answer(0, 1);
  CHECK(counter.gets(client,
                     ":1\r\n-ERR unknown command 'NONSENSE', with args beginning with: 'x' \r\n"
                     "-ERR wrong number of arguments for 'get' command\r\n"));
}

TEST_CASE("malformed bytes get the words of Redis, after the answers before them, and the end") {
  struct Case {
    std::string sent;
    std::string answer;
  };
  const std::vector<Case> cases{
      {"*1\r\n+PING\r\n", "-ERR Protocol error: expected '$', got '+'\r\n"},
      {"*99999999\r\n", "-ERR Protocol error: invalid multibulk length\r\n"},
      {"*1\r\n$-5\r\n", "-ERR Protocol error: invalid bulk length\r\n"},
      {"SET a \"b\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n"},
      {std::string(70'000, 'x'), "-ERR Protocol error: too big inline request\r\n"},
  };
  for (const auto& each : cases) {
    INFO(each.answer);
    Counter counter;
    Plain client{counter.port()};
    client.send("INCR a\r\n" + each.sent);
    REQUIRE(counter.hears(1));
    counter.answer(0, 1);
    CHECK(counter.closes(client));
    CHECK(client.got == ":1\r\n" + each.answer);
  }
}

TEST_CASE("lines of HTTP end the connection, and nothing behind them is carried out") {
  for (const std::string line : {"POST / HTTP/1.1", "host: localhost:6379", "Host: a"}) {
    INFO(line);
    Counter counter;
    Plain client{counter.port()};
    client.send(line + "\r\n\r\nINCR a\r\n");
    CHECK(counter.closes(client));
    CHECK(counter.core.requests.empty());
    CHECK(client.got.empty());
  }
}

TEST_CASE("a request may come in pieces of one byte") {
  Counter counter;
  Plain client{counter.port()};
  for (const char c : std::string{"*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n"}) {
    client.send(std::string_view{&c, 1});
    counter.turn();
  }
  CHECK(counter.gets(client, "$2\r\nhi\r\n"));
}

TEST_CASE("a client that has sent all it will still gets its answers, then the end") {
  Counter counter;
  Plain client{counter.port()};
  client.send("INCR a\r\nGET a\r\n");
  client.end_input();
  REQUIRE(counter.hears(1));
  counter.answer(0, 1);
  REQUIRE(counter.hears(2));
  counter.answer(1, 1);
  CHECK(counter.closes(client));
  CHECK(client.got == ":1\r\n:1\r\n");
  CHECK(counter.core.told.empty());
}

TEST_CASE("of a client that left, the core is told if something of it waits") {
  Counter counter;
  {
    Plain client{counter.port()};
    client.send("INCR a\r\n");
    REQUIRE(counter.hears(1));
    const linger at_once{.l_onoff = 1, .l_linger = 0};  // a reset
    ::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  CHECK(turn_until([&] { counter.turn(); }, [&] { return !counter.core.told.empty(); }));
  CHECK(counter.core.told == std::vector<std::string>{"gone 1"});
  counter.answer(0, 1);  // Late: nobody is there.
  counter.idle();
}

TEST_CASE("QUIT is answered, and what comes after it is not") {
  Counter counter;
  Plain client{counter.port()};
  client.send("QUIT\r\nPING\r\n");
  CHECK(counter.closes(client));
  CHECK(client.got == "+OK\r\n");
}

TEST_CASE("CLIENT KILL closes another's connection, and reads are counted as hits and misses") {
  Counter counter;
  Plain victim{counter.port()};
  victim.send("GET a\r\nGET b\r\n");
  REQUIRE(counter.hears(2));
  counter.answer_with(0, "v");
  std::vector<std::byte> nothing;
  kv::ReplyWriter{nothing}.nil();
  counter.clients->reply({.client = counter.core.requests[1].client,
                          .request = counter.core.requests[1].request,
                          .reply = nothing});
  CHECK(counter.gets(victim, "$1\r\nv\r\n$-1\r\n"));
  CHECK(counter.info("keyspace_hits:1"));
  CHECK(counter.info("keyspace_misses:1"));
  Plain other{counter.port()};
  other.send("CLIENT KILL ID 1\r\n");
  CHECK(counter.gets(other, ":1\r\n"));
  CHECK(counter.closes(victim));
}

TEST_CASE("CLIENT REPLY decides what is answered") {
  Counter counter;
  Plain client{counter.port()};
  client.send("CLIENT REPLY SKIP\r\nPING\r\nPING one\r\nCLIENT REPLY OFF\r\nPING\r\n");
  client.send("NONSENSE\r\nINCR a\r\nCLIENT REPLY ON\r\nPING two\r\n");
  REQUIRE(counter.hears(1));
  counter.answer(0, 5);
  CHECK(counter.gets(client, "$3\r\none\r\n+OK\r\n$3\r\ntwo\r\n"));
}

}  // namespace snowflk::real
