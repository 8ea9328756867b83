// The peer: Debian's libraft (cowsql's C Raft) under its own fixture, which drives it in memory and
// in virtual time, without disks, faults or checks beyond two.
//
// Built only where libraft-dev is; else absent_peer.cpp stands in. An event is one step of the
// fixture: a message that has been sent, one that arrives, a disk write that is done, or a tick.
// Its headers are plain C.
#include <cstdarg>
#include <cstddef>
extern "C" {
#include <raft/fixture.h>
}

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "tests/bench/bench.hpp"
#include "tests/bench/peer.hpp"

namespace snowflk::bench {
namespace {

constexpr unsigned kServers = 5;
constexpr std::uint64_t kWarmUp = 10'000;  // events, a leader's election among them

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "libraft: %s failed\n", what);
  std::exit(2);
}

int applied(raft_fsm*, const raft_buffer*, void** result) {
  *result = nullptr;
  return 0;
}

/// A machine of no state: eight bytes, so that libraft has something to ship and to free.
int snapshot(raft_fsm*, raft_buffer* buffers[], unsigned* count) {
  *count = 1;
  *buffers = static_cast<raft_buffer*>(raft_malloc(sizeof(raft_buffer)));
  (*buffers)[0] = raft_buffer{.base = raft_malloc(8), .len = 8};
  return 0;
}

int restored(raft_fsm*, raft_buffer* buffer) {
  raft_free(buffer->base);
  return 0;
}

using Proposal = struct raft_apply;  // a function has the same name
void answered(Proposal* request, int, void*) { raft_free(request); }

class Cluster {
 public:
  Cluster() {
    must(raft_fixture_initialize(&fixture_) == 0, "raft_fixture_initialize");
    for (raft_fsm& machine : machines_) {
      machine = raft_fsm{.version = 1,
                         .data = nullptr,
                         .apply = applied,
                         .snapshot = snapshot,
                         .restore = restored,
                         .snapshot_finalize = nullptr,
                         .snapshot_async = nullptr};
      must(raft_fixture_grow(&fixture_, &machine) == 0, "raft_fixture_grow");
    }
    raft_configuration configuration;
    must(raft_fixture_configuration(&fixture_, kServers, &configuration) == 0, "configuration");
    must(raft_fixture_bootstrap(&fixture_, &configuration) == 0, "raft_fixture_bootstrap");
    raft_configuration_close(&configuration);
    must(raft_fixture_start(&fixture_) == 0, "raft_fixture_start");
    raft_fixture_elect(&fixture_, 0);
  }
  ~Cluster() { raft_fixture_close(&fixture_); }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  void step() { raft_fixture_step(&fixture_); }
  void propose() {
    const unsigned leader = raft_fixture_leader_index(&fixture_);
    must(leader < kServers, "a leader that stays");
    auto* request = static_cast<Proposal*>(raft_malloc(sizeof(Proposal)));
    const raft_buffer command{.base = raft_malloc(16), .len = 16};
    must(::raft_apply(raft_fixture_get(&fixture_, leader), request, &command, 1, answered) == 0,
         "raft_apply");
  }

 private:
  raft_fixture fixture_{};
  raft_fsm machines_[kServers];
};

}  // namespace

std::optional<double> peer_events_per_second(std::uint64_t events, std::uint64_t proposal_every) {
  const auto cluster = std::make_unique<Cluster>();  // some of its parts are large
  for (std::uint64_t event = 0; event < kWarmUp; ++event) cluster->step();
  const double begin = cpu_seconds();
  for (std::uint64_t event = 0; event < events; ++event) {
    if (proposal_every != 0 && event % proposal_every == 0) cluster->propose();
    cluster->step();
  }
  return static_cast<double>(events) / (cpu_seconds() - begin);
}

}  // namespace snowflk::bench
