// The one handler of marks in a process, set before the first step.
#include "core/base/maybe.hpp"

#include <utility>

namespace snowflk {

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
MarkHandler detail::mark_handler = nullptr;

MarkHandler set_mark_handler(MarkHandler handler) {
  return std::exchange(detail::mark_handler, handler);
}

}  // namespace snowflk
