// A class of faults that a swarm switches on and that never comes proves nothing: over 200 seeds,
// each class fires in at least a quarter of the seeds that enable it. One needs what no swarm can
// order, two candidates of one term of whom a node hears one after the other, and is rarer.
#include <map>
#include <string>
#include <string_view>

#include "sim/swarm.hpp"
#include "sim/world.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

constexpr u64 kSeeds = 200;

struct Share {
  u64 enabled = 0;
  u64 fired = 0;
};

/// By class.
using Shares = std::map<std::string, Share, std::less<>>;

void note(Shares& shares, std::string_view name, bool enabled, u64 times) {
  Share& share = shares[std::string{name}];
  if (!enabled) {
    INFO("class " << name << ", that is off");
    CHECK(times == 0);
    return;
  }
  share.enabled += 1;
  if (times > 0) share.fired += 1;
}

DiskCounters disks_of(const World& world) {
  DiskCounters sum;
  for (u32 id = 1; id <= world.size(); ++id) {
    const DiskCounters& one = world.seat(NodeId{id}).disk.counters();
    sum.write_errors += one.write_errors;
    sum.sync_errors += one.sync_errors;
    sum.read_errors += one.read_errors;
    sum.short_writes += one.short_writes;
    sum.short_reads += one.short_reads;
    sum.writebacks += one.writebacks;
  }
  return sum;
}

void note_messages(Shares& shares, const World& world, const WorldOptions& options) {
  const NetworkOptions& network = options.network;
  const NetworkCounters& links = world.network().counters();
  const bool peers = options.nodes > 1;  // a node alone has no links
  note(shares, "loss", peers && network.loss_ppm > 0, links.lost);
  note(shares, "duplicate", peers && network.duplicate_ppm > 0, links.duplicated);
  note(shares, "reorder", peers && network.reorder_ppm > 0, links.free_to_pass);
  note(shares, "tail", peers && network.tail_ppm > 0, links.late);
  note(shares, "flip", peers && network.flip_ppm > 0, links.damaged);
  note(shares, "queue", peers && network.queue_max > 0, links.queue_drops);
  note(shares, "bandwidth", peers && network.bytes_per_second > 0, links.bandwidth_drops);
}

void note_disks(Shares& shares, const World& world, const DiskOptions& disk) {
  const DiskCounters disks = disks_of(world);
  note(shares, "write_error", disk.write_error_ppm > 0, disks.write_errors);
  note(shares, "sync_error", disk.sync_error_ppm > 0, disks.sync_errors);
  note(shares, "read_error", disk.read_error_ppm > 0, disks.read_errors);
  note(shares, "short_write", disk.short_ppm > 0, disks.short_writes);
  note(shares, "short_read", disk.short_ppm > 0, disks.short_reads);
  note(shares, "writeback", disk.writeback_ppm > 0, disks.writebacks);
}

void note_classes(Shares& shares, const World& world) {
  for (unsigned at = 0; at < kFaultClassCount; ++at) {
    const auto kind = static_cast<FaultClass>(at);
    note(shares, name_of(kind), world.faults().enabled(kind), world.faults().counted(kind));
  }
}

/// What faults are there to bring about, of all seeds together.
struct Effects {
  u64 torn_tails = 0;
  u64 truncations = 0;
  u64 rotten_bits = 0;
};

void note_effects(Effects& effects, const StepRecord& record) {
  if (std::holds_alternative<DiskRotted>(record.what)) effects.rotten_bits += 1;
  if (!record.stepped) return;
  for (const node::Event& event : record.effects->events) {
    if (const auto* of_raft = std::get_if<raft::Event>(&event)) {
      if (std::holds_alternative<raft::LogTruncated>(*of_raft)) effects.truncations += 1;
    } else if (const auto* of_log = std::get_if<bitcask::Event>(&event)) {
      if (std::holds_alternative<bitcask::TornTailDropped>(*of_log)) effects.torn_tails += 1;
    }
  }
}

}  // namespace

TEST_CASE("Each class of faults fires in a quarter of the seeds that enable it, and more") {
  Shares shares;
  Effects effects;
  for (u64 seed = 1; seed <= kSeeds; ++seed) {
    WorldOptions options = swarm_options(seed);
    options.check_expensive_invariants = false;
    World world{options};
    while (const auto record = world.step(VirtualTime{options.chaos.value})) {
      note_effects(effects, *record);
    }
    note_classes(shares, world);
    note_messages(shares, world, options);
    note_disks(shares, world, options.disk);
  }
  for (const auto& [name, share] : shares) {
    INFO(name << " fired in " << share.fired << " of " << share.enabled << " seeds");
    CHECK(share.enabled >= kSeeds / 10);
    CHECK(share.fired * 4 >= share.enabled);
  }
  // What a run is for: batches cut off by power, logs that a newer leader shortens, bits that turn.
  CHECK(effects.torn_tails >= kSeeds / 5);
  CHECK(effects.truncations >= kSeeds / 4);
  CHECK(effects.rotten_bits >= kSeeds / 2);
}

}  // namespace snowflk::sim
