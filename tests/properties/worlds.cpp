#include "tests/properties/worlds.hpp"

#include <algorithm>
#include <ostream>
#include <type_traits>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/quantity.hpp"
#include "sim/scenario/forms.hpp"

namespace snowflk::sim {
namespace {

// ---- Draws. Each shrinks to what is named first ------------------------------------------------

u64 between(u64 low, u64 high) {
  // At RapidCheck's full size from the first case on: a small world is no simpler to judge.
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<u64>(low, high + 1));
}
u32 number(u32 low, u32 high) { return static_cast<u32>(between(low, high)); }
bool coin() { return *rc::gen::arbitrary<bool>(); }

template <class T>
T one_of(const std::vector<T>& values) {
  return values[between(0, values.size() - 1)];
}

/// `first`, doubled or halved up to `steps` times on the way to `last`.
u64 octaves(u64 first, u64 last) {
  u64 steps = 0;
  while (std::max(first, last) >> steps > std::min(first, last)) steps += 1;
  const u64 step = between(0, steps);
  return first < last ? std::min(last, first << step) : std::max(last, first >> step);
}
Duration octaves(Duration first, Duration last) {
  return Duration{
      static_cast<i64>(octaves(static_cast<u64>(first.value), static_cast<u64>(last.value)))};
}

u32 maybe_ppm(u32 low, u32 high) { return coin() ? static_cast<u32>(octaves(low, high)) : 0; }
/// Off, or so seldom, or as often.
Duration maybe_every(Duration seldom, Duration often) {
  return coin() ? octaves(seldom, often) : Duration{0};
}

// ---- The parts of a world ----------------------------------------------------------------------

NetworkOptions draw_network() {
  NetworkOptions network;
  network.loss_ppm = maybe_ppm(1'000, 300'000);
  network.duplicate_ppm = maybe_ppm(1'000, 200'000);
  network.reorder_ppm = maybe_ppm(1'000, 500'000);
  network.tail_ppm = maybe_ppm(100, 2'000);
  network.flip_ppm = maybe_ppm(100, 1'000);
  network.delay_min = octaves(microseconds(20), milliseconds(4));
  network.delay_mean = octaves(microseconds(50), milliseconds(8));
  if (coin() && coin()) network.bytes_per_second = octaves(16'000'000, 64'000);
  if (coin() && coin()) network.queue_max = static_cast<u32>(octaves(64, 2));
  network.drop_oldest = coin();
  return network;
}

DiskOptions draw_disk() {
  DiskOptions disk;
  disk.write_mean = octaves(microseconds(5), microseconds(500));
  disk.sync_mean = octaves(microseconds(50), milliseconds(12));
  disk.read_mean = octaves(microseconds(10), milliseconds(2));
  disk.write_error_ppm = maybe_ppm(50, 3'000);
  disk.sync_error_ppm = maybe_ppm(50, 5'000);
  disk.read_error_ppm = maybe_ppm(50, 5'000);
  disk.short_ppm = maybe_ppm(1'000, 100'000);
  disk.writeback_ppm = maybe_ppm(10'000, 500'000);
  return disk;
}

FaultOptions draw_faults(u32 nodes) {
  FaultOptions faults;
  faults.process_crash_every = maybe_every(seconds(60), seconds(1));
  faults.machine_crash_every = maybe_every(seconds(60), seconds(1));
  faults.power_cut_every = maybe_every(seconds(30), seconds(2));
  faults.down_mean = octaves(milliseconds(20), seconds(1));
  faults.pause_every = maybe_every(seconds(30), seconds(2));
  faults.pause_mean = octaves(milliseconds(20), seconds(1));
  faults.partition_every = maybe_every(seconds(20), milliseconds(500));
  faults.one_way_every = maybe_every(seconds(20), milliseconds(500));
  faults.jam_every = maybe_every(seconds(20), milliseconds(500));
  faults.client_cut_every = maybe_every(seconds(20), seconds(1));
  faults.cut_mean = octaves(milliseconds(50), seconds(2));
  faults.reset_every = maybe_every(seconds(20), milliseconds(500));
  faults.clock_jump_every = maybe_every(seconds(20), seconds(1));
  faults.stall_every = maybe_every(seconds(60), seconds(2));
  faults.stall_mean = octaves(milliseconds(20), seconds(1));
  faults.disk_full_every = maybe_every(seconds(60), seconds(2));
  faults.disk_full_mean = octaves(milliseconds(100), seconds(2));
  faults.rot_every = maybe_every(seconds(60), seconds(2));
  faults.rot_nodes_max = nodes - (nodes / 2 + 1);  // a majority keeps its bytes
  return faults;
}

WorkloadOptions draw_workload() {
  WorkloadOptions workload;
  workload.clients = number(1, 6);
  workload.operations = number(1, 200);
  workload.keys = number(1, 8);
  workload.value_bytes = static_cast<u32>(octaves(4, 4'096));
  workload.think_mean = octaves(milliseconds(2), milliseconds(100));
  workload.patience = octaves(seconds(4), milliseconds(500));
  return workload;
}

NodeTimes draw_node(const WorkloadOptions& workload) {
  NodeTimes node;
  const i64 slower = static_cast<i64>(between(1, 3));
  node.election_timeout_min = milliseconds(150) * slower;
  node.election_timeout_max = milliseconds(300) * slower;
  node.heartbeat_interval = milliseconds(50) * slower;
  node.park_timeout = octaves(milliseconds(800), milliseconds(100));
  node.request_timeout = octaves(seconds(4), milliseconds(500));
  node.entries_per_message_max = static_cast<u32>(octaves(1024, 1));
  node.segment_bytes = 64ULL << (10 + between(0, 3));
  // As in sim/swarm.cpp: APPEND makes values grow, and a value must go into one batch.
  const u64 grown = u64{workload.value_bytes} * workload.operations / 4;
  while (node.segment_bytes < 2 * grown) node.segment_bytes *= 2;
  node.batch_bytes_max = node.segment_bytes / 4;
  node.value_cache_bytes = octaves(256 << 10, 1 << 10);
  return node;
}

WorldOptions draw_world() {
  WorldOptions options;
  // Another seed is another world: nothing is learnt by a smaller one.
  options.seed = *rc::gen::noShrink(
      rc::gen::resize(rc::kNominalSize, rc::gen::inRange<u64>(1, 1'000'000'000)));
  options.nodes = one_of<u32>({3, 3, 3, 3, 5, 5, 5, 4, 2, 1});
  options.chaos = octaves(seconds(1), seconds(8));
  options.network = draw_network();
  // As in the swarm: three worlds in ten have sound disks.
  options.faults = draw_faults(options.nodes);
  options.disk = draw_disk();
  if (between(0, 9) < 3) {
    options.disk.write_error_ppm = options.disk.sync_error_ppm = options.disk.read_error_ppm = 0;
    options.disk.short_ppm = options.disk.writeback_ppm = 0;
    options.faults.stall_every = options.faults.disk_full_every = Duration{0};
    options.faults.rot_every = Duration{0};
  }
  options.clock.drift_ppm_max = coin() ? static_cast<u32>(octaves(200, 50'000)) : 200;
  options.clock.wall_offset_max = coin() ? seconds(10) : Duration{0};
  options.workload = draw_workload();
  options.node = draw_node(options.workload);
  SNOWFLK_ASSERT(!invalid(options));
  return options;
}

// ---- As a scenario -----------------------------------------------------------------------------

template <class Member>
std::string value_text(std::string_view field, const Member& member) {
  if constexpr (std::is_same_v<Member, Duration>) {
    return '"' + print(member) + '"';
  } else if constexpr (std::is_same_v<Member, bool>) {
    return member ? "true" : "false";
  } else if (field.ends_with("_ppm")) {
    return '"' + std::to_string(member) + "/1000000\"";
  } else {
    return std::to_string(member);
  }
}

/// `,\n  "disk": {"short": "1/1000"}`, of the fields that are not as they are by default.
template <class Options>
std::string group_text(const Options& options, bool even_if_empty) {
  std::string fields;
  Options defaults;
  std::apply(
      [&](const auto&... field) {
        const auto add = [&](const auto& each) {
          if (options.*each.member == defaults.*each.member) return;
          if (!fields.empty()) fields += ", ";
          fields += '"' + std::string(scenario::key_of_field(each.name)) + "\": ";
          fields += value_text(each.name, options.*each.member);
        };
        (add(field), ...);
      },
      Options::fields());
  if (fields.empty() && !even_if_empty) return {};
  return ",\n  \"" + std::string(Options::kName) + "\": {" + fields + '}';
}

}  // namespace

rc::Gen<WorldOptions> worlds() { return rc::gen::exec(draw_world); }

std::string scenario_text(const WorldOptions& options) {
  SNOWFLK_ASSERT(options.start.empty());
  std::string text = "{\n  \"story\": \"A world that a property drew.\"";
  text += ",\n  \"nodes\": " + std::to_string(options.nodes);
  text += ",\n  \"seed\": " + std::to_string(options.seed);
  text += ",\n  \"duration\": \"" + print(options.chaos) + '"';
  text += ",\n  \"converge_within\": \"" + print(options.converge_within) + '"';
  text += group_text(options.network, false);
  text += group_text(options.disk, false);
  text += group_text(options.clock, false);
  text += group_text(options.faults, false);
  text += group_text(options.workload, true);  // a file without it has no clients
  text += group_text(options.node, false);
  return text + "\n}\n";
}

void showValue(const WorldOptions& options, std::ostream& out) { out << scenario_text(options); }

}  // namespace snowflk::sim
