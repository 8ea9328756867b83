// Bytes that nobody should send, at both ports of a node that serves others meanwhile.
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/base/prng.hpp"
#include "real/socket.hpp"
#include "tests/catch.hpp"
#include "tests/cluster/support.hpp"

namespace snowflk::real {
namespace {

using test::TestCluster;
using test::wait_until;

/// Sends `bytes` to a port and says whether the other end closed, and what it said first.
struct Visit {
  bool closed = false;
  std::string said;
};

Visit visit(u16 port, const std::string& bytes, Duration patience) {
  Visit visit;
  const auto endpoint = Endpoint::find({"127.0.0.1", port});
  const auto fd = endpoint->dial();
  REQUIRE(fd);
  std::size_t sent = 0;
  wait_until(patience, [&] {
    if (sent < bytes.size()) {
      const ssize_t took =
          ::send(fd->get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (took > 0) sent += static_cast<std::size_t>(took);
    }
    char buffer[4096];
    const ssize_t got = ::recv(fd->get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got > 0) visit.said.append(buffer, static_cast<std::size_t>(got));
    visit.closed = got == 0 || (got < 0 && errno == ECONNRESET);
    return visit.closed;
  });
  return visit;
}

std::string random_bytes(Prng& prng, std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(prng.below(256));
  return bytes;
}

bool serves(LocalNode& node) {
  auto client = RespClient::connect({"127.0.0.1", node.port}, seconds(2));
  if (!client) return false;
  const auto answer = client->call({"SET", "still", "here"}, seconds(5));
  return answer && answer->text == "OK";
}

}  // namespace

TEST_CASE("garbage on the peer port closes its connection and harms nobody") {
  TestCluster cluster;
  auto& leader = cluster.leader();
  Prng prng{1, 1, 1};
  std::vector<std::string> openings{"GET / HTTP/1.0\r\n\r\nxxxxxxxxxxxxxxxxx",
                                    std::string(1 << 20, '\0'), std::string(64, '\xff')};
  for (int i = 0; i < 20; ++i) openings.push_back(random_bytes(prng, 32 + prng.below(5000)));
  for (const auto& opening : openings) {
    CHECK(visit(leader.peer_port, opening, seconds(5)).closed);
  }
  // One that says too little is closed when its time is up.
  CHECK(visit(leader.peer_port, "SNFK", seconds(8)).closed);
  CHECK(leader.running());
  CHECK(serves(leader));
}

TEST_CASE("garbage on the client port gets an error or the end, and harms nobody") {
  TestCluster cluster;
  auto& node = cluster.follower();
  CHECK(visit(node.port, "*1\r\n+x\r\n", seconds(5)).said ==
        "-ERR Protocol error: expected '$', got '+'\r\n");
  CHECK(visit(node.port, "*-99999999999999999999\r\n", seconds(5)).said ==
        "-ERR Protocol error: invalid multibulk length\r\n");
  const auto huge = visit(node.port, "*2\r\n$3\r\nGET\r\n$99999999999\r\n", seconds(5));
  CHECK(huge.said == "-ERR Protocol error: invalid bulk length\r\n");
  CHECK(huge.closed);
  Prng prng{1, 1, 2};
  for (int i = 0; i < 30; ++i) {
    visit(node.port, random_bytes(prng, 1 + prng.below(3000)) + "\r\n", milliseconds(50));
  }
  CHECK(visit(node.port, std::string(100'000, 'x'), seconds(5)).closed);
  CHECK(node.running());
  CHECK(serves(node));
}

TEST_CASE("a client that asks and never reads is cut off, and others do not notice") {
  TestCluster cluster{{"slow_client_timeout: 1s"}};
  auto& node = cluster.leader();
  auto client = RespClient::connect({"127.0.0.1", node.port}, seconds(2));
  REQUIRE(client);
  const std::string value(1 << 19, 'v');
  REQUIRE(client->call({"SET", "large", value}, seconds(5)));
  const auto fd = Endpoint::find({"127.0.0.1", node.port})->dial();
  REQUIRE(fd);
  std::string asked;
  for (int i = 0; i < 100; ++i) asked += "GET large\r\n";
  CHECK(wait_until(
      seconds(2), [&] { return ::send(fd->get(), asked.data(), asked.size(), MSG_NOSIGNAL) > 0; }));
  const auto cut = [&] {
    const auto info = client->call({"INFO", "stats"}, seconds(2));
    return info && info->text.find("evicted_clients:1\r\n") != std::string::npos;
  };
  CHECK(wait_until(seconds(10), cut));
  CHECK(serves(node));
}

}  // namespace snowflk::real
