// What one step of the core costs: time, and calls of operator new.
//
// A cluster of one, so that every step is its own: a SET is the request, the write's completion and
// what follows from it; a GET of a value in memory is one step. Nothing is copied and no disk is
// there: operations are done as soon as they are asked for.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/kv/command.hpp"
#include "core/node/node.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/allocations.hpp"

namespace snowflk::bench {
namespace {

class Alone {
 public:
  Alone() : node_(options()) {
    step(node::Booted{.entropy = 1, .files = {}});
    settle();
    for (int tries = 0; tries < 1000 && !leads(); ++tries) {
      now_.monotonic = std::max(now_.monotonic, effects_.deadline);
      step(node::DeadlinePassed{});
      settle();
    }
    if (!leads()) std::abort();
  }

  /// Asks, and does all that follows. Returns how many replies came.
  std::size_t ask(Bytes command) {
    replies_ = 0;
    requests_ += 1;
    now_.monotonic = now_.monotonic + microseconds(1);
    step(node::ClientRequest{
        .client = node::ClientId{1}, .request = node::RequestId{requests_}, .command = command});
    settle();
    return replies_;
  }
  [[nodiscard]] u64 steps() const { return steps_; }

 private:
  static node::Options options() {
    node::Options options;
    options.cluster = ClusterId{1};
    options.self = NodeId{1};
    options.voters = {NodeId{1}};
    options.bootstrap = true;
    return options;
  }
  [[nodiscard]] bool leads() const {
    return node_.raft() != nullptr && node_.raft()->role() == raft::Role::leader;
  }
  void step(const node::Input& input) {
    steps_ += 1;
    node_.step(now_, input, effects_);
    replies_ += effects_.replies.size();
    for (const bitcask::DiskOp& op : effects_.disk) {
      wanted_[static_cast<unsigned>(op.lane)] = op.sequence;
    }
    if (!effects_.reads.empty() || !effects_.halt.empty()) std::abort();
  }
  void settle() {
    for (bool moved = true; moved;) {
      moved = false;
      for (unsigned lane = 0; lane < bitcask::kLaneCount; ++lane) {
        if (done_[lane] == wanted_[lane]) continue;
        done_[lane] = wanted_[lane];
        step(node::DiskDone{.lane = static_cast<bitcask::Lane>(lane), .up_to = done_[lane]});
        moved = true;
      }
    }
  }

  node::Node node_;
  node::Effects effects_;
  node::Now now_{.monotonic = Instant{1'000'000'000}, .wall = WallTime{1'700'000'000'000}};
  u64 wanted_[bitcask::kLaneCount] = {};
  u64 done_[bitcask::kLaneCount] = {};
  u64 requests_ = 0;
  u64 steps_ = 0;
  std::size_t replies_ = 0;
};

std::vector<std::byte> command_of(std::vector<std::string_view> words) {
  std::vector<std::byte> command;
  if (!kv::encode_command(words, command)) std::abort();
  return command;
}

void measure(Alone& node, const char* name, Bytes command) {
  for (int i = 0; i < 2'000; ++i) node.ask(command);  // warm
  constexpr u64 kCommands = 10'000;
  const u64 steps_before = node.steps();
  const u64 allocations_before = testing::allocations();
  for (u64 i = 0; i < kCommands; ++i) {
    if (node.ask(command) != 1) std::abort();
  }
  const u64 allocated = testing::allocations() - allocations_before;
  const double steps = static_cast<double>(node.steps() - steps_before);
  const double each = cpu_nanoseconds([&] { node.ask(command); });
  const double steps_each = steps / static_cast<double>(kCommands);
  std::printf("  %-16s steps=%.1f ns=%.0f ns_per_step=%.0f allocations_per_step=%.4f\n", name,
              steps_each, each, each / steps_each, static_cast<double>(allocated) / steps);
}

}  // namespace

void bench_core_step() {
  Alone node;
  const std::string value(100, 'v');
  measure(node, "set_100B", command_of({"SET", "key", value}));
  measure(node, "get_in_memory", command_of({"GET", "key"}));
  measure(node, "incr", command_of({"INCR", "counter"}));
}

}  // namespace snowflk::bench
