#include "tools/stop_signals.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

namespace snowflk::tools {
namespace {

/// What waitpid tells of a child that does `work`: signals and what they leave are a process's own.
template <typename Work>
int status_of(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(7);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

void expect_end(int status) {
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("a wish told twice at once is one wish, also when the work ended between the two") {
  for (const int signal : {SIGINT, SIGTERM}) {
    CAPTURE(signal);
    expect_end(status_of([&] {
      {
        const StopSignals signals;
        std::raise(signal);
        std::raise(signal);
        if (!StopSignals::asked()) ::_exit(1);
      }
      std::raise(signal);
    }));
  }
}

TEST_CASE("a wish that is told again two seconds later ends the process") {
  const int status = status_of([] {
    const StopSignals signals;
    std::raise(SIGINT);
    ::sleep(2);
    std::raise(SIGINT);
  });
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGINT);
}

TEST_CASE("work that nobody asked to end leaves the signals as they were") {
  const int status = status_of([] {
    {
      const StopSignals signals;
    }
    if (StopSignals::asked()) ::_exit(1);
    std::raise(SIGTERM);
  });
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGTERM);
}

}  // namespace
}  // namespace snowflk::tools
