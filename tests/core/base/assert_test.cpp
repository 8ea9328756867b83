// base/assert.hpp: an assertion that fails says so and ends the process; one that holds does
// nothing.
#include "core/base/assert.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "tests/catch.hpp"

namespace snowflk {
namespace {

int handled = 0;

/// Runs `body` in a child and returns the signal that ended it, 0 if it left by itself.
template <typename Body>
int signal_that_ends(Body body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    set_assert_handler(nullptr);
    body();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST_CASE("an assertion that fails ends the process, in release too") {
  const volatile int two = 2;
  CHECK(signal_that_ends([&] { SNOWFLK_ASSERT(two == 3); }) == SIGABRT);
}

TEST_CASE("an assertion that holds evaluates its condition once") {
  int evaluated = 0;
  SNOWFLK_ASSERT(++evaluated == 1);
  CHECK(evaluated == 1);
}

TEST_CASE("the handler hears of the failure before the process ends") {
  CHECK(signal_that_ends([] {
          set_assert_handler([](const AssertInfo& info) {
            handled += 1;
            const bool says_what = std::string(info.expression) == "handled == 7";
            ::_exit(says_what ? 0 : 1);
          });
          SNOWFLK_ASSERT(handled == 7);
        }) == 0);
}

}  // namespace
}  // namespace snowflk
