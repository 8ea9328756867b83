// What tests of sockets share: a free port, a plain blocking connection, a core that only listens.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "real/clock.hpp"
#include "real/config.hpp"
#include "real/fd.hpp"
#include "real/log.hpp"
#include "real/poller.hpp"
#include "real/socket.hpp"
#include "real/step_target.hpp"
#include "tests/catch.hpp"

namespace snowflk::real::test {

/// The server's log is not what these tests are about.
[[maybe_unused]] inline const bool quiet = [] {
  start_log("off", NodeId{0});
  return true;
}();

/// A port of the loopback that nobody listens on now.
inline u16 free_port() {
  const auto endpoint = Endpoint::find({.host = "127.0.0.1", .port = 0});
  const auto fd = endpoint->listen();
  REQUIRE(fd);
  const std::string name = local_name(fd->get());
  return static_cast<u16>(std::stoul(name.substr(name.rfind(':') + 1)));
}

/// A connection as a client or a stranger has it.
class Plain {
 public:
  explicit Plain(u16 port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  void send(std::string_view text) {
    REQUIRE(::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
  }
  void send(const std::vector<std::byte>& bytes) { send(as_text(bytes)); }
  /// What came so far is kept in `got`; true if the other end has closed.
  bool receive() {
    char buffer[65536];
    for (;;) {
      const ssize_t count = ::recv(fd_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
      if (count > 0) {
        got.append(buffer, static_cast<std::size_t>(count));
        continue;
      }
      return count == 0 || (errno != EAGAIN && errno != EINTR);
    }
  }
  void end_input() { ::shutdown(fd_.get(), SHUT_WR); }
  [[nodiscard]] int fd() const { return fd_.get(); }
  std::string got;

 private:
  Fd fd_;
};

/// Notes what the core would be told.
class Listener final : public StepTarget {
 public:
  struct Request {
    node::ClientId client;
    node::RequestId request;
    std::string command;
  };
  void step(const node::Input& input) override {
    std::visit(
        Overloaded{[&](const node::PeerUp& it) {
                     told.push_back("up " + std::to_string(it.peer.value) + " " +
                                    std::to_string(it.epoch));
                   },
                   [&](const node::PeerDown& it) {
                     told.push_back("down " + std::to_string(it.peer.value) + " " +
                                    std::to_string(it.epoch));
                   },
                   [&](const node::SendRoom& it) {
                     told.push_back("room " + std::to_string(it.peer.value));
                   },
                   [&](const node::FrameReceived& it) { frames.emplace_back(as_text(it.frame)); },
                   [&](const node::ClientRequest& it) {
                     requests.push_back({it.client, it.request, std::string{as_text(it.command)}});
                   },
                   [&](const node::ClientGone& it) {
                     told.push_back("gone " + std::to_string(it.client.value));
                   },
                   [](const auto&) {}},
        input);
  }
  std::vector<std::string> told;
  std::vector<std::string> frames;
  std::vector<Request> requests;
};

/// Calls turn() until enough(), or until a minute has passed (under sanitizers, on a machine with
/// other work, much takes seconds); says which.
template <class Turn, class Enough>
bool turn_until(Turn&& turn, Enough&& enough) {
  const Instant end = monotonic_now() + seconds(60);
  while (!enough()) {
    if (monotonic_now() > end) return false;
    turn();
  }
  return true;
}

}  // namespace snowflk::real::test
