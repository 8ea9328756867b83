#include "tools/cores.hpp"

#include <sched.h>

#include <algorithm>
#include <fstream>

namespace snowflk::tools {
namespace {

/// What cgroup v2 grants, in whole cores, rounded up; 0: no bound is known.
u32 cores_of_cgroup() {
  std::ifstream file{"/sys/fs/cgroup/cpu.max"};
  u64 quota = 0;
  u64 period = 0;
  if (!(file >> quota >> period) || period == 0) return 0;  // "max 100000": no bound
  return static_cast<u32>(std::min<u64>((quota + period - 1) / period, 1024));
}

}  // namespace

u32 usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const bool known = ::sched_getaffinity(0, sizeof set, &set) == 0;
  const u32 allowed = known ? static_cast<u32>(CPU_COUNT(&set)) : 1;
  const u32 granted = cores_of_cgroup();
  return std::max(1U, granted == 0 ? allowed : std::min(allowed, granted));
}

}  // namespace snowflk::tools
