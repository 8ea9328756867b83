#include "sim/clock.hpp"

#include "sim/random.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {

TEST_CASE("A clock without drift runs as virtual time does, from its own origin") {
  const Clock clock{Instant{500}, 0, {}};
  CHECK(clock.monotonic(VirtualTime{0}) == Instant{500});
  CHECK(clock.monotonic(VirtualTime{1'000'000'007}) == Instant{1'000'000'507});
}

TEST_CASE("A clock that is 200 ppm fast gains 200 microseconds a second") {
  const Clock clock{Instant{0}, 200, {}};
  CHECK(clock.monotonic(VirtualTime{1'000'000'000}) == Instant{1'000'200'000});
  const Clock slow{Instant{0}, -200, {}};
  CHECK(slow.monotonic(VirtualTime{1'000'000'000}) == Instant{999'800'000});
}

TEST_CASE("A monotonic clock never goes back, nor when its rate changes") {
  Prng prng{1, 1, 1};
  for (int run = 0; run < 200; ++run) {
    const i64 drift = static_cast<i64>(prng.below(100'001)) - 50'000;
    Clock clock{Instant{static_cast<i64>(prng.below(1'000'000))}, drift, {}};
    VirtualTime at{static_cast<i64>(prng.below(1'000'000'000'000))};
    Instant last = clock.monotonic(at);
    for (int step = 0; step < 50; ++step) {
      at.value += static_cast<i64>(prng.below(3));
      if (prng.chance({1, 10})) clock.set_drift(at, 50'000 - static_cast<i64>(prng.below(100'001)));
      const Instant now = clock.monotonic(at);
      REQUIRE(now >= last);
      last = now;
    }
  }
}

TEST_CASE("when() is the first moment at which the clock shows the deadline") {
  Prng prng{2, 1, 1};
  for (int run = 0; run < 500; ++run) {
    const i64 drift = static_cast<i64>(prng.below(100'001)) - 50'000;
    const Clock clock{Instant{static_cast<i64>(prng.below(1'000'000'000))}, drift, {}};
    const VirtualTime from{static_cast<i64>(prng.below(100'000'000'000))};
    const Instant deadline =
        clock.monotonic(from) + Duration{1 + static_cast<i64>(prng.below(10'000'000'000))};
    const VirtualTime at = clock.when(deadline, from);
    REQUIRE(at > from);
    REQUIRE(clock.monotonic(at) >= deadline);
    REQUIRE(clock.monotonic(VirtualTime{at.value - 1}) < deadline);
  }
}

TEST_CASE("A deadline that has passed is now, and no deadline is never") {
  const Clock clock{Instant{100}, 0, {}};
  CHECK(clock.when(Instant{50}, VirtualTime{7}) == VirtualTime{7});
  CHECK(clock.when(kNever, VirtualTime{7}) == kEndOfTime);
}

TEST_CASE("A wall clock jumps, and the monotonic clock beside it does not") {
  Clock clock{Instant{0}, 0, {}};
  const WallTime before = clock.wall(VirtualTime{1'000'000'000});
  const Instant monotonic = clock.monotonic(VirtualTime{1'000'000'000});
  clock.jump_wall(seconds(-10));
  CHECK(clock.wall(VirtualTime{1'000'000'000}).value == before.value - 10'000);
  CHECK(clock.monotonic(VirtualTime{1'000'000'000}) == monotonic);
}

TEST_CASE("Geometric waits have the mean that was asked for, within two in a hundred") {
  for (const Duration mean : {microseconds(3), milliseconds(7), seconds(20)}) {
    Prng prng{3, 1, 1};
    constexpr i64 kDraws = 100'000;
    i64 sum = 0;
    for (i64 draw = 0; draw < kDraws; ++draw) sum += geometric(prng, mean).value / 16;
    const i64 found = sum / kDraws * 16;
    CHECK(found > mean.value / 100 * 98);
    CHECK(found < mean.value / 100 * 102);
  }
  Prng prng{3, 1, 1};
  CHECK(geometric(prng, Duration{0}) == Duration{0});
}

}  // namespace snowflk::sim
