// Figure 3 under everything that may happen: random walks of whole clusters of Raft values.
#include <algorithm>

#include "core/base/prng.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"
#include "tests/support/raft_walk.hpp"

namespace snowflk::testing {
namespace {

std::string outcome(RaftWalk& walk) { return walk.broken().value_or("holds"); }

template <class E>
std::size_t count(const RaftCluster& cluster) {
  return static_cast<std::size_t>(std::ranges::count_if(
      cluster.events, [](const raft::Event& e) { return std::holds_alternative<E>(e); }));
}

/// Small messages and windows, so that batches, windows and their ends are met often.
raft::Options narrow() {
  return {.self = {},
          .voters = {},
          .entries_per_message_max = 3,
          .bytes_per_message_max = 1500,
          .inflight_messages_max = 2,
          .inflight_bytes_max = 3000};
}

TEST_CASE("Figure 3 holds over any schedule, and a healed cluster converges") {
  check_property(
      "Figure 3 holds over any schedule",
      [] {
        const auto servers = *rc::gen::inRange<u32>(1, 6);
        const auto choices =
            *rc::gen::resize(600, rc::gen::container<std::vector<u32>>(rc::gen::arbitrary<u32>()));
        RaftWalk walk{servers, narrow()};
        for (const u32 choice : choices) walk.step(mix64(choice));
        walk.heal();
        RC_ASSERT(outcome(walk) == "holds");
      },
      1000);
}

TEST_CASE("long walks meet elections, truncations and commits, and Figure 3 holds") {
  std::size_t leaders = 0;
  std::size_t truncations = 0;
  std::size_t committed = 0;
  for (u64 seed = 1; seed <= 1000; ++seed) {
    CAPTURE(seed);
    Prng random{seed, 0, 0};
    RaftWalk walk{static_cast<u32>(2 + random.below(4)), narrow()};
    for (int i = 0; i < 3000; ++i) walk.step(random.next());
    walk.heal();
    REQUIRE(outcome(walk) == "holds");
    leaders += count<raft::BecameLeader>(walk.cluster());
    truncations += count<raft::LogTruncated>(walk.cluster());
    committed += walk.figure3().committed();
  }
  CAPTURE(leaders, truncations, committed);
  // A walk in which nothing happens proves nothing.
  CHECK(leaders > 500);
  CHECK(truncations > 100);
  CHECK(committed > 2000);
}

}  // namespace
}  // namespace snowflk::testing
