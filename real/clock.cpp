#include "real/clock.hpp"

#include <sys/random.h>
#include <time.h>

#include <cstdlib>

namespace snowflk::real {
namespace {

timespec read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return time;
}

}  // namespace

Instant monotonic_now() {
  // BOOTTIME counts while the machine sleeps, so a laptop that wakes knows that its lease is old.
  const timespec time = read_clock(CLOCK_BOOTTIME);
  return Instant{static_cast<i64>(time.tv_sec) * 1'000'000'000 + time.tv_nsec};
}

WallTime wall_now() {
  const timespec time = read_clock(CLOCK_REALTIME);
  return WallTime{static_cast<i64>(time.tv_sec) * 1'000 + time.tv_nsec / 1'000'000};
}

node::Now now() { return node::Now{.monotonic = monotonic_now(), .wall = wall_now()}; }

u64 entropy() {
  u64 bits = 0;
  if (::getrandom(&bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) std::abort();
  return bits;
}

}  // namespace snowflk::real
