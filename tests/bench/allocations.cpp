// Counts every call of operator new of the program. See bench.hpp.
#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/bench/bench.hpp"

namespace {
std::atomic<std::uint64_t> count{0};
}  // namespace

std::uint64_t snowflk::bench::allocations() { return count.load(std::memory_order_relaxed); }

void* operator new(std::size_t size) {
  count.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
