// All states of small worlds: how many there are, and that it does not matter who counts them.
#include <atomic>
#include <cstring>
#include <thread>

#include "sim/search/exhaustive/saved.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::exhaustive {
namespace {

/// Pieces are done by as many threads, in whatever order.
Workers threads(u32 count) {
  return [count](u32 pieces, const std::function<void(u32)>& work) {
    std::atomic<u32> next = 0;
    std::vector<std::jthread> all;
    for (u32 i = 0; i < count; ++i) {
      all.emplace_back([&] {
        for (u32 piece = next++; piece < pieces; piece = next++) work(piece);
      });
    }
    all.clear();
    return std::vector<Lost>{};
  };
}

bool go_on(const Progress& /*progress*/) { return true; }

struct Result {
  Outcome outcome = Outcome::stopped;
  u64 states = 0;
  u64 transitions = 0;
  u64 depth = 0;
  std::vector<u64> origins;
  friend bool operator==(const Result&, const Result&) = default;
};

Result result_of(const Search& search, Outcome outcome) {
  const Progress& end = search.progress();
  return Result{.outcome = outcome,
                .states = end.states(),
                .transitions = end.transitions,
                .depth = end.depth,
                .origins = end.origins};
}

Result explore(const Bounds& bounds, const Workers& workers = one_after_the_other) {
  Search search{bounds};
  const Outcome outcome = search.run({}, workers, go_on);
  return result_of(search, outcome);
}

std::string saved(const Progress& progress) {
  std::string bytes;
  REQUIRE(save(progress, "this build", [&](Bytes more) {
    bytes += as_text(more);
    return true;
  }));
  return bytes;
}

std::expected<Progress, std::string> loaded(std::string_view bytes,
                                            std::string_view build = "this build") {
  return load(build, [&](MutableBytes into) {
    if (bytes.size() < into.size()) return false;
    if (!into.empty()) std::memcpy(into.data(), bytes.data(), into.size());
    bytes.remove_prefix(into.size());
    return true;
  });
}

}  // namespace

TEST_CASE("the states of small worlds are so many, and nothing is broken in them") {
  struct Case {
    Bounds bounds;
    u64 states;
    u64 transitions;
    u64 depth;
  };
  const Case all[] = {
      {{.terms = 1, .entries = 0}, 44, 94, 10},
      {{.terms = 1, .entries = 2}, 670, 1518, 19},
      {{.terms = 2, .entries = 0}, 2191, 6440, 19},
      {{.terms = 2, .entries = 1}, 12975, 37210, 26},
      {{.terms = 1, .entries = 1, .crashes = 1}, 2471, 6237, 17},
      {{.terms = 1, .entries = 1, .drops = 2, .heartbeats = 1}, 9104, 25946, 19},
      {{.terms = 1, .entries = 1, .duplicates = 1, .overtakes = 1}, 1947, 5437, 15},
      {{.nodes = 2, .terms = 2, .entries = 1, .crashes = 2, .drops = 1}, 20302, 45884, 21},
      {{.nodes = 5, .terms = 1, .entries = 0}, 550, 2977, 19},
      {{.terms = 2, .entries = 0, .old_messages = true}, 29291, 116119, 28},
  };
  for (const Case& each : all) {
    CAPTURE(print(each.bounds));
    const Result result = explore(each.bounds);
    CHECK(result.outcome == Outcome::complete);
    CHECK(result.states == each.states);
    CHECK(result.transitions == each.transitions);
    CHECK(result.depth == each.depth);
  }
}

TEST_CASE("who does which piece changes nothing, down to the way to each state") {
  const Bounds bounds{.terms = 2, .entries = 1, .crashes = 1};
  const Result alone = explore(bounds);
  CHECK(alone.states > 1000 * Search::kPieces);
  CHECK(explore(bounds, threads(2)) == alone);
  CHECK(explore(bounds, threads(3)) == alone);
}

TEST_CASE("states that differ by names alone are one: six times fewer, and the same verdict") {
  const Bounds bounds{.terms = 2, .entries = 0};
  Bounds with_names = bounds;
  with_names.symmetry = false;
  const Result result = explore(bounds);
  const Result named = explore(with_names);
  CHECK(named.outcome == result.outcome);
  CHECK(named.depth == result.depth);
  CHECK(named.states > result.states * 5);
  CHECK(named.states <= result.states * 6);
}

TEST_CASE("a search that was kept ends as one that was never stopped") {
  const Bounds bounds{.terms = 2, .entries = 1, .crashes = 1};
  const Result whole = explore(bounds);
  Search search{bounds};
  u64 stops = 0;
  Limits limits{.states = 1};
  Outcome outcome = search.run(limits, one_after_the_other, go_on);
  while (outcome == Outcome::states_spent) {
    stops += 1;
    auto again = loaded(saved(search.progress()));
    REQUIRE(again.has_value());
    search = Search{std::move(*again)};
    limits.states = search.progress().states() + 20'000;
    outcome = search.run(limits, one_after_the_other, go_on);
  }
  CHECK(stops > 3);
  CHECK(result_of(search, outcome) == whole);
}

TEST_CASE("a search stops when it holds as much as it may") {
  Search search{Bounds{.terms = 2, .entries = 2, .crashes = 1}};
  const Outcome outcome = search.run({.memory_bytes = 4U << 20U}, one_after_the_other, go_on);
  CHECK(outcome == Outcome::memory_spent);
  CHECK(search.progress().bytes() > 4U << 20U);
  CHECK(search.progress().bytes() < 12U << 20U);
}

TEST_CASE("what was kept is judged before it is gone on with") {
  Search search{Bounds{.terms = 1}};
  search.run({.states = 20}, one_after_the_other, go_on);
  const std::string bytes = saved(search.progress());
  REQUIRE(loaded(bytes).has_value());
  CHECK(loaded(bytes, "another build").error().find("another build") != std::string::npos);
  CHECK_FALSE(loaded("").has_value());
  CHECK_FALSE(loaded(std::string(4096, 'x')).has_value());
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    CHECK_FALSE(loaded(std::string_view{bytes}.substr(0, size)).has_value());
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    CHECK_FALSE(loaded(damaged).has_value());
  }
}

TEST_CASE("there is no world beyond what a state has room for") {
  CHECK_FALSE(why_not(Bounds{}));
  CHECK(why_not(Bounds{.nodes = 1}) == "nodes: expected 2 to 5, found 1");
  CHECK(why_not(Bounds{.nodes = 6}));
  CHECK(why_not(Bounds{.terms = 0}));
  CHECK(why_not(Bounds{.terms = 9}));
  CHECK(why_not(Bounds{.entries = 7}));
  CHECK(why_not(Bounds{.crashes = 16}));
  CHECK(why_not(Bounds{.entries_per_message = 5}));
}

}  // namespace snowflk::sim::exhaustive
