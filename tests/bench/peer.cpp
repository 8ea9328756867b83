// The simulator beside a peer of its kind, libraft's fixture: five nodes without faults, idle, and
// with one proposal every 200 events.
//
// The peer simulates no disk but a delay, no client and no fault; a message is two events to it,
// sent and arrived, and one to us. It checks Election Safety and Leader Append-Only, for which it
// copies the leader's log at each event. Ours runs as ever: disks sector by sector, all checks on.
#include "tests/bench/peer.hpp"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "sim/check/checks.hpp"
#include "sim/world.hpp"
#include "tests/bench/bench.hpp"

namespace snowflk::bench {
namespace {

constexpr u64 kEvents = 200'000;
constexpr u64 kProposalEvery = 200;
constexpr int kRounds = 5;

struct Ours {
  double events_per_second = 0;
  double entry_every = 0;  // events; zero: no entry
};

/// `clients` that think for `think`, which is what sets how many events there are for a proposal.
Ours ours(u32 clients, Duration think) {
  sim::WorldOptions options;
  options.nodes = 5;
  options.chaos = seconds(1'000'000);
  options.workload.clients = clients;
  options.workload.operations = 1'000'000'000;
  options.workload.think_mean = think;
  sim::World world{options};
  sim::Checks checks{options};
  const auto run_to = [&](u64 inputs) {
    while (world.counters().inputs < inputs) {
      const auto record = world.step();
      if (record && record->stepped) checks.observe(world.view(*record));
    }
  };
  run_to(kEvents / 10);
  const u64 from = world.counters().inputs;
  const u64 entries = world.node(NodeId{1}).applied_index().value;
  const double begin = cpu_seconds();
  run_to(from + kEvents);
  const double cpu = cpu_seconds() - begin;
  if (checks.violation()) {
    std::fprintf(stderr, "%s\n", checks.violation()->sentence.c_str());
    std::exit(2);
  }
  const auto events = static_cast<double>(world.counters().inputs - from);
  const auto more = static_cast<double>(world.node(NodeId{1}).applied_index().value - entries);
  return {.events_per_second = events / cpu, .entry_every = more == 0 ? 0 : events / more};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void compare(const char* what, u64 proposal_every, u32 clients, Duration think) {
  std::vector<double> mine;
  std::vector<double> theirs;
  double every = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Ours run = ours(clients, think);
    mine.push_back(run.events_per_second);
    every = run.entry_every;
    if (const auto peer = peer_events_per_second(kEvents, proposal_every)) theirs.push_back(*peer);
  }
  std::printf("  %s events=%" PRIu64 " events_per_s=%.0f events_per_entry=%.0f\n", what, kEvents,
              median(mine), every);
  if (theirs.empty()) {
    std::printf("  %s libraft=absent\n", what);
    return;
  }
  std::printf("  %s libraft_events_per_s=%.0f events_per_proposal=%" PRIu64
              " ratio_to_libraft=%.2f\n",
              what, median(theirs), proposal_every, median(mine) / median(theirs));
  std::fflush(stdout);
}

}  // namespace

void bench_peer() {
  compare("idle", 0, 0, milliseconds(1));
  compare("proposals", kProposalEvery, 1, milliseconds(530));
}

}  // namespace snowflk::bench
