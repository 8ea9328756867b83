// What clients may have waiting, and who is cut off: a client at a time, and all together.
#include <sys/socket.h>

#include "core/base/assert.hpp"
#include "tests/real/counter.hpp"

namespace snowflk::real {
namespace {

using test::Counter;
using test::Plain;
using test::turn_until;

}  // namespace

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
  const auto turn = [&] {
    const ssize_t took =
        ::send(client.fd(), unsent.data(), unsent.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (took > 0) unsent.erase(0, static_cast<std::size_t>(took));
    counter.turn();
  };
  CHECK(turn_until(turn, [&] { return counter.core.requests.size() >= 4; }));
  for (int i = 0; i < 100; ++i) turn();
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
          [[maybe_unused]] const auto sent =
              ::send(hog->fd(), piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
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
        [[maybe_unused]] const auto sent =
            ::send(client.fd(), echo.data(), echo.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
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
