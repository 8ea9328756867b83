// Measuring the time of a loop. (Allocations are counted by tests/support/allocations.hpp.)
//
// A figure is printed as `name=value unit` pairs on one line, with its ratio to a peer or to a
// limit that was measured in the same run. Nothing here judges: figures are read, not tested.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace snowflk::bench {

/// Keeps the compiler from seeing that a result is not used.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

inline double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Nanoseconds of one call of `body`: the median of five stretches of about `stretch_s` each.
template <class Body>
double nanoseconds_each(Body&& body, double stretch_s = 0.05) {
  std::uint64_t calls = 1;
  for (;;) {  // How many calls make a stretch; this warms up too.
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < calls; ++i) body();
    if (seconds_since(begin) >= stretch_s) break;
    calls *= 2;
  }
  std::vector<double> each;
  for (int stretch = 0; stretch < 5; ++stretch) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < calls; ++i) body();
    each.push_back(seconds_since(begin) * 1e9 / static_cast<double>(calls));
  }
  std::ranges::sort(each);
  return each[each.size() / 2];
}

/// CPU nanoseconds of one call of each body, measured by turns, so that what else the machine does
/// meets all alike: the median of `rounds` stretches of about 5 ms each.
std::vector<double> cpu_nanoseconds_each(const std::vector<std::function<void()>>& bodies,
                                         int rounds = 15);

void bench_codec();
void bench_core_step();
void bench_simulator();
void bench_start_up();

}  // namespace snowflk::bench
