// How long `snowflk version` takes, against a hello-world in C++, linked as it comes.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/bench/bench.hpp"

extern char** environ;

namespace snowflk::bench {
namespace {

/// Starts `program` with `argument`, silenced, and waits for its end.
void run_once(const std::string& program, const char* argument) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  std::string name = program;
  std::string word = argument;
  char* arguments[] = {name.data(), word.data(), nullptr};
  pid_t child = 0;
  const int error = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (error != 0 || ::waitpid(child, &status, 0) != child || status != 0) {
    std::fprintf(stderr, "%s %s did not run\n", program.c_str(), argument);
    std::exit(2);
  }
}

}  // namespace

void bench_start_up() {
  const double ours = nanoseconds_each([] { run_once(SNOWFLK_COMMAND, "version"); }, 0.3) / 1e6;
  const double hello = nanoseconds_each([] { run_once(SNOWFLK_HELLO, ""); }, 0.3) / 1e6;
  std::printf("  version_ms=%.2f hello_world_ms=%.2f ratio=%.2f\n", ours, hello, ours / hello);
}

}  // namespace snowflk::bench
