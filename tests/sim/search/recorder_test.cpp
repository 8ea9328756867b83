// What a run did to its disks and clocks is done again by its recording: the same, at the same
// place, and read by the same nodes.
#include "sim/search/recorder.hpp"

#include <array>
#include <string>
#include <vector>

#include "sim/scenario/write.hpp"
#include "sim/search/rewrites.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::search {
namespace {

/// What each disk has gone through, and how wrong each wall clock is, when a run ends.
struct Traces {
  std::vector<std::vector<Harm>> harms;
  std::vector<u64> bad_sector_reads;
  std::vector<bool> misled;
  std::vector<i64> wall_offsets;
  std::vector<u64> sectors_at_risk;  // that power cuts found: of what was written, and when
  std::vector<u64> commits;
  std::vector<u64> used_bytes;
  u64 damaged = 0;  // frames
  friend bool operator==(const Traces&, const Traces&) = default;
};

class Watching final : public scenario::Watcher {
 public:
  explicit Watching(Recorder* recorder) : recorder_(recorder) {}
  void event(const World& world, const StepRecord& record) override {
    if (recorder_ != nullptr) recorder_->event(world, record);
    const auto* frame = std::get_if<FrameDelivered>(&record.what);
    if (frame != nullptr && frame->damaged) traces.damaged += 1;
  }
  void say(const World& world, std::string_view text) override {
    if (recorder_ != nullptr) recorder_->say(world, text);
  }
  void ended(const World& world) override {
    for (const NodeId node : world.nodes()) {
      const Seat& seat = world.seat(node);
      traces.harms.push_back(seat.disk.harms());
      traces.bad_sector_reads.push_back(seat.disk.counters().bad_sector_reads);
      traces.misled.push_back(seat.disk.has_misled());
      traces.wall_offsets.push_back(seat.clock.wall_offset().value);
      traces.sectors_at_risk.push_back(seat.disk.counters().sectors_at_risk);
      traces.used_bytes.push_back(seat.disk.used_bytes());
      short_reads += seat.disk.counters().short_reads;
      const raft::Raft* raft = seat.node.raft();
      traces.commits.push_back(raft == nullptr ? 0 : raft->commit_index().value);
    }
  }

  Traces traces;
  u64 short_reads = 0;  // of a crash's reads too, that brought nobody anything

