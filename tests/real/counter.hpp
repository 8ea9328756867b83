// The clients' port, over the loopback, before a core that only listens and is answered for by the
// test.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/kv/reply.hpp"
#include "real/clients.hpp"
#include "tests/catch.hpp"
#include "tests/real/support.hpp"

namespace snowflk::real::test {

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

}  // namespace snowflk::real::test
