#include "sim/swarm_draws.hpp"

namespace snowflk::sim {

// Crashes, loss, delay, partitions, and nothing else: a fault that is left out costs no time, and
// what these four can show, they show in two seconds.
WorldOptions draw_lite(u64 seed) {
  Prng prng = stream_of(seed, 0, Stream::swarm_lite);
  WorldOptions options;
  options.seed = seed;
  constexpr u32 kSizes[] = {3, 3, 3, 3, 3, 3, 5, 2};
  options.nodes = kSizes[prng.below(std::size(kSizes))];
  options.chaos = octaves(prng, milliseconds(500), milliseconds(1500));
  NetworkOptions& network = options.network;
  network.loss_ppm = maybe_ppm(prng, 1'000, 100'000);
  network.reorder_ppm = maybe_ppm(prng, 10'000, 300'000);
  network.delay_min = octaves(prng, microseconds(20), milliseconds(2));
  network.delay_mean = octaves(prng, microseconds(50), milliseconds(8));
  FaultOptions& faults = options.faults;
  faults.process_crash_every = maybe_every(prng, milliseconds(500), seconds(4));
  faults.down_mean = octaves(prng, milliseconds(20), milliseconds(200));
  faults.partition_every = maybe_every(prng, milliseconds(200), seconds(2));
  faults.one_way_every = maybe_every(prng, milliseconds(400), seconds(3));
  faults.cut_mean = octaves(prng, milliseconds(50), milliseconds(400));
  WorkloadOptions& workload = options.workload;
  workload.clients = static_cast<u32>(1 + prng.below(4));
  workload.operations = static_cast<u32>(octaves(prng, 8, 48));
  workload.keys = static_cast<u32>(1 + prng.below(4));
  workload.value_bytes = static_cast<u32>(octaves(prng, 4, 32));
  const i64 each = std::max<i64>(1, workload.operations / workload.clients);
  workload.think_mean = octaves(prng, options.chaos / (each * 4), options.chaos / each);
  workload.patience = octaves(prng, milliseconds(500), seconds(2));
  options.node.segment_bytes = 64ULL << 10;
  options.node.batch_bytes_max = options.node.segment_bytes / 4;
  options.node.value_cache_bytes = octaves(prng, 1 << 10, 16 << 10);
  return options;
}

}  // namespace snowflk::sim
