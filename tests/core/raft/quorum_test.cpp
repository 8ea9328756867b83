// core/raft/quorum.hpp against the definition, counted out.
#include "core/raft/quorum.hpp"

#include <algorithm>
#include <bit>

#include "tests/catch.hpp"
#include "tests/support/property.hpp"

namespace snowflk::raft {
namespace {

/// Slow and plain: the highest of the values that more than half are at or above.
u64 slow_reached(const std::vector<u64>& values) {
  u64 best = 0;
  for (const u64 candidate : values) {
    const auto at_or_above = std::ranges::count_if(values, [&](u64 v) { return v >= candidate; });
    if (2 * static_cast<std::size_t>(at_or_above) > values.size()) best = std::max(best, candidate);
  }
  return best;
}

TEST_CASE("any two majorities share a member, and a smaller set has no such promise") {
  for (u32 voters = 1; voters <= kVotersMax; ++voters) {
    const std::size_t enough = majority(voters);
    bool fewer_may_miss = false;
    for (u32 a = 0; a < (1U << voters); ++a) {
      for (u32 b = 0; b < (1U << voters); ++b) {
        const auto least = static_cast<std::size_t>(std::min(std::popcount(a), std::popcount(b)));
        if (least >= enough && (a & b) == 0) FAIL("two majorities of " << voters << " miss");
        if (least == enough - 1 && (a & b) == 0) fewer_may_miss = true;
      }
    }
    CHECK(fewer_may_miss);
  }
}

TEST_CASE("what a majority has reached is what counting says") {
  testing::check_property(
      "what a majority has reached is what counting says",
      [] {
        const auto voters = *rc::gen::inRange<std::size_t>(1, kVotersMax + 1);
        const auto values =
            *rc::gen::container<std::vector<u64>>(voters, rc::gen::inRange<u64>(0, 8));
        RC_ASSERT(reached_by_majority<u64>(values) == slow_reached(values));
      },
      2000);
}

TEST_CASE("of every set of voters, in every cluster, it is told whether it is a majority") {
  for (std::size_t voters = 1; voters <= kVotersMax; ++voters) {
    for (u32 set = 0; set < (1U << voters); ++set) {
      VoteSet votes;
      std::vector<u64> reached(voters);  // 1: is in the set
      std::size_t members = 0;           // counted one by one
      for (std::size_t i = 0; i < voters; ++i) {
        if ((set >> i & 1) == 0) continue;
        votes.add(i);
        reached[i] = 1;
        members += 1;
      }
      const bool more_than_half = 2 * members > voters;
      if ((votes.count() >= majority(voters)) != more_than_half) FAIL("set " << set);
      if (reached_by_majority<u64>(reached) != (more_than_half ? 1U : 0U)) FAIL("set " << set);
      if (slow_reached(reached) != (more_than_half ? 1U : 0U)) FAIL("set " << set);
    }
  }
  SUCCEED();
}

TEST_CASE("the order in which the servers stand does not matter") {
  std::vector<u64> values{3, 1, 4, 1, 5};
  std::ranges::sort(values);
  do {
    CHECK(reached_by_majority<u64>(values) == 3);
  } while (std::ranges::next_permutation(values).found);
}

TEST_CASE("a voter counts once, however often it says yes") {
  VoteSet votes;
  votes.add(8);
  votes.add(8);
  CHECK(votes.count() == 1);
  votes.add(0);
  CHECK(votes.count() == 2);
  votes.clear();
  CHECK(votes.count() == 0);
}

}  // namespace
}  // namespace snowflk::raft
