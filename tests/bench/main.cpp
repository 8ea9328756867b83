// Figures, each with its ratio.
//
// usage: snowflk_bench [NAME...]     all, if none is named:
//        codec core_step linearity peer simulator start_up
#include <cstdio>
#include <iterator>

#include "tests/bench/bench.hpp"

namespace {

struct Bench {
  std::string_view name;
  void (*run)();
};

constexpr Bench kBenches[] = {
    {"codec", snowflk::bench::bench_codec},         {"core_step", snowflk::bench::bench_core_step},
    {"linearity", snowflk::bench::bench_linearity}, {"peer", snowflk::bench::bench_peer},
    {"simulator", snowflk::bench::bench_simulator}, {"start_up", snowflk::bench::bench_start_up},
};

const Bench* find(std::string_view name) {
  const auto* found = std::ranges::find(kBenches, name, &Bench::name);
  return found == std::end(kBenches) ? nullptr : found;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> names(argv + 1, argv + argc);
  for (const std::string_view name : names) {
    if (find(name) != nullptr) continue;
    std::fprintf(stderr, "no bench is named %s; there are:", name.data());
    for (const Bench& bench : kBenches) std::fprintf(stderr, " %s", bench.name.data());
    std::fprintf(stderr, "\n");
    return 1;
  }
  for (const Bench& bench : kBenches) {
    if (!names.empty() && std::ranges::find(names, bench.name) == names.end()) continue;
    std::printf("%s\n", bench.name.data());
    bench.run();
    std::fflush(stdout);
  }
  return 0;
}
