#include "sim/swarm.hpp"

#include <algorithm>

#include "sim/swarm_draws.hpp"

namespace snowflk::sim {
namespace {

u32 draw_size(Prng& prng) {
  constexpr u32 kSizes[] = {3, 3, 3, 3, 3, 3, 5, 5, 5, 5, 5, 4, 2, 1, 6, 7};
  return kSizes[prng.below(std::size(kSizes))];
}

void draw_network(Prng& prng, NetworkOptions& network) {
  network.loss_ppm = maybe_ppm(prng, 1'000, 300'000);
  network.duplicate_ppm = maybe_ppm(prng, 1'000, 200'000);
  network.reorder_ppm = maybe_ppm(prng, 1'000, 500'000);
  network.tail_ppm = maybe_ppm(prng, 100, 2'000);
  network.flip_ppm = maybe_ppm(prng, 100, 1'000);
  network.delay_min = octaves(prng, microseconds(20), milliseconds(30));
  network.delay_mean = octaves(prng, microseconds(50), milliseconds(100));
  const bool bounded = prng.chance({1, 3});
  const u64 bytes_per_second = octaves(prng, 64'000, 256'000);
  network.bytes_per_second = bounded ? bytes_per_second : 0;
  const bool queued = prng.chance({1, 2});
  const u64 queue = octaves(prng, 2, 16);
  network.queue_max = queued ? static_cast<u32>(queue) : 0;
  network.drop_oldest = prng.chance({1, 2});
}

// False: the disks have no fault in this run.
bool draw_disk(Prng& prng, DiskOptions& disk, FaultOptions& faults, u32 nodes) {
  disk.write_mean = octaves(prng, microseconds(5), microseconds(500));
  disk.sync_mean = octaves(prng, microseconds(100), milliseconds(25));
  disk.read_mean = octaves(prng, microseconds(10), milliseconds(2));
  disk.write_error_ppm = maybe_ppm(prng, 500, 8'000);
  disk.sync_error_ppm = maybe_ppm(prng, 500, 8'000);
  disk.read_error_ppm = maybe_ppm(prng, 1'000, 50'000);
  disk.short_ppm = maybe_ppm(prng, 2'000, 200'000);
  disk.writeback_ppm = maybe_ppm(prng, 10'000, 500'000);
  faults.stall_every = maybe_every(prng, seconds(2), seconds(40));
  faults.stall_mean = octaves(prng, milliseconds(20), milliseconds(1500));
  faults.disk_full_every = maybe_every(prng, seconds(3), seconds(40));
  faults.disk_full_mean = octaves(prng, milliseconds(100), seconds(4));
  faults.rot_every = maybe_every(prng, milliseconds(500), seconds(16));
  faults.rot_nodes_max = nodes - (nodes / 2 + 1);  // a majority keeps its bytes
  if (!prng.chance({3, 10})) return true;
  disk.write_error_ppm = disk.sync_error_ppm = disk.read_error_ppm = 0;
  disk.short_ppm = disk.writeback_ppm = 0;
  faults.stall_every = faults.disk_full_every = faults.rot_every = Duration{0};
  return false;
}

void draw_faults(Prng& prng, FaultOptions& faults) {
  faults.process_crash_every = maybe_every(prng, seconds(1), seconds(60));
  faults.machine_crash_every = maybe_every(prng, seconds(1), seconds(60));
  faults.power_cut_every = maybe_every(prng, seconds(1), seconds(20));
  faults.down_mean = octaves(prng, milliseconds(20), seconds(2));
  faults.pause_every = maybe_every(prng, seconds(3), seconds(60));
  faults.pause_mean = octaves(prng, milliseconds(20), seconds(2));
  faults.partition_every = maybe_every(prng, milliseconds(500), seconds(10));
  faults.one_way_every = maybe_every(prng, seconds(1), seconds(20));
  faults.jam_every = maybe_every(prng, seconds(1), seconds(20));
  faults.client_cut_every = maybe_every(prng, seconds(1), seconds(20));
  faults.cut_mean = octaves(prng, milliseconds(100), seconds(4));
  faults.reset_every = maybe_every(prng, milliseconds(500), seconds(20));
  faults.clock_jump_every = maybe_every(prng, seconds(1), seconds(30));
}

// Clients have enough to do for most of the time in which faults happen: those that hit an idle
// cluster show little.
void draw_workload(Prng& prng, Duration chaos, bool narrow, WorkloadOptions& workload) {
  workload.clients = static_cast<u32>(1 + prng.below(8));
  workload.operations = static_cast<u32>(octaves(prng, 120, 960));
  workload.keys = static_cast<u32>(1 + prng.below(10));
  const bool large = prng.chance({1, 6});
  const u64 small_value = octaves(prng, 4, 200);
  const u64 large_value = octaves(prng, 500, 4'000);
  const u64 wide_value = octaves(prng, 2'000, 12'000);  // or narrow links were never full
  workload.value_bytes = static_cast<u32>(large ? large_value : small_value);
  if (narrow) workload.value_bytes = static_cast<u32>(wide_value);
  const i64 each = std::max<i64>(1, workload.operations / workload.clients);
  workload.think_mean = octaves(prng, chaos / (each * 4), chaos / each);
  workload.patience = octaves(prng, milliseconds(500), seconds(4));
}

// "broadcastTime << electionTimeout" (§5.6): a pre-vote and a vote, there and back, fit well.
void draw_node(Prng& prng, const NetworkOptions& network, NodeTimes& node) {
  const Duration way = network.delay_min + network.delay_mean;
  const i64 drawn = static_cast<i64>(1 + prng.below(3));
  const i64 slower = std::max(drawn, 1 + way.value * 6 / milliseconds(150).value);
  node.election_timeout_min = milliseconds(150) * slower;
  node.election_timeout_max = milliseconds(300) * slower;
  node.heartbeat_interval = milliseconds(50) * slower;
  node.park_timeout = octaves(prng, milliseconds(100), milliseconds(900));
  node.request_timeout = octaves(prng, milliseconds(500), seconds(4));
  node.segment_bytes = 64ULL << (10 + prng.below(4));
  node.batch_bytes_max = node.segment_bytes / 4;
  node.value_cache_bytes = octaves(prng, 1 << 10, 256 << 10);
}

struct Drawn {
  WorldOptions options;
  bool disks_fail = true;
};

/// What generator version 1 draws. Frozen.
Drawn draw_first(u64 seed) {
  Prng prng = stream_of(seed, 0, Stream::swarm);
  Drawn drawn;
  WorldOptions& options = drawn.options;
  options.seed = seed;
  options.nodes = draw_size(prng);
  options.chaos = octaves(prng, seconds(4), seconds(16));
  draw_network(prng, options.network);
  drawn.disks_fail = draw_disk(prng, options.disk, options.faults, options.nodes);
  draw_faults(prng, options.faults);
  const bool narrow = options.network.bytes_per_second != 0;
  draw_workload(prng, options.chaos, narrow, options.workload);
  draw_node(prng, options.network, options.node);
  const u32 drift = maybe_ppm(prng, 200, 50'000);
  if (drift != 0) options.clock.drift_ppm_max = drift;
  const bool wrong_walls = prng.chance({1, 2});
  if (wrong_walls) options.clock.wall_offset_max = seconds(10);
  return drawn;
}

/// What version 2 adds, from a stream of its own: all that version 1 draws stays as it is. Frozen
/// with the version after it.
WorldOptions draw_second(u64 seed) {
  const Drawn first = draw_first(seed);
  WorldOptions options = first.options;
  Prng prng = stream_of(seed, 0, Stream::swarm_second);
  FaultOptions& faults = options.faults;
  faults.shape_every = maybe_every(prng, seconds(1), seconds(10));
  faults.swizzle_every = maybe_every(prng, seconds(1), seconds(16));
  faults.drift_change_every = maybe_every(prng, seconds(1), seconds(30));
  faults.effect_crash_every = maybe_every(prng, seconds(1), seconds(30));
  const bool bad_sectors = prng.chance({1, 2});
  const Duration bad_sector = octaves(prng, seconds(1), seconds(30));
  const bool stale_reads = prng.chance({1, 2});
  const Duration stale_read = octaves(prng, seconds(1), seconds(16));
  const bool misread = prng.chance({1, 2});
  const Duration misdirected_read = octaves(prng, seconds(1), seconds(16));
  const bool miswritten = prng.chance({1, 2});
  const Duration misdirected_write = octaves(prng, seconds(1), seconds(16));
  const bool lost = prng.chance({1, 4});  // what they leave is a node less, often from early on
  const Duration lost_file = octaves(prng, seconds(1), seconds(16));
  const bool wiped = prng.chance({1, 4});
  const Duration wipe = octaves(prng, seconds(1), seconds(16));
  if (!first.disks_fail) return options;
  if (bad_sectors) faults.bad_sector_every = bad_sector;
  if (stale_reads) faults.stale_read_every = stale_read;
  if (misread) faults.misdirected_read_every = misdirected_read;
  if (miswritten) faults.misdirected_write_every = misdirected_write;
  if (lost) faults.lost_file_every = lost_file;
  if (wiped) faults.wipe_every = wipe;
  return options;
}

/// What version 3 adds, likewise. Frozen with the version after it.
WorldOptions draw_third(u64 seed) {
  WorldOptions options = draw_second(seed);
  Prng prng = stream_of(seed, 0, Stream::swarm_third);
  options.network.straggler_ppm = maybe_ppm(prng, 2'000, 100'000);
  options.network.straggler_delay = octaves(prng, milliseconds(200), seconds(4));
  options.workload.empty_ppm = maybe_ppm(prng, 10'000, 200'000);
  const bool short_steps = prng.chance({1, 2});
  const u32 applies = static_cast<u32>(octaves(prng, 1, 32));
  const u64 reply_bytes = octaves(prng, 4 << 10, 64 << 10);  // many short errors fit
  if (short_steps) {
    options.node.applies_per_step_max = applies;
    options.node.reply_bytes_per_step_max = reply_bytes;
  }
  return options;
}

/// What version 4 adds, likewise: three kinds of worlds, each rarely. The others are those of
/// version 3, event by event. Frozen with the version after it.
WorldOptions draw_fourth(u64 seed) {
  WorldOptions options = draw_third(seed);
  Prng prng = stream_of(seed, 0, Stream::swarm_fourth);
  FaultOptions& faults = options.faults;
  const bool coups = prng.chance({1, 4});
  const Duration coup = octaves(prng, seconds(1), seconds(8));
  const bool lost_votes = prng.chance({1, 4});
  const Duration lost_vote = octaves(prng, milliseconds(500), seconds(4));
  // Late answers, and clients who ask whoever has just come back, matter most where nodes do come
  // back soon.
  const bool relapses = prng.chance({1, 4});
  const Duration relapse = octaves(prng, seconds(1), seconds(8));
  const Duration up = octaves(prng, milliseconds(30), milliseconds(500));
  const bool late = prng.chance({3, 4});
  const u32 late_answers = static_cast<u32>(octaves(prng, 20'000, 400'000));
  const Duration delay = octaves(prng, milliseconds(20), milliseconds(1'000));
  const bool loyal = prng.chance({3, 4});
  const u32 loyal_clients = static_cast<u32>(octaves(prng, 250'000, 1'000'000));
  if (coups) faults.coup_every = coup;
  // As what damages disks does in this run.
  const bool disks_fail = faults.rot_nodes_max != 0 && draw_first(seed).disks_fail;
  if (lost_votes && disks_fail) faults.lost_vote_every = lost_vote;
  if (!relapses) return options;
  faults.relapse_every = relapse;
  faults.relapse_mean = up;
  if (late) {
    options.network.late_answer_ppm = late_answers;
    options.network.late_answer_delay = delay;
  }
  if (loyal) options.workload.loyal_ppm = loyal_clients;
  return options;
}

/// What version 5 adds, likewise: in half of the worlds not all nodes are healed in the end; in a
/// quarter nodes come back in other versions. Bad sectors come in the metadata too. Frozen with the
/// version after it.
WorldOptions draw_fifth(u64 seed) {
  WorldOptions options = draw_fourth(seed);
  Prng prng = stream_of(seed, 0, Stream::swarm_fifth);
  const u32 minority = options.nodes - (options.nodes / 2 + 1);
  const bool leaves_out = prng.chance({1, 2});
  const u32 left_out = minority == 0 ? 0 : static_cast<u32>(1 + prng.below(minority));
  const bool upgrades = prng.chance({1, 4});
  const Duration upgrade = octaves(prng, seconds(1), seconds(16));
  const u32 in_metadata = maybe_ppm(prng, 50'000, 1'000'000);
  const u32 unreadable_votes = maybe_ppm(prng, 200'000, 1'000'000);
  if (leaves_out) options.faults.left_out_max = left_out;
  if (options.faults.bad_sector_every != Duration{0}) {
    options.faults.bad_sector_meta_ppm = in_metadata;
  }
  if (options.faults.lost_vote_every != Duration{0}) {
    options.faults.lost_vote_unreadable_ppm = unreadable_votes;
  }
  if (upgrades) options.faults.upgrade_every = upgrade;
  return options;
}

/// The world without its faults: delays, disks' times, clients and the nodes' own times stay.
WorldOptions calmed(WorldOptions options) {
  const NetworkOptions network = options.network;
  const DiskOptions disk = options.disk;
  options.network = NetworkOptions{};
  options.network.delay_min = network.delay_min;
  options.network.delay_mean = network.delay_mean;
  options.disk = DiskOptions{};
  options.disk.write_mean = disk.write_mean;
  options.disk.sync_mean = disk.sync_mean;
  options.disk.read_mean = disk.read_mean;
  options.faults = FaultOptions{};
  options.clock = ClockOptions{};
  return options;
}

/// What version 6 adds, likewise: one world in sixteen is calm. What goes wrong only where nothing
/// disturbs it, such as nodes that do all at the same time, a storm hides.
WorldOptions draw_sixth(u64 seed) {
  const WorldOptions options = draw_fifth(seed);
  Prng prng = stream_of(seed, 0, Stream::swarm_sixth);
  return prng.chance({1, 16}) ? calmed(options) : options;
}

WorldOptions draw_of(u64 seed, u32 generator) {
  switch (generator) {
    case 1: return draw_first(seed).options;
    case 2: return draw_second(seed);
    case 3: return draw_third(seed);
    case 4: return draw_fourth(seed);
    case 5: return draw_fifth(seed);
    default: return draw_sixth(seed);
  }
}

WorldOptions draw_beyond(u64 seed, u32 generator) {
  WorldOptions options = draw_of(seed, generator);
  Prng prng = stream_of(seed, 0, Stream::swarm_beyond);
  options.safety_only = true;
  options.converge_within = seconds(5);  // what still comes to light when faults have stopped
  // More nodes than the cluster can do without; at times all of them.
  options.faults.rot_nodes_max = static_cast<u32>(1 + prng.below(options.nodes));
  options.faults.rot_every = octaves(prng, milliseconds(250), seconds(8));
  options.faults.machine_crash_every = octaves(prng, milliseconds(500), seconds(20));
  options.disk.garbage_ppm = maybe_ppm(prng, 1'000, 500'000);
  if (options.faults.upgrade_every != Duration{0}) options.faults.upgrade_ahead_max = 2;
  return options;
}

}  // namespace

bool draws(u32 generator, Mode mode) {
  return generator <= kGeneratorVersion && generator >= (mode == Mode::swarm ? 1U : 2U);
}

WorldOptions swarm_options(u64 seed, u32 generator, Mode mode) {
  SNOWFLK_ASSERT(draws(generator, mode));
  const auto options = [&] {
    if (mode == Mode::lite) return draw_lite(seed);
    if (mode == Mode::beyond) return draw_beyond(seed, generator);
    return draw_of(seed, generator);
  }();
  SNOWFLK_ASSERT(!invalid(options));
  return options;
}

}  // namespace snowflk::sim
