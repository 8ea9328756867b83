// Assertions: what only a bug can make false. Always on, in release too.
//
// An assertion that fails ends the process. The core has no I/O, so what is said first, and where,
// is the driver's: it installs a handler. What bytes from outside can say wrongly is never
// asserted; that is std::expected at a gate.
#pragma once

namespace snowflk {

struct AssertInfo {
  const char* expression;
  const char* file;
  int line;
};

using AssertHandler = void (*)(const AssertInfo&);

/// Called once with what failed, before abort(). It may end the process itself. Null: none. Returns
/// the handler before.
AssertHandler set_assert_handler(AssertHandler handler);

[[noreturn]] void assert_failed(const AssertInfo& info);

}  // namespace snowflk

#define SNOWFLK_ASSERT(condition)     \
  ((condition) ? static_cast<void>(0) \
               : ::snowflk::assert_failed(::snowflk::AssertInfo{#condition, __FILE__, __LINE__}))
