// redis-cli and redis-benchmark as they are, against a leader and against a follower.
#include <cstdio>
#include <filesystem>

#include "tests/catch.hpp"
#include "tests/cluster/support.hpp"

namespace snowflk::real {
namespace {

using test::TestCluster;

struct Ran {
  int status = 0;
  std::string output;
};

Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) ran.output += buffer;
  ran.status = ::pclose(pipe);
  return ran;
}

std::string port_of(const LocalNode& node) { return std::to_string(node.port); }

/// Without the tool the test fails, and says what to install.
void need(const std::string& tool) {
  INFO(tool << " is missing: install redis-tools");
  REQUIRE(run("command -v " + tool).status == 0);
}

}  // namespace

TEST_CASE("redis-cli reads through one node what it wrote through another") {
  need("redis-cli");
  TestCluster cluster;
  const std::string leader = "redis-cli -p " + port_of(cluster.leader()) + " ";
  const std::string follower = "redis-cli -p " + port_of(cluster.follower()) + " ";
  CHECK(run(follower + "set name snowflk").output == "OK\n");
  CHECK(run(leader + "get name").output == "snowflk\n");
  CHECK(run(follower + "-3 hello 3").output.find("proto 3") != std::string::npos);
  CHECK(run(leader + "incr n").output == "1\n");
  CHECK(run(follower + "incrby n 41").output == "42\n");
  CHECK(run(leader + "incr name").output == "ERR value is not an integer or out of range\n\n");
  CHECK(run(leader + "nonsense").output.starts_with("ERR unknown command 'nonsense'"));
  CHECK(run(follower + "mset a 1 b 2").output == "OK\n");
  CHECK(run(leader + "mget a b c").output == "1\n2\n\n");
  CHECK(run(leader + "del a b").output == "2\n");
  CHECK(run(follower + "dbsize").output == "2\n");
  CHECK(run(leader + "info replication").output.find("role:master") != std::string::npos);
  CHECK(run(follower + "info replication").output.find("role:slave") != std::string::npos);
  CHECK(run("printf 'SET p 1\\r\\nGET p\\r\\nPING\\r\\n' | " + follower + "--pipe").status == 0);
}

TEST_CASE("redis-benchmark runs to its end against a leader and against a follower") {
  need("redis-benchmark");
  TestCluster cluster;
  for (auto* node : {&cluster.leader(), &cluster.follower()}) {
    const std::string benchmark = "redis-benchmark -p " + port_of(*node) + " -q --csv ";
    const auto one = run(benchmark + "-t ping,set,get,incr,mset -c 50 -n 2000 -d 100");
    INFO(one.output);
    CHECK(one.status == 0);
    for (const auto* test : {"PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET"}) {
      CHECK(one.output.find(test) != std::string::npos);
    }
    const auto pipelined = run(benchmark + "-t set,get -c 20 -n 10000 -P 16 -r 1000");
    INFO(pipelined.output);
    CHECK(pipelined.status == 0);
    CHECK(pipelined.output.find("rror") == std::string::npos);
  }
}

}  // namespace snowflk::real
