// What the simulator costs: the design's workload, the cost of an event as a run gets longer, and
// copies of a world.
//
// An event is one input to one node: what else happens in a world (a message that is lost, a client
// that thinks) is in the time, and not in the count. Times are of the CPU, on one core, with all
// checks on, and so is what the checks cost.
#include <malloc.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "sim/check/checks.hpp"
#include "sim/scenario/run.hpp"
#include "sim/world.hpp"
#include "tests/bench/bench.hpp"
#include "tests/bench/peer.hpp"

namespace snowflk::bench {
namespace {

using sim::WorldOptions;

// The goals of the design.
constexpr double kEventsPerSecond = 1.5e6;
constexpr double kTimesRealTime = 1500;
constexpr double kForksPerSecond = 10'000;

/// What is allocated now: the peak of a process would be that of the benches before.
double heap_megabytes() {
  const struct mallinfo2 heap = ::mallinfo2();
  return static_cast<double>(heap.uordblks + heap.hblkhd) / (1024 * 1024);
}

// ---- The design's workload ---------------------------------------------------------------------

constexpr const char* kWorkload = R"({
  "story": "The workload of the design: 60 s, 2000 operations, faults as generator version 1 has.",
  "nodes": 5, "duration": "60s",
  "network": {"loss": "1/100", "duplicate": "1/100", "reorder": "5/100", "tail": "1/1000",
              "flip": "1/10000"},
  "disk": {"write_error": "1/20000", "sync_error": "1/20000", "read_error": "1/20000",
           "short": "1/1000", "writeback": "1/10"},
  "faults": {"process_crash_every": "60s", "machine_crash_every": "60s", "power_cut_every": "60s",
             "pause_every": "40s", "partition_every": "10s", "one_way_every": "10s",
             "jam_every": "10s",
             "client_cut_every": "20s", "reset_every": "5s",
             "clock_jump_every": "10s", "stall_every": "30s",
             "disk_full_every": "60s", "rot_every": "60s", "rot_nodes_max": 2},
  "workload": {"clients": 10, "operations": 2000, "keys": 20, "think_mean": "250ms"}
})";

class Counts final : public sim::scenario::Watcher {
 public:
  void event(const sim::World& world, const sim::StepRecord&) override {
    inputs = world.counters().inputs;
    boots = world.counters().boots;
    operations = world.history().operations().size();
  }
  void say(const sim::World&, std::string_view) override {}
  u64 inputs = 0;
  u64 boots = 0;
  u64 operations = 0;
};

void bench_workload() {
  const auto scenario = sim::scenario::parse(kWorkload);
  if (!scenario) {
    std::fprintf(stderr, "the workload is no scenario\n");
    std::exit(2);
  }
  constexpr u64 kSeeds = 20;
  u64 events = 0;
  u64 boots = 0;
  u64 operations = 0;
  double virtual_s = 0;
  const double begin = cpu_seconds();
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    Counts counts;
    const auto result = sim::scenario::run(*scenario, seed, &counts);
    if (result.violation) {
      std::fprintf(stderr, "seed %" PRIu64 ": %s\n", seed, result.violation->sentence.c_str());
      std::exit(2);
    }
    events += counts.inputs;
    boots += counts.boots;
    operations += counts.operations;
    virtual_s += static_cast<double>(result.end.value) * 1e-9;
  }
  const double cpu = cpu_seconds() - begin;
  const double per_second = static_cast<double>(events) / cpu;
  std::printf("  workload runs=%" PRIu64 " events=%" PRIu64 " boots=%" PRIu64 " operations=%" PRIu64
              " cpu_ms_each=%.1f\n",
              kSeeds, events / kSeeds, boots / kSeeds, operations / kSeeds,
              cpu * 1e3 / static_cast<double>(kSeeds));
  std::printf("  workload events_per_s=%.0f ratio_to_goal=%.2f\n", per_second,
              per_second / kEventsPerSecond);
  if (const auto peer = peer_events_per_second(100'000, 200)) {
    std::printf("  workload libraft_events_per_s=%.0f ratio_to_libraft=%.2f\n", *peer,
                per_second / *peer);
  }
  std::printf("  workload times_real_time=%.0f ratio_to_goal=%.2f\n", virtual_s / cpu,
              virtual_s / cpu / kTimesRealTime);
}

// ---- The cost of an event as the run gets longer -----------------------------------------------

