// How long `snowflk version` takes, against a hello-world in C++, linked as it comes; and how long
// a node takes from its start in an empty directory to the first answer to a SET, where an fsync
// costs nothing.
//
// Both are elapsed times, as who waits feels them; what is compared is measured by turns.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "real/local_cluster.hpp"
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

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double median(std::vector<double> times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

void bench_version() {
  constexpr int kRounds = 101;
  std::vector<double> ours;
  std::vector<double> hello;
  const auto timed = [](const char* program, const char* argument) {
    const auto begin = Clock::now();
    run_once(program, argument);
    return milliseconds_since(begin);
  };
  for (int round = 0; round < kRounds; ++round) {
    ours.push_back(timed(SNOWFLK_COMMAND, "version"));
    hello.push_back(timed(SNOWFLK_HELLO, ""));
  }
  const double ratio = median(ours) / median(hello);
  std::printf("  version_ms=%.2f hello_world_ms=%.2f ratio=%.2f ratio_to_goal=%.2f\n", median(ours),
              median(hello), ratio, 1.5 / ratio);
}

// ---- A node
// --------------------------------------------------------------------------------------

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "a node did not start: %s\n", why.c_str());
  std::exit(2);
}

/// From the start of a node that is a cluster of its own, in a new directory, to the answer to its
/// first write.
double node_start_ms(const std::string& directory) {
  std::filesystem::create_directory(directory);
  auto cluster = real::LocalCluster::make(
      {.program = SNOWFLK_COMMAND, .directory = directory, .nodes = 1, .extra_lines = {}});
  if (!cluster) give_up(cluster.error().text);
  real::LocalNode& node = cluster->nodes()[0];
  const real::Address address{.host = "127.0.0.1", .port = node.port};
  const auto begin = Clock::now();
  if (auto started = cluster->start(node); !started) give_up(started.error().text);
  for (;;) {
    if (milliseconds_since(begin) > 10'000) give_up("no answer in 10 seconds");
    auto client = real::RespClient::connect(address, seconds(1));
    if (client && client->call({"SET", "key", "value"}, seconds(1))) break;
    ::usleep(100);
  }
  const double taken = milliseconds_since(begin);
  cluster->stop_all(5'000);
  std::filesystem::remove_all(directory);
  return taken;
}

void bench_node() {
  char place[] = "/dev/shm/snowflk-bench-XXXXXX";  // a file system in memory: its fsync is free
  if (::mkdtemp(place) == nullptr) give_up("no directory in /dev/shm");
  std::vector<double> times;
  for (int round = 0; round < 21; ++round)
    times.push_back(node_start_ms(std::string(place) + "/n"));
  std::filesystem::remove_all(place);
  std::printf("  node_start_ms=%.2f ratio_to_goal=%.2f\n", median(times), 5.0 / median(times));
}

}  // namespace

void bench_start_up() {
  bench_version();
  bench_node();
}

}  // namespace snowflk::bench