 private:
  Recorder* recorder_;
};

/// One node alone: what its disk does decides all that it does.
scenario::Scenario of_faults(const std::string& faults) {
  const auto scenario = scenario::parse(R"({"story": "Faults of one kind.", "nodes": 1,
    "duration": "4s", "heal": false, "workload": {"clients": 3, "operations": 200, "keys": 4},
    "faults": {"rot_nodes_max": 1, "machine_crash_every": "600ms", "down_mean": "50ms", )" +
                                        faults + "}}");
  if (!scenario) FAIL(scenario::describe("faults", scenario.error()));
  return *scenario;
}

/// What a file has of a recording's steps is what the recording has.
void check_file_of(const Recording& recording) {
  const std::string text = scenario::write(recording.scenario, recording.options, "{}");
  const auto read = scenario::parse(text);
  if (!read) FAIL(scenario::describe("written", read.error()));
  REQUIRE(read->script.size() == recording.scenario.script.size());
  for (std::size_t at = 0; at < read->script.size(); ++at) {
    const scenario::Step& written = read->script[at];
    const scenario::Step& meant = recording.scenario.script[at];
    INFO(scenario::write_step(meant));
    CHECK(written.verb == meant.verb);
    CHECK(written.nodes == meant.nodes);
    CHECK(written.text == meant.text);
    CHECK(written.byte == meant.byte);
    CHECK(written.other_file == meant.other_file);
    CHECK(written.other_byte == meant.other_byte);
    CHECK(written.bytes == meant.bytes);
    CHECK(written.flip == meant.flip);
    CHECK(written.lane == meant.lane);
    CHECK(written.once == meant.once);
    CHECK(written.amount == meant.amount);
  }
}

struct Twice {
  Traces first;
  Traces again;
  u64 short_reads = 0;  // the first time
};

Recording as_it_was(const Recording& recording) { return recording; }

Twice run_twice(const scenario::Scenario& scenario, u64 seed,
                Recording (*rewrite)(const Recording&) = as_it_was) {
  Recorder recorder;
  Watching first{&recorder};
  Watching again{nullptr};
  const WorldOptions options = scenario::run_options(scenario, seed);
  static_cast<void>(scenario::run_in(scenario, options, &first));
  const Recording recording = rewrite(recorder.recording(scenario, options, false));
  static_cast<void>(scenario::run_in(recording.scenario, recording.options, &again));
  check_file_of(recording);
  return {.first = first.traces, .again = again.traces, .short_reads = first.short_reads};
}

u64 count_of(const Traces& traces, HarmKind kind) {
  u64 count = 0;
  for (const auto& harms : traces.harms) {
    for (const Harm& harm : harms) {
      if (harm.kind == kind) count += 1;
    }
  }
  return count;
}

u64 misled_nodes(const Traces& traces) {
  u64 count = 0;
  for (const bool misled : traces.misled) {
    if (misled) count += 1;
  }
  for (const u64 reads : traces.bad_sector_reads) {
    if (reads > 0) count += 1;
  }
  return count;
}

TEST_CASE("what is done to single pages is recorded, and what reads of them met is met again") {
  struct Case {
    std::string faults;
    std::vector<HarmKind> harms;
  };
  const std::array cases{
      Case{R"("bad_sector_every": "700ms")", {HarmKind::bad_sector}},
      Case{R"("bad_sector_every": "700ms", "bad_sector_meta": "100%")", {HarmKind::bad_sector}},
      Case{R"("stale_read_every": "700ms")", {HarmKind::stale_read, HarmKind::stale_once}},
      Case{R"("misdirected_read_every": "700ms")", {HarmKind::misdirected_read}},
      Case{R"("misdirected_write_every": "700ms")", {HarmKind::misdirected_write}}};
  for (const Case& one : cases) {
    const scenario::Scenario scenario = of_faults(one.faults);
    std::vector<u64> harmed(one.harms.size(), 0);
    u64 met = 0;
    for (u64 seed = 1; seed <= 6; ++seed) {
      INFO(one.faults << ", seed " << seed);
      const Twice times = run_twice(scenario, seed);
      CHECK(times.first == times.again);
      for (std::size_t at = 0; at < one.harms.size(); ++at) {
        harmed[at] += count_of(times.first, one.harms[at]);
      }
      met += misled_nodes(times.first);
    }
    INFO(one.faults);
    for (const u64 count : harmed) CHECK(count > 0);
    CHECK(met > 0);
  }
}

TEST_CASE("a crash leaves of an operation under way what it left when it was recorded") {
  const scenario::Scenario scenario = of_faults(R"("process_crash_every": "500ms")");
  u64 differ = 0;
  for (u64 seed = 1; seed <= 6; ++seed) {
    INFO("seed " << seed);
    const Twice times = run_twice(scenario, seed);
    CHECK(times.first == times.again);
    const Twice not_begun = run_twice(scenario, seed, with_nothing_under_way);
    if (not_begun.first != not_begun.again) differ += 1;
  }
  CHECK(differ > 0);
}

TEST_CASE("a read that brings a part, and a frame with a turned bit, are recorded") {
  const auto scenario = scenario::parse(R"({"story": "Three.", "nodes": 3, "duration": "3s",
    "heal": false, "workload": {"clients": 3, "operations": 200, "keys": 4},
    "network": {"flip": "1/50"}, "disk": {"short": "1/10"},
    "faults": {"process_crash_every": "600ms", "down_mean": "50ms"},
    "node": {"value_cache_bytes": 1}})");
  if (!scenario) FAIL(scenario::describe("parts", scenario.error()));
  u64 short_reads = 0;
  u64 damaged = 0;
  for (u64 seed = 1; seed <= 6; ++seed) {
    INFO("seed " << seed);
    const Twice times = run_twice(*scenario, seed);
    CHECK(times.first == times.again);
    short_reads += times.short_reads;
    damaged += times.first.damaged;
  }
  CHECK(short_reads > 0);
  CHECK(damaged > 0);
}