/// Faults of the network alone: what restarts reads all of its log, and that is counted apart.
/// Clients think for long: an entry stays on each disk and in the history, for none is ever merged
/// away, so that what is kept grows with the entries.
WorldOptions long_run() {
  WorldOptions options;
  options.nodes = 5;
  options.chaos = seconds(1'000'000);
  options.network.loss_ppm = 10'000;
  options.network.duplicate_ppm = 10'000;
  options.network.reorder_ppm = 50'000;
  options.faults.partition_every = seconds(10);
  options.faults.one_way_every = seconds(10);
  options.faults.pause_every = seconds(60);
  options.workload.clients = 10;
  options.workload.operations = 1'000'000'000;
  options.workload.keys = 100;
  options.workload.think_mean = milliseconds(200);
  return options;
}

class LongRun {
 public:
  LongRun() : options_(long_run()), world_(options_), checks_(options_) {}

  void run_to(u64 inputs) {
    while (world_.counters().inputs < inputs) step();
  }
  void step() {
    const auto record = world_.step();
    if (record && record->stepped) checks_.observe(world_.view(*record));
    if (checks_.violation()) {
      std::fprintf(stderr, "%s\n", checks_.violation()->sentence.c_str());
      std::exit(2);
    }
  }
  /// Kills node 1 and runs until it is back. Returns the CPU seconds that is, beyond
  /// `ns_per_event` of each event meanwhile.
  double restart(double ns_per_event) {
    const double begin = cpu_seconds();
    const u64 inputs = world_.counters().inputs;
    world_.crash(NodeId{1}, sim::CrashKind::process);
    world_.restart(NodeId{1});
    while (!world_.is_up(NodeId{1}) || world_.node(NodeId{1}).raft() == nullptr) step();
    const auto others = static_cast<double>(world_.counters().inputs - inputs);
    return cpu_seconds() - begin - others * ns_per_event * 1e-9;
  }
  [[nodiscard]] const sim::World& world() const { return world_; }

 private:
  WorldOptions options_;
  sim::World world_;
  sim::Checks checks_;
};

void bench_length() {
  LongRun run;
  double first = 0;
  double megabytes = heap_megabytes();
  u64 from = 0;
  for (const u64 to : {u64{10'000}, u64{100'000}, u64{1'000'000}, u64{10'000'000}}) {
    const double begin = cpu_seconds();
    run.run_to(to);
    const double ns =
        (cpu_seconds() - begin) * 1e9 / static_cast<double>(run.world().counters().inputs - from);
    if (first == 0) first = ns;
    const double recovery = run.restart(ns);
    const double grown = heap_megabytes() - megabytes;
    const u64 events = run.world().counters().inputs - from;
    megabytes += grown;
    from += events;
    std::printf("  length events=%-8" PRIu64
                " ns_per_event=%.0f ratio_to_first=%.2f ratio_to_goal=%.2f "
                "operations=%zu recovery_ms=%.1f heap_mb=%.0f grown_bytes_per_event=%.0f\n",
                to, ns, ns / first, 1.2 / (ns / first), run.world().history().operations().size(),
                recovery * 1e3, megabytes, grown * 1024 * 1024 / static_cast<double>(events));
    std::fflush(stdout);
  }
}

// ---- Copies of a world -------------------------------------------------------------------------

void bench_forks() {
  WorldOptions options = long_run();
  options.faults = {};
  sim::World world{options};
  constexpr u64 kEntries = 1000;
  const auto all_have = [&] {
    for (u32 id = 1; id <= world.size(); ++id) {
      const raft::Raft* raft = world.node(NodeId{id}).raft();
      if (raft == nullptr || raft->log().last_index().value < kEntries) return false;
    }
    return true;
  };
  while (!all_have()) static_cast<void>(world.step());
  const double ns = cpu_nanoseconds([&] {
    const sim::World copy{world};
    keep(copy.counters());
  });
  std::printf("  forks entries=%" PRIu64 " us_each=%.1f forks_per_s=%.0f ratio_to_goal=%.3f\n",
              kEntries, ns * 1e-3, 1e9 / ns, 1e9 / ns / kForksPerSecond);
}

}  // namespace

void bench_simulator() {
  bench_workload();
  std::fflush(stdout);
  bench_forks();
  std::fflush(stdout);
  bench_length();
}

}  // namespace snowflk::bench
