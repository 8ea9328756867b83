// Clients, over the loopback, with a core that only listens: order, bounds, and who is cut off.
#include "real/clients.hpp"

#include "core/base/assert.hpp"
#include "core/kv/reply.hpp"
#include "tests/catch.hpp"
#include "tests/real/support.hpp"

namespace snowflk::real {
namespace {

using test::Listener;
using test::Plain;
using test::turn_until;

struct Healthy final : StatusSource {
  NodeStatus status() const override {
    NodeStatus status;
    status.phase = "running";
    status.running = true;
    return status;
  }
};

struct Counter {
  Config config;
  Poller poller = std::move(*Poller::make());
  Listener core;
  Healthy healthy;
  std::unique_ptr<Clients> clients;

  explicit Counter(const Limits& limits = {}) {
    config.options.cluster = ClusterId{1};
    config.options.self = NodeId{1};
    config.peers.push_back({.id = NodeId{1}, .address = {"127.0.0.1", 1}});
    config.data_dir = "unused";
    config.listen_clients = {"127.0.0.1", 0};
    config.limits = limits;
    REQUIRE(settle(config));
    clients = std::move(*Clients::start(config, poller, core, healthy, now()));
  }
  [[nodiscard]] u16 port() const {
    const std::string name = clients->listening_at();
    return static_cast<u16>(std::stoul(name.substr(name.rfind(':') + 1)));
  }
  void turn() {
    const auto ready = poller.wait(milliseconds(1));
    for (const auto& each : ready) {
      if (each.token.source == Source::client_listener) clients->on_listener(monotonic_now());
      if (each.token.source == Source::client) clients->on_ready(each, monotonic_now());
    }
    clients->on_time(monotonic_now());
    while (clients->settle(now())) {
    }
  }
  /// Answers the request that the core heard as the `i`-th with the integer `number`.
  void answer(std::size_t i, i64 number) {
    std::vector<std::byte> reply;
    kv::ReplyWriter{reply}.integer(number);
    clients->reply(
        {.client = core.requests[i].client, .request = core.requests[i].request, .reply = reply});
  }
  void answer_with(std::size_t i, const std::string& bulk) {
    std::vector<std::byte> reply;
    kv::ReplyWriter{reply}.bulk(as_bytes(bulk));
    clients->reply(
        {.client = core.requests[i].client, .request = core.requests[i].request, .reply = reply});
  }
  /// Whether INFO has `line`, as a client of its own is told.
  bool info(const std::string& line) {
    Plain client{port()};
    client.send("INFO stats\r\nQUIT\r\n");
    REQUIRE(closes(client));
    return client.got.find(line + "\r\n") != std::string::npos;
  }
  bool hears(std::size_t requests) {
    return turn_until([&] { turn(); }, [&] { return core.requests.size() >= requests; });
  }
  /// Whether `plain` has got exactly `text` so far, or comes to have it.
  bool gets(Plain& plain, const std::string& text) {
    const bool got = turn_until(
        [&] {
          turn();
          plain.receive();
        },
        [&] { return plain.got.size() >= text.size(); });
    return got && plain.got == text;
  }
  bool closes(Plain& plain) {
    return turn_until([&] { turn(); }, [&] { return plain.receive(); });
  }
  /// Some more turns, in which nothing is to happen.
  void idle() {
    for (int i = 0; i < 20; ++i) turn();
  }
};

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

TEST_CASE("a pipeline whose answers are more than a client may leave waiting is answered whole") {
  for (const bool ends_input : {false, true}) {
    Counter counter;
    Plain client{counter.port()};
    std::string sent;
    std::string expected;
    for (int i = 0; i < 300; ++i) {
      sent += "MGET " + std::to_string(i) + "\r\n";
      const std::string text(20'000, static_cast<char>('a' + i % 26));
      expected += "$20000\r\n" + text + "\r\n";
    }
    client.send(sent);
    if (ends_input) client.end_input();
    std::size_t answered = 0;
    const bool all = turn_until(
        [&] {
          counter.turn();
          for (; answered < counter.core.requests.size(); ++answered) {
            std::vector<std::byte> reply;
            const std::string text(20'000, static_cast<char>('a' + answered % 26));
            kv::ReplyWriter{reply}.bulk(as_bytes(text));
            counter.clients->reply({.client = counter.core.requests[answered].client,
                                    .request = counter.core.requests[answered].request,
                                    .reply = reply});
          }
          client.receive();
        },
        [&] { return client.got.size() >= expected.size(); });
    CHECK(all);
    CHECK((client.got == expected));
  }
}

TEST_CASE(
    "no more is asked for a client than its answers have room for, as far as they are known") {
  Counter counter;
  Plain client{counter.port()};
  std::string sent;
  for (int i = 0; i < 256; ++i) sent += "GET big\r\n";
  client.send(sent);
  const std::string value(1 << 20, 'v');
  std::size_t answered = 0;
  std::size_t got = 0;
  const bool all = turn_until(
      [&] {
        counter.turn();
        CHECK(counter.core.requests.size() - answered <= 2);
        if (answered < counter.core.requests.size()) counter.answer_with(answered++, value);
        client.receive();
        got += client.got.size();
        client.got.clear();
      },
      [&] { return got >= 256 * (value.size() + 12); });
  CHECK(all);
  CHECK(counter.info("evicted_clients:0"));
}

TEST_CASE("a client that pipelines reads of large values and reads none is asked for no more") {
  Counter counter;
  Plain client{counter.port()};
  std::string sent;
  for (int i = 0; i < 256; ++i) sent += "GET big\r\n";
  client.send(sent);
  const std::string value(1 << 20, 'v');
  std::size_t answered = 0;
  const Instant end = monotonic_now() + milliseconds(500);
  while (monotonic_now() < end) {
    counter.turn();
    if (answered < counter.core.requests.size()) counter.answer_with(answered++, value);
  }
  // What the sockets take, and a little.
  CHECK(counter.core.requests.size() < 24);
}

TEST_CASE("large requests that wait for the core are bounded by their bytes, too") {
  Counter counter;
  Plain client{counter.port()};
  const std::string value(1 << 20, 'v');
  std::string unsent;
  for (int i = 0; i < 16; ++i)
    unsent += "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1048576\r\n" + value + "\r\n";
  const Instant end = monotonic_now() + milliseconds(500);
  while (monotonic_now() < end) {
    const ssize_t took =
        ::send(client.fd(), unsent.data(), unsent.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (took > 0) unsent.erase(0, static_cast<std::size_t>(took));
    counter.turn();
  }
  CHECK(counter.core.requests.size() == 4);
}

TEST_CASE("when all clients' answers are too much together, who reads none is cut off") {
  Counter counter{{.client_bytes_max = 16 << 20}};
  Plain reader{counter.port()};
  std::vector<std::unique_ptr<Plain>> hogs;
  for (int i = 0; i < 20; ++i) hogs.push_back(std::make_unique<Plain>(counter.port()));
  std::string sent;
  for (int i = 0; i < 2000; ++i) sent += "GET big\r\n";
  for (auto& hog : hogs) hog->send(sent);
  reader.send(sent.substr(0, 100 * 9));
  const std::string value(1 << 20, 'v');
  std::size_t answered = 0;
  std::size_t got = 0;
  const auto turn = [&] {
    counter.turn();
    for (int i = 0; i < 8 && answered < counter.core.requests.size(); ++i) {
      counter.answer_with(answered++, value);
    }
    reader.receive();
    got += reader.got.size();
    reader.got.clear();
    // What is held at a time, and what may have been on its way.
    CHECK(counter.core.requests.size() - answered <= 40);
  };
  CHECK(turn_until(turn, [&] { return got >= 100 * (value.size() + 12); }));
  CHECK(turn_until(turn, [&] { return !counter.info("evicted_clients:0"); }));
  reader.send("PING\r\n");
  CHECK(counter.gets(reader, "+PONG\r\n"));
}

TEST_CASE("unfinished requests are bounded together: the largest is cut off") {
  Counter counter{{.client_bytes_max = 16 << 20}};
  Plain modest{counter.port()};
  modest.send("*2\r\n$4\r\nECHO\r\n$5\r\nhe");
  std::vector<std::unique_ptr<Plain>> hogs;
  for (int i = 0; i < 8; ++i) hogs.push_back(std::make_unique<Plain>(counter.port()));
  const std::string piece(64 << 10, 'x');
  for (auto& hog : hogs) hog->send("*5\r\n$3\r\nSET\r\n$8000000\r\n");
  const bool cut = turn_until(
      [&] {
        for (auto& hog : hogs) {
          SNOWFLK_MAYBE(::send(hog->fd(), piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
        }
        counter.turn();
      },
      [&] { return !counter.info("evicted_clients:0"); });
  CHECK(cut);
  modest.send("llo\r\n");
  CHECK(counter.gets(modest, "$5\r\nhello\r\n"));
}

TEST_CASE("a burst of commands that the core never sees is answered whole, too") {
  Counter counter;
  Plain client{counter.port()};
  std::string unsent;
  for (int i = 0; i < 20'000; ++i) unsent += "ECHO " + std::string(1000, 'e') + "\r\n";
  const std::size_t wanted = 20'000 * 1009;
  const bool all = turn_until(
      [&] {
        const ssize_t took =
            ::send(client.fd(), unsent.data(), std::min<std::size_t>(unsent.size(), 1 << 20),
                   MSG_DONTWAIT | MSG_NOSIGNAL);
        if (took > 0) unsent.erase(0, static_cast<std::size_t>(took));
        counter.turn();
        client.receive();
      },
      [&] { return client.got.size() >= wanted; });
  CHECK(all);
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

TEST_CASE("one connection more than the limit is told so") {
  Counter counter{{.connections_max = 2}};
  Plain one{counter.port()};
  Plain two{counter.port()};
  one.send("PING\r\n");
  two.send("PING\r\n");
  CHECK(counter.gets(one, "+PONG\r\n"));
  CHECK(counter.gets(two, "+PONG\r\n"));
  Plain three{counter.port()};
  CHECK(counter.closes(three));
  CHECK(three.got == "-ERR max number of clients reached\r\n");
}

TEST_CASE("a client that takes no answers is cut off after a while") {
  Counter counter{{.slow_client_timeout = milliseconds(300)}};
  Plain client{counter.port()};
  const std::string echo = "*2\r\n$4\r\nECHO\r\n$100000\r\n" + std::string(100'000, 'x') + "\r\n";
  // It sends on and never reads. The end comes although it never looks.
  REQUIRE(turn_until(
      [&] {
        SNOWFLK_MAYBE(::send(client.fd(), echo.data(), echo.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
        counter.turn();
      },
      [&] {
        pollfd state{.fd = client.fd(), .events = 0, .revents = 0};
        return ::poll(&state, 1, 0) == 1;
      }));
}

TEST_CASE("a client that asks nothing is cut off if the configuration says so") {
  Counter counter{{.client_idle_timeout = milliseconds(300)}};
  Plain client{counter.port()};
  CHECK(counter.closes(client));
}

TEST_CASE("a pipeline of many requests is answered whole") {
  Counter counter;
  Plain client{counter.port()};
  std::string sent;
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    sent += "INCR a\r\n";
    expected += ":" + std::to_string(i) + "\r\n";
  }
  client.send(sent);
  std::size_t answered = 0;
  const bool all = turn_until(
      [&] {
        counter.turn();
        CHECK(counter.core.requests.size() - answered <= 256);
        for (; answered < counter.core.requests.size(); ++answered) {
          counter.answer(answered, static_cast<i64>(answered));
        }
        client.receive();
      },
      [&] { return client.got.size() >= expected.size(); });
  CHECK(all);
  CHECK(client.got == expected);
}

}  // namespace snowflk::real
