// Marks: conditions that may go either way, where both ways are thought of.
//
// A mark decides nothing. A campaign that wants to know whether both ways were gone installs a
// handler; without one a mark costs the look whether there is one, and its condition is not even
// evaluated. All marks of a program lie in a section of their own, so that a campaign can also name
// those that nobody came to (sim/scenario/marks.hpp).
#pragma once

namespace snowflk {

/// Aligned to its size: compilers align what is 16 bytes or more as they like, and marks that stand
/// in one section must be an array.
struct alignas(32) Mark {
  const char* condition;
  const char* file;
  int line;
};
static_assert(sizeof(Mark) == 32);

using MarkHandler = void (*)(const Mark&, bool holds);

namespace detail {
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): read by no decision.
extern MarkHandler mark_handler;
}  // namespace detail

/// Called at every mark that is come to. Null: none. Returns the handler before.
MarkHandler set_mark_handler(MarkHandler handler);

}  // namespace snowflk

/// For statements of functions in .cpp files: an inline function would have its mark once a unit.
#define SNOWFLK_MAYBE(condition)                                                            \
  do {                                                                                      \
    [[gnu::section("snowflk_marks"), gnu::used]] static const ::snowflk::Mark snowflk_mark{ \
        #condition, __FILE__, __LINE__};                                                    \
    if (::snowflk::detail::mark_handler != nullptr) [[unlikely]] {                          \
      ::snowflk::detail::mark_handler(snowflk_mark, (condition));                           \
    }                                                                                       \
  } while (false)
