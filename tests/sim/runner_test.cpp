#include "sim/runner.hpp"

#include <signal.h>
#include <sys/mman.h>

#include <atomic>
#include <new>
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

/// A number that all processes of this one count up.
class SharedCount {
 public:
  SharedCount() {
    void* const page = ::mmap(nullptr, sizeof(std::atomic<u64>), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(page != MAP_FAILED);
    count_ = new (page) std::atomic<u64>;
  }
  ~SharedCount() { ::munmap(count_, sizeof *count_); }
  SharedCount(const SharedCount&) = delete;
  SharedCount& operator=(const SharedCount&) = delete;
  std::atomic<u64>& value() { return *count_; }

 private:
  std::atomic<u64>* count_ = nullptr;
};

TEST_CASE("A run that somebody killed is done again, and its result is as if nobody had") {
  SharedCount kills;
  const auto results = run_all({1, 6}, 2, [&](u64 seed) {
    if (seed == 2 && kills.value()++ < 2) ::raise(SIGKILL);
    return std::string("fine");
  });
  REQUIRE(results.size() == 6);
  CHECK(kills.value() == 3);
  CHECK(results[1].status == RunStatus::finished);
  CHECK(results[1].text == "fine");
}

TEST_CASE("The last seeds that there are come to an end") {
  const u64 last = UINT64_MAX;
  for (const u64 first : {last, last - 1, last - 200}) {
    const auto results = run_all({first, last}, 2, [](u64) { return std::string("fine"); });
    REQUIRE(results.size() == last - first + 1);
    CHECK(results.back().seed == last);
  }
}

TEST_CASE("A run that is killed every time is told by its signal, and the others go on") {
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
