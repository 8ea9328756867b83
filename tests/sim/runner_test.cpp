#include "sim/runner.hpp"

#include <signal.h>

#include <vector>

#include "core/base/assert.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {

namespace {

std::vector<SeedResult> run_all(SeedRange range, u32 jobs,
                                const std::function<std::string(u64)>& work) {
  std::vector<SeedResult> results;
  const bool ran = run_seeds(range, jobs, work, [&](const SeedResult& result) {
    results.push_back(result);
    return true;
  });
  REQUIRE(ran);
  return results;
}

}  // namespace

TEST_CASE("Results come in the order of the seeds, each once, however many work") {
  for (const u32 jobs : {1U, 2U, 5U}) {
    const auto results = run_all({3, 40}, jobs, [](u64 seed) {
      return std::string(seed % 7 * 1000, 'x') + std::to_string(seed * seed);
    });
    REQUIRE(results.size() == 38);
    for (u64 i = 0; i < results.size(); ++i) {
      const u64 seed = i + 3;
      REQUIRE(results[i].seed == seed);
      REQUIRE(results[i].status == RunStatus::finished);
      REQUIRE(results[i].text == std::string(seed % 7 * 1000, 'x') + std::to_string(seed * seed));
    }
  }
}

TEST_CASE("An assertion in one run is that run's verdict, and names what was asserted") {
  const auto results = run_all({1, 9}, 2, [](u64 seed) {
    SNOWFLK_ASSERT(seed != 5);
    return std::string("fine");
  });
  REQUIRE(results.size() == 9);
  CHECK(results[3].status == RunStatus::finished);
  CHECK(results[4].status == RunStatus::assertion);
  CHECK(results[4].text.find("seed != 5") != std::string::npos);
  CHECK(results[4].text.find("runner_test.cpp") != std::string::npos);
  CHECK(results[8].text == "fine");
}

TEST_CASE("A run that is killed is told by its signal, and the others go on") {
  const auto results = run_all({1, 6}, 2, [](u64 seed) {
    if (seed == 2) ::raise(SIGKILL);
    return std::string("fine");
  });
  REQUIRE(results.size() == 6);
  CHECK(results[1].status == RunStatus::crashed);
  CHECK(results[1].text.find("Killed") != std::string::npos);
  CHECK(results[5].status == RunStatus::finished);
}

TEST_CASE("Who emits may stop the rest") {
  u64 emitted = 0;
  const bool ran = run_seeds(
      {1, 1'000'000'000}, 2, [](u64) { return std::string(); },
      [&](const SeedResult&) {
        emitted += 1;
        return emitted < 10;
      });
  CHECK(ran);
  CHECK(emitted == 10);
}

}  // namespace snowflk::sim
