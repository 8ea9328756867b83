// Measuring the time of a loop. (Allocations are counted by tests/support/allocations.hpp.)
//
// A figure is printed as `name=value unit` pairs on one line, with its ratio to a peer or to a
// limit that was measured in the same run. Nothing here judges: figures are read, not tested.
#pragma once

#include <algorithm>
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

/// CPU nanoseconds of one call of each body, measured by turns, so that what else the machine does
/// meets all alike: the median of `rounds` stretches of about 5 ms each.
std::vector<double> cpu_nanoseconds_each(const std::vector<std::function<void()>>& bodies,
                                         int rounds = 15);

/// CPU nanoseconds of one call of `body`.
inline double cpu_nanoseconds(const std::function<void()>& body) {
  return cpu_nanoseconds_each({body})[0];
}

/// CPU seconds of this process so far.
double cpu_seconds();

void bench_codec();
void bench_core_step();
void bench_linearity();
void bench_peer();
void bench_simulator();
void bench_start_up();

}  // namespace snowflk::bench
