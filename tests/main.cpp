// What every test program does before its first test: a failed SNOWFLK_ASSERT says where it stands.
//
// Owns no main(): that is Catch2's.
#include <cstdio>

#include "core/base/assert.hpp"

namespace {

void print_and_return(const snowflk::AssertInfo& info) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", info.file, info.line, info.expression);
  std::fflush(stderr);
}

[[maybe_unused]] const bool installed = [] {
  snowflk::set_assert_handler(print_and_return);
  return true;
}();

}  // namespace
