#include "sim/network.hpp"

#include <set>

#include "tests/catch.hpp"

namespace snowflk::sim {

namespace {

constexpr NodeId kA{1};
constexpr NodeId kB{2};
constexpr NodeId kC{3};

struct Bench {
  explicit Bench(NetworkOptions options = {}, u64 seed = 1)
      : network(seed, 3, options), schedule(seed) {}

  SendNote send(unsigned char number, NodeId from = kA, NodeId to = kB, std::size_t size = 100) {
    std::vector<std::byte> frame(size, std::byte{number});
    return network.send(from, to, frame, schedule, {});
  }
  /// What arrives until nothing is under way: the first byte of each.
  std::vector<unsigned> arrivals() {
    std::vector<unsigned> out;
    while (!schedule.empty()) {
      const Pending pending = schedule.pop();
      const Message* message = network.arrive(pending.argument);
      if (message == nullptr) continue;
      out.push_back(std::to_integer<unsigned>(message->bytes.front()));
      network.release(pending.argument);
    }
    return out;
  }

  Network network;
  Schedule schedule;
};

std::vector<unsigned> sequence(unsigned count) {
  std::vector<unsigned> out;
  for (unsigned i = 0; i < count; ++i) out.push_back(i);
  return out;
}

}  // namespace

TEST_CASE("Without faults every datagram arrives once, in order, after the least delay") {
  NetworkOptions options;
  options.delay_min = milliseconds(5);
  Bench bench{options};
  for (unsigned char i = 0; i < 50; ++i) bench.send(i);
  CHECK(bench.arrivals() == sequence(50));
  CHECK(bench.schedule.now() >= VirtualTime{5'000'000});
}

TEST_CASE("Loss takes about the share that was asked for") {
  NetworkOptions options;
  options.loss_ppm = 300'000;
  Bench bench{options};
  for (int i = 0; i < 2000; ++i) bench.send(1);
  const std::size_t arrived = bench.arrivals().size();
  CHECK(arrived > 1300);
  CHECK(arrived < 1500);
  CHECK(bench.network.counters().lost + arrived == 2000);
}

TEST_CASE("A datagram comes at most three times") {
  NetworkOptions options;
  options.duplicate_ppm = 1'000'000;
  Bench bench{options};
  bench.send(7);
  CHECK(bench.arrivals() == std::vector<unsigned>{7, 7, 7});
}

TEST_CASE("With reordering, datagrams overtake each other, and none is lost by it") {
  NetworkOptions options;
  options.reorder_ppm = 500'000;
  options.delay_mean = milliseconds(5);
  Bench bench{options};
  for (unsigned char i = 0; i < 50; ++i) bench.send(i);
  std::vector<unsigned> arrived = bench.arrivals();
  CHECK(arrived != sequence(50));
  std::sort(arrived.begin(), arrived.end());
  CHECK(arrived == sequence(50));
}

TEST_CASE("A turned bit is one bit, and is counted") {
  NetworkOptions options;
  options.flip_ppm = 1'000'000;
  Bench bench{options};
  bench.send(0, kA, kB, 64);
  const Pending pending = bench.schedule.pop();
  const Message* message = bench.network.arrive(pending.argument);
  REQUIRE(message != nullptr);
  CHECK(message->damaged);
  int bits = 0;
  for (const std::byte byte : message->bytes)
    bits += std::popcount(std::to_integer<unsigned>(byte));
  CHECK(bits == 1);
  CHECK(bench.network.counters().damaged == 1);
}

TEST_CASE("A full queue drops its oldest, when told so") {
  NetworkOptions options;
  options.queue_max = 4;
  options.drop_oldest = true;
  Bench bench{options};
  for (unsigned char i = 0; i < 10; ++i) bench.send(i);
  CHECK(bench.arrivals() == std::vector<unsigned>{6, 7, 8, 9});
  CHECK(bench.network.counters().queue_drops == 6);
}

TEST_CASE("A full queue drops any of those in it and the new one, otherwise") {
  std::set<std::vector<unsigned>> seen;
  for (u64 seed = 1; seed <= 20; ++seed) {
    NetworkOptions options;
    options.queue_max = 4;
    Bench bench{options, seed};
    for (unsigned char i = 0; i < 6; ++i) bench.send(i);
    const auto arrived = bench.arrivals();
    REQUIRE(arrived.size() == 4);
    seen.insert(arrived);
  }
  CHECK(seen.size() > 5);
}

TEST_CASE("Bandwidth lets bytes through one after another") {
  NetworkOptions options;
  options.bytes_per_second = 64'000;
  options.delay_min = options.delay_mean = Duration{0};
  Bench bench{options};
  for (unsigned char i = 0; i < 3; ++i) bench.send(i, kA, kB, 16'000);
  CHECK(bench.arrivals() == sequence(3));
  CHECK(bench.schedule.now() >= VirtualTime{750'000'000});
}

TEST_CASE("A link that cannot keep up drops, and is late by a bounded time") {
  NetworkOptions options;
  options.bytes_per_second = 64'000;
  Bench bench{options};
  for (unsigned char i = 0; i < 200; ++i) bench.send(i, kA, kB, 16'000);
  CHECK(bench.arrivals().size() < 10);
  CHECK(bench.schedule.now() < VirtualTime{2'000'000'000});
}

TEST_CASE("What is under way obeys the link as it is at arrival") {
  Bench bench;
  bench.send(1);
  bench.network.set_link(kA, kB, LinkState::drop, bench.schedule);
  CHECK(bench.arrivals().empty());
  CHECK(bench.network.counters().cut == 1);
}

TEST_CASE("A cut goes one way only, and concerns no other link") {
  Bench bench;
  bench.network.set_link(kA, kB, LinkState::drop, bench.schedule);
  bench.send(1, kA, kB);
  bench.send(2, kB, kA);
  bench.send(3, kA, kC);
  auto arrived = bench.arrivals();
  std::sort(arrived.begin(), arrived.end());
  CHECK(arrived == std::vector<unsigned>{2, 3});
}

TEST_CASE("A jam holds what arrives and releases all of it when it opens") {
  std::set<std::vector<unsigned>> seen;
  for (u64 seed = 1; seed <= 20; ++seed) {
    Bench bench{{}, seed};
    bench.network.set_link(kA, kB, LinkState::jam, bench.schedule);
    for (unsigned char i = 0; i < 4; ++i) bench.send(i);
    REQUIRE(bench.arrivals().empty());
    bench.network.set_link(kA, kB, LinkState::open, bench.schedule);
    auto arrived = bench.arrivals();
    seen.insert(arrived);
    std::sort(arrived.begin(), arrived.end());
    REQUIRE(arrived == sequence(4));
  }
  CHECK(seen.contains(sequence(4)));  // in order, for one half of the seeds
  CHECK(seen.size() > 3);             // shuffled, for the other
}

TEST_CASE("A jam that turns into a cut loses what it held") {
  Bench bench;
  bench.network.set_link(kA, kB, LinkState::jam, bench.schedule);
  bench.send(1);
  REQUIRE(bench.arrivals().empty());
  bench.network.set_link(kA, kB, LinkState::drop, bench.schedule);
  bench.network.set_link(kA, kB, LinkState::open, bench.schedule);
  CHECK(bench.arrivals().empty());
}

TEST_CASE("One class of faults more leaves the draws of the others as they were") {
  const auto arrivals_with = [](u32 duplicate_ppm) {
    NetworkOptions options;
    options.loss_ppm = 200'000;
    options.duplicate_ppm = duplicate_ppm;
    Bench bench{options};
    for (unsigned char i = 0; i < 100; ++i) bench.send(i);
    const auto all = bench.arrivals();
    return std::set<unsigned>(all.begin(), all.end());
  };
  CHECK(arrivals_with(0) == arrivals_with(200'000));
}

TEST_CASE("A copy of a network and its schedule goes on as the original does") {
  NetworkOptions options;
  options.loss_ppm = options.duplicate_ppm = options.reorder_ppm = 200'000;
  Bench bench{options};
  for (unsigned char i = 0; i < 20; ++i) bench.send(i);
  Bench copy = bench;
  for (unsigned char i = 20; i < 40; ++i) {
    bench.send(i);
    copy.send(i);
  }
  CHECK(bench.arrivals() == copy.arrivals());
}

}  // namespace snowflk::sim
