// The one place where a failed assertion leaves the process.
#include "core/base/assert.hpp"

#include <cstdlib>
#include <utility>

namespace snowflk {
namespace {
// One handler a process, set before the first step: one of two mutable globals of the core.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
AssertHandler assert_handler = nullptr;
}  // namespace

AssertHandler set_assert_handler(AssertHandler handler) {
  return std::exchange(assert_handler, handler);
}

void assert_failed(const AssertInfo& info) {
  if (assert_handler != nullptr) assert_handler(info);
  std::abort();
}

}  // namespace snowflk
