// Which marks there are, and which ways a run has gone at them.
#include "sim/scenario/marks.hpp"

#include <algorithm>

#include "sim/scenario/run.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::scenario {
namespace {

bool went_both(bool condition) {
  const MarkNotes notes;
  SNOWFLK_MAYBE(condition);
  return std::ranges::count(notes.ways(), kWentTrue | kWentFalse) != 0;
}

std::size_t mentions(const std::vector<std::string>& lines, std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      lines, [&](const std::string& line) { return line.find(text) != std::string::npos; }));
}

TEST_CASE("every mark of the core is known, also where nobody has come to it") {
  const auto never = ways_never_gone(MarkWays(all_marks().size()));
  CHECK(never.size() == 2 * all_marks().size());
  CHECK(mentions(never, "core/raft/election.cpp:") >= 2);
  CHECK(mentions(never, "core/bitcask/recovery.cpp:") >= 2);
  CHECK(mentions(never, "never holds: ") == all_marks().size());
}

TEST_CASE("a mark notes the way that it went, and without a listener evaluates nothing") {
  int looked = 0;
  const auto looks = [&](bool holds) {
    looked += 1;
    return holds;
  };
  for (const bool way : {true, false}) {
    const MarkNotes notes;
    for (int twice = 0; twice < 2; ++twice) SNOWFLK_MAYBE(looks(way));
    const u8 expected = way ? kWentTrue : kWentFalse;
    CHECK(std::ranges::count(notes.ways(), expected) == 1);
    CHECK(std::ranges::count(notes.ways(), 0) + 1 == static_cast<long>(all_marks().size()));
  }
  CHECK(looked == 4);
  CHECK(!went_both(true));
  const MarkHandler before = set_mark_handler(nullptr);
  SNOWFLK_MAYBE(looks(true));
  set_mark_handler(before);
  CHECK(looked == 4);
}

TEST_CASE("an election in a quiet world goes some ways, and not others") {
  const auto scenario =
      parse(R"({"story": "s", "script": [{"until": "leader"}, {"propose": ["SET", "k", 1]},
        {"until": "idle"}, {"run": "1s"}]})");
  if (!scenario) FAIL(describe("s", scenario.error()));
  const MarkNotes notes;
  CHECK(!run(*scenario, 1, nullptr).violation);
  const auto never = ways_never_gone(notes.ways());
  CHECK(mentions(never, "never holds: free_to_vote") == 0);
  CHECK(mentions(never, "always holds: free_to_vote") == 1);  // nobody stood against another
  CHECK(never.size() < 2 * all_marks().size());
}

}  // namespace
}  // namespace snowflk::sim::scenario