TEST_CASE("a node that was still reading when it crashed has nothing under way") {
  const auto scenario = scenario::parse(R"({"story": "Slow reads.", "nodes": 1, "duration": "4s",
    "heal": false, "workload": {"clients": 3, "operations": 200, "keys": 4},
    "disk": {"read_mean": "20ms"},
    "faults": {"process_crash_every": "150ms", "down_mean": "50ms"}})");
  if (!scenario) FAIL(scenario::describe("slow reads", scenario.error()));
  const auto all_under_way = [](const Recording& recording) {
    Recording changed = recording;
    for (std::size_t at = 0; at < recording.scenario.script.size(); ++at) {
      if (recording.scenario.script[at].verb != scenario::Verb::crash) continue;
      changed = with_all_under_way_at(changed, at);
    }
    return changed;
  };
  u64 differ = 0;
  for (u64 seed = 1; seed <= 6; ++seed) {
    INFO("seed " << seed);
    const Twice times = run_twice(*scenario, seed);
    CHECK(times.first == times.again);
    const Twice without = run_twice(*scenario, seed, all_under_way);
    if (without.first != without.again) differ += 1;
  }
  CHECK(differ > 0);
}

TEST_CASE("streams are recorded, and most runs are told without what was heard of them too") {
  const auto scenario = scenario::parse(R"({"story": "A pair.", "nodes": 2, "duration": "3s",
    "heal": false, "workload": {"clients": 3, "operations": 200, "keys": 4},
    "faults": {"reset_every": "200ms"},
    "priorities": {"depth": 3, "steps": 2000, "window": "200ms"}})");
  REQUIRE(scenario);
  u64 told = 0;
  u64 by_themselves = 0;
  for (u64 seed = 1; seed <= 60; ++seed) {
    const Twice times = run_twice(*scenario, seed);
    if (times.first == times.again) told += 1;
    const Twice without = run_twice(*scenario, seed, with_streams_by_themselves);
    if (without.first == without.again) by_themselves += 1;
  }
  CHECK(told >= 58);
  CHECK(by_themselves >= 48);
}

/// What each node was given, and when: by peers, by its clock and its disk.
class Inputs final : public scenario::Watcher {
 public:
  explicit Inputs(Recorder* recorder) : recorder_(recorder) {}
  void event(const World& world, const StepRecord& record) override {
    if (recorder_ != nullptr) recorder_->event(world, record);
    const bool counts = std::holds_alternative<NodeBooted>(record.what) ||
                        std::holds_alternative<FrameDelivered>(record.what) ||
                        std::holds_alternative<DeadlineReached>(record.what) ||
                        std::holds_alternative<DiskOpFinished>(record.what) ||
                        std::holds_alternative<ReadFinished>(record.what);
    if (!counts) return;
    Digest digest;
    digest.add(static_cast<u64>(record.at.value));
    digest.add(record.what.index());
    digest.add(record.bytes);
    of_nodes[record.node].push_back(digest);
  }
  void say(const World& world, std::string_view text) override {
    if (recorder_ != nullptr) recorder_->say(world, text);
  }

  std::map<NodeId, std::vector<Digest>> of_nodes;

 private:
  Recorder* recorder_;
};

bool is_told_whole(const scenario::Scenario& scenario, u64 seed, Reads reads) {
  Recorder recorder{reads};
  Inputs first{&recorder};
  Inputs again{nullptr};
  const WorldOptions options = scenario::run_options(scenario, seed);
  static_cast<void>(scenario::run_in(scenario, options, &first));
  const Recording recording = with_wakes_if_due(recorder.recording(scenario, options, false));
  static_cast<void>(scenario::run_in(recording.scenario, recording.options, &again));
  return first.of_nodes == again.of_nodes;
}

// What is not told are the connections of clients, which decide a deadline here and there.
TEST_CASE("with the times of its reads most runs are told input by input") {
  const auto scenario =
      scenario::parse(R"({"story": "Any.", "swarm": true, "generator": 4, "duration": "4s"})");
  REQUIRE(scenario);
  u64 told = 0;
  u64 told_without = 0;
  for (u64 seed = 1; seed <= 20; ++seed) {
    if (is_told_whole(*scenario, seed, Reads::by_hand)) told += 1;
    if (is_told_whole(*scenario, seed, Reads::by_themselves)) told_without += 1;
  }
  CHECK(told >= 16);
  CHECK(told_without < told / 2);
}

TEST_CASE("what the wall clocks of a run did is recorded, to the nanosecond") {
  const scenario::Scenario scenario = of_faults(R"("clock_jump_every": "300ms")");
  const Twice times = run_twice(scenario, 3);
  CHECK(times.first.wall_offsets == times.again.wall_offsets);
  u64 uneven = 0;
  for (const i64 offset : times.first.wall_offsets) {
    if (offset % scenario::kNanosecondsPerMs != 0) uneven += 1;
  }
  CHECK(uneven > 0);
}

}  // namespace
}  // namespace snowflk::sim::search
