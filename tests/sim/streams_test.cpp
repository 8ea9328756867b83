#include "sim/streams.hpp"

#include "tests/catch.hpp"

namespace snowflk::sim {

namespace {

constexpr NodeId kA{1};
constexpr NodeId kB{2};

/// Two nodes that run, and what they are told, in order.
struct Bench {
  Bench() { streams.poke(kA, schedule, {}); }

  void send(NodeId from, unsigned char number) {
    const NodeId to = from == kA ? kB : kA;
    const std::byte frame[] = {std::byte{number}};
    streams.send(from, to, epoch_of(from), frame, schedule, {});
  }
  u64 epoch_of(NodeId node) const { return epochs[node.value - 1]; }

  void run_for(Duration span) {
    const VirtualTime end = schedule.now() + span;
    while (!schedule.empty() && schedule.next().at <= end) take(schedule.pop());
    schedule.advance_to(end);
  }
  void take(const Pending& pending) {
    const NodeId node{pending.node};
    StreamUp up;
    StreamDown down;
    if (pending.kind == EventKind::stream_connect) {
      streams.connect(pending.argument, both, schedule, {});
    } else if (pending.kind == EventKind::stream_cut) {
      streams.cut_lasted(pending.argument, !open, schedule, {});
    } else if (pending.kind == EventKind::stream_up) {
      if (!streams.up(node, pending.argument, up)) return;
      epochs[node.value - 1] = up.epoch;
      told.push_back("up " + std::to_string(node.value) + " " + std::to_string(up.epoch));
    } else if (pending.kind == EventKind::stream_down) {
      if (!streams.down(node, pending.argument, down, schedule, {})) return;
      told.push_back("down " + std::to_string(node.value) + " " + std::to_string(down.epoch));
    } else {
      const Message* message = streams.arrive(pending.argument, open);
      if (message == nullptr) return;
      got.push_back(std::to_integer<unsigned>(message->bytes.front()));
      streams.release(pending.argument);
    }
  }

