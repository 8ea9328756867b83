// A warm step allocates nothing: counted at operator new, inside the steps alone.
#include "tests/catch.hpp"
#include "tests/core/node/bench_cluster.hpp"
#include "tests/support/allocations.hpp"

namespace snowflk::test {

// What is one row an entry grows with the log, the table of cached values too (at 1536 of them, two
// a turn of the round), and a new segment takes a manifest; none of it happens within the second
// round: the first has passed the last growth, and the segment is long.
TEST_CASE("a warm step allocates nothing, on a leader and on its followers") {
  count_allocations = &testing::allocations;
  BenchCluster cluster(3, 16ULL << 20);
  const u32 leader = cluster.elect();
  const u32 follower = leader == 1 ? 2 : 1;
  const auto round = [&](u32 commands) {
    for (u32 i = 0; i < commands; ++i) {
      REQUIRE(cluster.ask(leader, {"SET", "key", "some value of some length"}) == "+OK");
      REQUIRE(cluster.ask(leader, {"GET", "key"}) == "$25some value of some length");
      REQUIRE(cluster.ask(follower, {"INCR", "counter"}).starts_with(":"));
      REQUIRE(cluster.ask(follower, {"GET", "key"}) == "$25some value of some length");
    }
  };
  round(800);
  for (u32 node = 1; node <= 3; ++node) cluster.seat(node).allocations = 0;
  round(100);
  for (u32 node = 1; node <= 3; ++node) CHECK(cluster.seat(node).allocations == 0);
}

}  // namespace snowflk::test
