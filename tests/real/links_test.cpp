// Links between peers, over the loopback, without a node: hello, frames, silence, strangers.
#include "real/links.hpp"

#include "core/wire/frame.hpp"
#include "tests/catch.hpp"
#include "tests/real/support.hpp"

namespace snowflk::real {
namespace {

using test::Listener;
using test::Plain;
using test::turn_until;

constexpr ClusterId kCluster{7};

/// The links of one node of a cluster of three, and the thread that would drive them.
struct Station {
  Config config;
  Poller poller = std::move(*Poller::make());
  Listener core;
  std::unique_ptr<Links> links;

  Station(NodeId self, const std::vector<u16>& ports, Duration peer_timeout = seconds(3)) {
    config.options.cluster = kCluster;
    config.options.self = self;
    config.data_dir = "unused";
    for (u32 i = 0; i < ports.size(); ++i) {
      config.peers.push_back({.id = NodeId{i + 1}, .address = {"127.0.0.1", ports[i]}});
    }
    config.limits.peer_timeout = peer_timeout;
    REQUIRE(settle(config));
    start();
  }
  void start() {
    links = std::move(*Links::start(config, poller, core));
    links->open();
  }
  void turn(Duration patience = milliseconds(1)) {
    const auto ready = poller.wait(patience);
    const Instant now = monotonic_now();
    for (const auto& each : ready) {
      if (each.token.source == Source::peer_listener) links->on_listener(now);
      if (each.token.source == Source::peer) links->on_ready(each, now);
    }
    links->on_time(now);
    while (links->settle(now)) {
    }
  }
};

std::vector<u16> three_ports() { return {test::free_port(), test::free_port(), test::free_port()}; }

std::vector<std::byte> hello(ClusterId cluster, NodeId from, NodeId to) {
  std::vector<std::byte> bytes;
  const NodeId members[] = {NodeId{1}, NodeId{2}, NodeId{3}};
  wire::encode({.cluster = cluster, .self = from},
               wire::Hello{.to = to, .members = wire::members_hash(members)}, bytes);
  return bytes;
}
std::vector<std::byte> vote(NodeId from) {
  std::vector<std::byte> bytes;
  wire::encode({.cluster = kCluster, .self = from},
               raft::Message{raft::RequestVote{
                   .term = Term{3}, .last_log_index = LogIndex{2}, .last_log_term = Term{1}}},
               bytes);
  return bytes;
}

/// Whether `plain` is closed by `station` without the core having heard of it.
bool is_closed(Station& station, Plain& plain) {
  return turn_until([&] { station.turn(); }, [&] { return plain.receive(); });
}

}  // namespace

TEST_CASE("two nodes come up, and frames pass both ways on both channels") {
  const auto ports = three_ports();
  Station one{NodeId{1}, ports};
  Station two{NodeId{2}, ports};
  const auto turn = [&] {
    one.turn();
    two.turn();
  };
  REQUIRE(turn_until(turn, [&] { return !one.core.told.empty() && !two.core.told.empty(); }));
  CHECK(one.core.told == std::vector<std::string>{"up 2 1"});
  CHECK(two.core.told == std::vector<std::string>{"up 1 1"});
  CHECK(one.links->is_up(NodeId{2}));
  CHECK(!one.links->is_up(NodeId{3}));

  const auto from_one = vote(NodeId{1});
  const auto from_two = vote(NodeId{2});
  for (int i = 0; i < 100; ++i) {
    one.links->send({.to = NodeId{2}, .channel = node::Channel::datagram, .frame = from_one});
    two.links->send(
        {.to = NodeId{1}, .channel = node::Channel::stream, .epoch = 1, .frame = from_two});
  }
  REQUIRE(turn_until(
      turn, [&] { return one.core.frames.size() == 100 && two.core.frames.size() == 100; }));
  CHECK(two.core.frames[99] == as_text(from_one));
  CHECK(one.core.frames[99] == as_text(from_two));
}

TEST_CASE("before it is opened, a node answers no peer and dials none") {
  const auto ports = three_ports();
  Station two{NodeId{2}, ports};
  Station one{NodeId{1}, ports};
  one.links.reset();
  one.links = std::move(*Links::start(one.config, one.poller, one.core));
  const auto turn = [&] {
    one.turn();
    two.turn();
  };
  for (int i = 0; i < 100; ++i) turn();
  CHECK(one.core.told.empty());
  one.links->open();
  REQUIRE(turn_until(turn, [&] { return one.links->is_up(NodeId{2}); }));
}

TEST_CASE("what belongs to an older epoch of the stream is not sent") {
  const auto ports = three_ports();
  Station one{NodeId{1}, ports};
  Station two{NodeId{2}, ports};
  const auto turn = [&] {
    one.turn();
    two.turn();
  };
  REQUIRE(turn_until(turn, [&] { return one.links->is_up(NodeId{2}) && !two.core.told.empty(); }));
  const auto frame = vote(NodeId{1});
  one.links->send({.to = NodeId{2}, .channel = node::Channel::stream, .epoch = 9, .frame = frame});
  one.links->send({.to = NodeId{2}, .channel = node::Channel::datagram, .frame = frame});
  REQUIRE(turn_until(turn, [&] { return !two.core.frames.empty(); }));
  CHECK(two.core.frames.size() == 1);
}

TEST_CASE("a peer that goes and comes back is down, then up under the next epoch") {
  const auto ports = three_ports();
  Station one{NodeId{1}, ports};
  {
    Station two{NodeId{2}, ports};
    REQUIRE(turn_until(
        [&] {
          one.turn();
          two.turn();
        },
        [&] { return one.links->is_up(NodeId{2}); }));
  }
  REQUIRE(turn_until([&] { one.turn(); }, [&] { return one.core.told.size() == 2; }));
  CHECK(one.core.told[1] == "down 2 1");
  Station two{NodeId{2}, ports};
  REQUIRE(turn_until(
      [&] {
        one.turn();
        two.turn();
      },
      [&] { return one.core.told.size() == 3; }));
  CHECK(one.core.told[2] == "up 2 2");
}

TEST_CASE("a peer that connects anew replaces its older connection") {
  Station one{NodeId{1}, three_ports()};
  const u16 port = one.config.listen_peers.port;
  Plain first{port};
  first.send(hello(kCluster, NodeId{2}, NodeId{1}));
  REQUIRE(turn_until([&] { one.turn(); }, [&] { return one.core.told.size() == 1; }));
  Plain second{port};
  second.send(hello(kCluster, NodeId{2}, NodeId{1}));
  REQUIRE(turn_until([&] { one.turn(); }, [&] { return one.core.told.size() == 3; }));
  CHECK(one.core.told == std::vector<std::string>{"up 2 1", "down 2 1", "up 2 2"});
  CHECK(is_closed(one, first));
  CHECK(one.links->is_up(NodeId{2}));
}

TEST_CASE("strangers, liars and garbage are closed, and the core hears nothing of them") {
  Station one{NodeId{1}, three_ports()};
  const u16 port = one.config.listen_peers.port;
  std::vector<std::string> openings{
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "*1\r\n$4\r\nPING\r\n                        ",
      std::string(100'000, '\xff'),
      std::string{as_text(vote(NodeId{2}))},
      std::string{as_text(hello(ClusterId{8}, NodeId{2}, NodeId{1}))},
      std::string{as_text(hello(kCluster, NodeId{4}, NodeId{1}))},
      std::string{as_text(hello(kCluster, NodeId{1}, NodeId{1}))},
      std::string{as_text(hello(kCluster, NodeId{2}, NodeId{3}))},
  };
  std::string broken{as_text(hello(kCluster, NodeId{2}, NodeId{1}))};
  broken.back() = static_cast<char>(broken.back() ^ 1);
  openings.push_back(broken);
  for (const auto& opening : openings) {
    INFO(opening.substr(0, 60));
    Plain plain{port};
    plain.send(opening);
    CHECK(is_closed(one, plain));
  }
  CHECK(one.core.told.empty());
  CHECK(one.core.frames.empty());
}

TEST_CASE("after hello, a frame in another's name or a second hello ends the link") {
  for (const bool second_hello : {false, true}) {
    Station one{NodeId{1}, three_ports()};
    Plain plain{one.config.listen_peers.port};
    plain.send(hello(kCluster, NodeId{2}, NodeId{1}));
    plain.send(second_hello ? hello(kCluster, NodeId{2}, NodeId{1}) : vote(NodeId{3}));
    CHECK(is_closed(one, plain));
    CHECK(one.core.told == std::vector<std::string>{"up 2 1", "down 2 1"});
    CHECK(one.core.frames.empty());
  }
}

TEST_CASE("a frame of a kind that ours does not know is passed over; any other wrong one ends it") {
  Station one{NodeId{1}, three_ports()};
  Plain plain{one.config.listen_peers.port};
  plain.send(hello(kCluster, NodeId{2}, NodeId{1}));
  REQUIRE(turn_until([&] { one.turn(); }, [&] { return one.core.told.size() == 1; }));
  one.links->refuse_frame(NodeId{2}, wire::FrameFault::kind);
  one.links->refuse_frame(NodeId{2}, wire::FrameFault::kind);
  plain.send(vote(NodeId{2}));
  REQUIRE(turn_until([&] { one.turn(); }, [&] { return one.core.frames.size() == 1; }));
  CHECK(one.links->is_up(NodeId{2}));
  CHECK(one.links->frames_passed_over() == 2);
  one.links->refuse_frame(NodeId{2}, wire::FrameFault::checksum);
  CHECK(is_closed(one, plain));
  CHECK(one.core.told == std::vector<std::string>{"up 2 1", "down 2 1"});
  CHECK(one.links->frames_passed_over() == 2);
}

TEST_CASE("a newer peer's frames of a kind that ours does not know are cut from the stream whole") {
  Station one{NodeId{1}, three_ports()};
  Plain plain{one.config.listen_peers.port};
  plain.send(hello(kCluster, NodeId{2}, NodeId{1}));
  std::vector<std::byte> news = vote(NodeId{2});
  news[6] = static_cast<std::byte>(wire::kFrameMinor + 1);
  news[16] = std::byte{101};
  plain.send(news);
  plain.send(vote(NodeId{2}));
  REQUIRE(turn_until([&] { one.turn(); }, [&] { return one.core.frames.size() == 2; }));
  CHECK(one.core.frames[1] == as_text(vote(NodeId{2})));
}

TEST_CASE("a peer that says nothing is asked, and is down when it does not answer") {
  Station one{NodeId{1}, three_ports(), milliseconds(200)};
  Plain plain{one.config.listen_peers.port};
  plain.send(hello(kCluster, NodeId{2}, NodeId{1}));
  CHECK(is_closed(one, plain));
  CHECK(one.core.told == std::vector<std::string>{"up 2 1", "down 2 1"});
  // Its hello, and at least one ping.
  CHECK(plain.got.size() > hello(kCluster, NodeId{1}, NodeId{2}).size());
}

TEST_CASE("a connection that never says hello is closed") {
  Station one{NodeId{1}, three_ports(), milliseconds(200)};
  Plain plain{one.config.listen_peers.port};
  CHECK(is_closed(one, plain));
}

TEST_CASE("two peers that have nothing to say keep their link by asking") {
  const auto ports = three_ports();
  Station one{NodeId{1}, ports, milliseconds(200)};
  Station two{NodeId{2}, ports, milliseconds(200)};
  const Instant end = monotonic_now() + milliseconds(700);
  while (monotonic_now() < end) {
    one.turn();
    two.turn();
  }
  CHECK(one.core.told == std::vector<std::string>{"up 2 1"});
  CHECK(two.core.told == std::vector<std::string>{"up 1 1"});
}

TEST_CASE("a vote goes before the entries that wait, and those keep their order") {
  Station one{NodeId{1}, three_ports(), seconds(600)};  // no ping among them
  Plain plain{one.config.listen_peers.port};
  plain.send(hello(kCluster, NodeId{2}, NodeId{1}));
  REQUIRE(turn_until([&] { one.turn(); }, [&] { return one.core.told.size() == 1; }));
  // More than the sockets take while nobody reads.
  std::string entries;
  for (char i = 0; i < 28; ++i) {
    const std::vector<std::byte> frame(1 << 20, static_cast<std::byte>('a' + i));
    entries += as_text(frame);
    one.links->send({.to = NodeId{2}, .channel = node::Channel::datagram, .frame = frame});
    one.turn();
  }
  const auto urgent = vote(NodeId{1});
  one.links->send({.to = NodeId{2}, .channel = node::Channel::datagram, .frame = urgent});
  const std::size_t greeting = hello(kCluster, NodeId{1}, NodeId{2}).size();
  const auto turn = [&] {
    plain.receive();
    one.turn();
  };
  REQUIRE(turn_until(
      turn, [&] { return plain.got.size() >= greeting + entries.size() + urgent.size(); }));
  const auto at = plain.got.find(as_text(urgent));
  REQUIRE(at != std::string::npos);
  // What the sockets and one frame on its way hold, at the most.
  CHECK(at < 14U << 20);
  plain.got.erase(at, urgent.size());
  CHECK((plain.got.substr(greeting) == entries));
}

TEST_CASE("datagrams are dropped when a peer takes none, and the core hears when there is room") {
  Station one{NodeId{1}, three_ports()};
  Plain plain{one.config.listen_peers.port};
  plain.send(hello(kCluster, NodeId{2}, NodeId{1}));
  REQUIRE(turn_until([&] { one.turn(); }, [&] { return one.core.told.size() == 1; }));
  const std::vector<std::byte> frame(1 << 20);
  for (int i = 0; i < 100; ++i) {
    one.links->send({.to = NodeId{2}, .channel = node::Channel::datagram, .frame = frame});
  }
  REQUIRE(turn_until(
      [&] {
        plain.receive();
        one.turn();
      },
      [&] { return one.core.told.size() == 2; }));
  CHECK(one.core.told[1] == "room 2");
  CHECK(plain.got.size() < 40U << 20);
}

TEST_CASE("a port in use is a failure in a sentence") {
  const auto ports = three_ports();
  Station one{NodeId{1}, ports};
  const auto again = Links::start(one.config, one.poller, one.core);
  REQUIRE(!again);
  CHECK(again.error().text ==
        "cannot listen at 127.0.0.1:" + std::to_string(ports[0]) + ": Address already in use");
}

}  // namespace snowflk::real