  Schedule schedule{1};
  Streams streams{1, 2, NetworkOptions{}};
  bool both = true;
  bool open = true;
  u64 epochs[2] = {};
  std::vector<std::string> told;
  std::vector<unsigned> got;
};

std::size_t count(const std::vector<std::string>& told, const std::string& what) {
  return static_cast<std::size_t>(std::count(told.begin(), told.end(), what));
}

}  // namespace

TEST_CASE("Two nodes that run hear of a stream, each once, under the same epoch") {
  Bench bench;
  bench.run_for(seconds(1));
  CHECK(bench.told.size() == 2);
  CHECK(count(bench.told, "up 1 1") == 1);
  CHECK(count(bench.told, "up 2 1") == 1);
}

TEST_CASE("A stream keeps its order and loses nothing while it stands") {
  Bench bench;
  bench.run_for(seconds(1));
  for (unsigned char i = 0; i < 50; ++i) bench.send(kA, i);
  bench.run_for(seconds(1));
  REQUIRE(bench.got.size() == 50);
  CHECK(std::is_sorted(bench.got.begin(), bench.got.end()));
}

TEST_CASE(
    "A reset is heard at both ends, takes along what was on the stream, and a new one comes") {
  Bench bench;
  bench.run_for(seconds(1));
  bench.send(kA, 1);
  bench.streams.break_pair(kA, kB, BreakKind::reset, bench.schedule, {});
  bench.run_for(seconds(2));
  CHECK(bench.got.empty());
  CHECK(count(bench.told, "down 1 1") == 1);
  CHECK(count(bench.told, "down 2 1") == 1);
  CHECK(count(bench.told, "up 1 2") == 1);
  CHECK(count(bench.told, "up 2 2") == 1);
}

TEST_CASE("A node that crashed hears nothing of its old streams; its peer does") {
  Bench bench;
  bench.run_for(seconds(1));
  bench.both = false;
  bench.streams.crash(kA, BreakKind::silence, bench.schedule, {});
  bench.run_for(seconds(10));
  CHECK(count(bench.told, "down 1 1") == 0);
  CHECK(count(bench.told, "down 2 1") == 1);
  bench.both = true;
  bench.streams.poke(kA, bench.schedule, {});
  bench.run_for(seconds(1));
  CHECK(count(bench.told, "up 1 2") == 1);
  CHECK(count(bench.told, "up 2 2") == 1);
}

TEST_CASE("A node that is back before its peer has heard gets a new stream after the peer has") {
  Bench bench;
  bench.run_for(seconds(1));
  bench.streams.crash(kA, BreakKind::silence, bench.schedule, {});
  bench.streams.poke(kA, bench.schedule, {});
  bench.run_for(seconds(20));
  REQUIRE(bench.told.size() == 5);
  CHECK(bench.told[2] == "down 2 1");
  CHECK(count(bench.told, "up 1 2") == 1);
}

TEST_CASE("By hand a stream comes up and breaks for those who hear of it, and for nobody else") {
  Bench bench;
  Streams& streams = bench.streams;
  streams.hold(true, bench.schedule, {});
  bench.run_for(seconds(5));
  CHECK(bench.told.empty());
  const auto hears = [&](NodeId node, NodeId peer, bool up) {
    const bool heard = streams.hear(node, peer, up, bench.both, bench.schedule, {});
    bench.run_for(Duration{0});
    return heard;
  };
  CHECK(!hears(kA, kB, false));
  REQUIRE(hears(kA, kB, true));
  CHECK(!hears(kA, kB, true));
  REQUIRE(hears(kB, kA, true));
  bench.send(kA, 1);
  REQUIRE(hears(kB, kA, false));
  CHECK(!hears(kB, kA, true));  // kA has not heard yet that the first one fell
  bench.run_for(seconds(5));
  REQUIRE(hears(kA, kB, false));
  bench.both = false;
  CHECK(!hears(kA, kB, true));
  bench.both = true;
  REQUIRE(hears(kB, kA, true));
  bench.run_for(seconds(5));
  CHECK(bench.told ==
        std::vector<std::string>{"up 1 1", "up 2 1", "down 2 1", "down 1 1", "up 2 2"});
  CHECK(bench.got.empty());
}

TEST_CASE("Streams that are let go catch up: those who have not heard do, and each pair has one") {
  for (const bool stands : {false, true}) {
    Bench bench;
    bench.streams.hold(true, bench.schedule, {});
    bench.run_for(seconds(1));
    REQUIRE(bench.streams.hear(kA, kB, true, true, bench.schedule, {}));
    bench.run_for(Duration{0});
    if (!stands) bench.streams.break_pair(kA, kB, BreakKind::reset, bench.schedule, {});
    bench.streams.hold(false, bench.schedule, {});
    bench.run_for(seconds(5));
    const std::string epoch = stands ? "1" : "2";
    CHECK(count(bench.told, "down 1 1") == (stands ? 0 : 1));
    CHECK(count(bench.told, "up 1 " + epoch) == 1);
    CHECK(count(bench.told, "up 2 " + epoch) == 1);
  }
}

TEST_CASE("While the way is cut messages wait, and then come in order") {
  Bench bench;
  bench.run_for(seconds(1));
  bench.open = false;
  for (unsigned char i = 0; i < 5; ++i) bench.send(kA, i);
  bench.run_for(milliseconds(100));
  REQUIRE(bench.got.empty());
  bench.open = true;
  bench.streams.reopen(kA, kB, bench.schedule);
  bench.send(kA, 5);
  bench.run_for(seconds(1));
  CHECK(bench.got == std::vector<unsigned>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("A cut that lasts breaks the stream, and one that is over does not") {
  Bench bench;
  bench.run_for(seconds(1));
  bench.streams.watch_cut(kA, kB, bench.schedule, {});
  bench.run_for(seconds(30));  // it was over when it was looked at
  CHECK(bench.streams.breaks() == 0);
  bench.open = false;
  bench.streams.watch_cut(kA, kB, bench.schedule, {});
  bench.run_for(seconds(30));
  CHECK(bench.streams.breaks() == 1);
}

TEST_CASE("What is sent under an old epoch goes nowhere") {
  Bench bench;
  bench.run_for(seconds(1));
  bench.streams.break_pair(kA, kB, BreakKind::reset, bench.schedule, {});
  const std::byte frame[] = {std::byte{1}};
  const SendNote note = bench.streams.send(kA, kB, 1, frame, bench.schedule, {});
  CHECK(note.fate == Fate::cut);
}

}  // namespace snowflk::sim
