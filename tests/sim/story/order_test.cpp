// The lines of a story stand in the order of time, also those that were kept back and counted.
#include <algorithm>
#include <filesystem>

#include "tests/sim/story/teller.hpp"

namespace snowflk::sim::story {
namespace {

/// The first line whose time is before that of the line above it; empty: there is none.
std::string first_fall(const std::string& story) {
  std::istringstream lines{story};
  std::string line;
  double before = 0;
  while (std::getline(lines, line)) {
    const double at = std::stod(line);
    if (at < before) return line;
    before = at;
  }
  return {};
}

TEST_CASE("time never falls in a story, whatever the scenario") {
  u32 stories = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{
           std::filesystem::path{SNOWFLK_SOURCE_DIR} / "scenarios"}) {
    if (entry.path().extension() != ".json") continue;
    const std::string scenario = read_scenario(entry.path());
    const u64 seeds = entry.path().stem() == "everything" ? 12 : 3;
    for (u64 seed = 1; seed <= seeds; ++seed) {
      for (const bool every_operation : {true, false}) {
        INFO(entry.path().string() << " --seed " << seed);
        CHECK(first_fall(told(scenario, seed, every_operation)).empty());
        stories += 1;
      }
    }
  }
  CHECK(stories > 100);
}

/// Events of nodes that are told without a run.
class OrderFixture {
 public:
  OrderFixture() : world_(WorldOptions{}), story_(Style{}, text) {}
  void happen(i64 millisecond, u32 node, const Happening& what) {
    StepRecord record;
    record.at = VirtualTime{millisecond * 1'000'000};
    record.node = NodeId{node};
    record.what = what;
    record.effects = &none_;
    story_.observe(record, actor_of(world_, record.node), world_.history());
  }
  std::string text;

 private:
  World world_;
  node::Effects none_;
  Story story_;
};

constexpr ReadFinished kFailed{.file = {}, .offset = 0, .length = 0, .failed = true};

TEST_CASE("what was counted is told at its own time while nobody else has had a say") {
  OrderFixture of;
  for (i64 ms = 1; ms <= 4; ++ms) of.happen(ms, 1, kFailed);
  of.happen(9, 1, DiskStalled{});
  CHECK(has(of.text,
            "   0.004000  n1    down                 (3 times more: its disk fails to read)\n"));
}

TEST_CASE("what was counted before others had their say is told with the time when it was") {
  OrderFixture of;
  for (i64 ms = 1; ms <= 4; ++ms) of.happen(ms, 1, kFailed);
  of.happen(2 + 4, 2, DiskStalled{});
  of.happen(7, 2, kFailed);
  of.happen(8, 2, kFailed);
  of.happen(9, 1, DiskStalled{});
  of.happen(10, 2, DiskStalled{});
  CHECK(has(of.text,
            "   0.007000  n1    down                 "
            "(3 times more, until 0.004000: its disk fails to read)\n"));
  CHECK(has(of.text,
            "   0.009000  n2    down                 "
            "(once more, at 0.008000: its disk fails to read)\n"));
  CHECK(first_fall(of.text).empty());
}

TEST_CASE("what others do may follow from a crash or a pause: each is told when it comes") {
  OrderFixture of;
  of.happen(1, 1, NodeCrashed{.kind = CrashKind::machine});
  of.happen(2, 1, NodeCrashed{.kind = CrashKind::machine});
  CHECK(count_of(of.text, "loses power") == 2);
}

TEST_CASE("lines that come together are counted together") {
  const std::string text = told(file("storage/disk_full.json"), 1);
  CHECK(has(text, "times more: its disk refuses to create: no space; has no space for more"));
  CHECK(count_of(text, "its disk refuses to create: no space\n") <= 2);
}

}  // namespace
}  // namespace snowflk::sim::story
