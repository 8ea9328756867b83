// Measuring several bodies by turns, in CPU time of this thread.
#include "tests/bench/bench.hpp"

#include <ctime>

namespace snowflk::bench {
namespace {

constexpr double kStretchNs = 5e6;

double cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double stretch(const std::function<void()>& body, std::uint64_t calls) {
  const double begin = cpu_ns();
  for (std::uint64_t i = 0; i < calls; ++i) body();
  return cpu_ns() - begin;
}

/// How many calls make a stretch; finding out warms up too.
std::uint64_t calls_of(const std::function<void()>& body) {
  std::uint64_t calls = 1;
  while (stretch(body, calls) < kStretchNs) calls *= 2;
  return calls;
}

}  // namespace

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::vector<double> cpu_nanoseconds_each(const std::vector<std::function<void()>>& bodies,
                                         int rounds) {
  std::vector<std::uint64_t> calls;
  for (const auto& body : bodies) calls.push_back(calls_of(body));
  std::vector<std::vector<double>> each(bodies.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      each[i].push_back(stretch(bodies[i], calls[i]) / static_cast<double>(calls[i]));
    }
  }
  std::vector<double> medians;
  for (auto& times : each) {
    std::ranges::sort(times);
    medians.push_back(times[times.size() / 2]);
  }
  return medians;
}

}  // namespace snowflk::bench
