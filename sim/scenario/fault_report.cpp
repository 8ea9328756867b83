#include "sim/scenario/fault_report.hpp"

#include <fmt/format.h>

#include "sim/scenario/quantity.hpp"

namespace snowflk::sim::scenario {
namespace {

/// Three digits are enough to tell worlds apart.
std::string rounded(Duration span) {
  constexpr i64 kMicro = 1'000;
  constexpr i64 kMilli = 1'000'000;
  constexpr i64 kSecond = 1'000'000'000;
  if (span.value < kMilli) return fmt::format("{}us", span.value / kMicro);
  if (span.value < kSecond) return fmt::format("{}ms", span.value / kMilli);
  return fmt::format("{}.{}s", span.value / kSecond, span.value % kSecond * 10 / kSecond);
}

std::string percent(u32 ppm) { return fmt::format("{}.{:02}%", ppm / 10'000, ppm % 10'000 / 100); }

/// Shares by their name, and what comes every now and then: "loss_ppm", "pause_every_ns".
template <class Options>
void add(const Options& options, std::vector<DrawnFault>& faults) {
  for_each_field(options, [&]<class Member>(std::string_view field, const Member& member) {
    if constexpr (std::is_same_v<Member, u32>) {
      if (!field.ends_with("_ppm") || member == 0) return;
      field.remove_suffix(4);
      faults.push_back({std::string{field}, percent(member)});
    } else if constexpr (std::is_same_v<Member, Duration>) {
      if (!field.ends_with("_every_ns") || member == Duration{0}) return;
      field.remove_suffix(9);
      faults.push_back({std::string{field}, rounded(member)});
    }
  });
}

u64& blemishes_of(FiredFaults& fired, BlemishKind kind) {
  switch (kind) {
    case BlemishKind::bad_sector: return fired.bad_sector;
    case BlemishKind::stale_read: return fired.stale_read;
    case BlemishKind::misdirected_read: return fired.misdirected_read;
    case BlemishKind::misdirected_write: return fired.misdirected_write;
  }
  return fired.bad_sector;
}

}  // namespace

void count_fault(const Happening& what, FiredFaults& fired) {
  std::visit(
      Overloaded{[&](const NodeCrashed& e) {
                   (e.kind == CrashKind::process ? fired.process_crash : fired.machine_crash) += 1;
                 },
                 [&](const PowerCut&) { fired.power_cut += 1; },
                 [&](const NodePaused&) { fired.pause += 1; },
                 [&](const ClusterSplit&) { fired.partition += 1; },
                 [&](const LinksChanged& e) {
                   if (!e.open) (e.jammed ? fired.jam : fired.one_way) += 1;
                 },
                 [&](const ClientsCut& e) { fired.client_cut += e.over ? 0 : 1; },
                 [&](const StreamReset&) { fired.reset += 1; },
                 [&](const ClockJumped&) { fired.clock_jump += 1; },
                 [&](const DiskStalled& e) { fired.stall += e.over ? 0 : 1; },
                 [&](const DiskFilled& e) { fired.disk_full += e.over ? 0 : 1; },
                 [&](const DiskRotted&) { fired.rot += 1; },
                 [&](const ClusterShaped& e) { fired.shape += e.over ? 0 : 1; },
                 [&](const Swizzled& e) { fired.swizzle += e.over ? 0 : 1; },
                 [&](const DriftChanged&) { fired.drift_change += 1; },
                 [&](const DiskBlemished& e) { blemishes_of(fired, e.kind) += 1; },
                 [&](const FileLost&) { fired.lost_file += 1; },
                 [&](const NodeWiped&) { fired.wipe += 1; },
                 [&](const NodeLeftOut&) { fired.left_out += 1; },
                 [&](const NodeUpgraded&) { fired.upgrade += 1; },
                 [](const auto&) {}},
      what);
}

void add_counters(const World& world, FiredFaults& fired) {
  const NetworkCounters& network = world.network().counters();
  fired.loss += network.lost;
  fired.duplicate += network.duplicated;
  fired.flip += network.damaged;
  fired.queue += network.queue_drops;
  fired.straggler += network.stragglers;
  fired.late_answer += network.late_answers;
  fired.coup += world.faults().counted(FaultClass::coup);
  fired.relapse += world.faults().counted(FaultClass::relapse);
  fired.lost_vote += world.faults().counted(FaultClass::lost_vote);
  fired.effect_crash += world.faults().counted(FaultClass::effect_crash);
  for (u32 id = 1; id <= world.size(); ++id) {
    const DiskCounters& disk = world.seat(NodeId{id}).disk.counters();
    fired.write_error += disk.write_errors;
    fired.sync_error += disk.sync_errors;
    fired.read_error += disk.read_errors;
    fired.short_write += disk.short_writes;
    fired.short_read += disk.short_reads;
    fired.writeback += disk.writebacks;
    fired.no_space += disk.no_space;
    fired.garbage += disk.garbage;
    fired.lying_sync += disk.lies;
  }
}

std::vector<DrawnFault> drawn_faults(const WorldOptions& options) {
  std::vector<DrawnFault> faults;
  add(options.network, faults);
  if (options.network.queue_max != 0) {
    faults.push_back({"queue", fmt::format("{}", options.network.queue_max)});
  }
  if (options.network.bytes_per_second != 0) {
    faults.push_back({"bytes_per_second", fmt::format("{}", options.network.bytes_per_second)});
  }
  add(options.disk, faults);
  if (options.disk.capacity_bytes != 0) {
    faults.push_back({"capacity_bytes", fmt::format("{}", options.disk.capacity_bytes)});
  }
  add(options.faults, faults);
  if (options.faults.left_out_max != 0) {
    faults.push_back({"left_out", fmt::format("{}", options.faults.left_out_max)});
  }
  if (options.faults.upgrade_every != Duration{0} && options.faults.upgrade_ahead_max > 1) {
    faults.push_back({"upgrade_ahead_max", fmt::format("{}", options.faults.upgrade_ahead_max)});
  }
  add(options.workload, faults);
  if (options.node.applies_per_step_max != limits::kAppliesPerStepMax) {
    faults.push_back({"applies_per_step", fmt::format("{}", options.node.applies_per_step_max)});
  }
  if (options.node.reply_bytes_per_step_max != limits::kReplyBytesPerStepMax) {
    faults.push_back(
        {"reply_bytes_per_step", fmt::format("{}", options.node.reply_bytes_per_step_max)});
  }
  if (options.clock.drift_ppm_max != 0) {
    faults.push_back({"drift", percent(options.clock.drift_ppm_max)});
  }
  if (options.clock.wall_offset_max != Duration{0}) {
    faults.push_back({"wall_offset", rounded(options.clock.wall_offset_max)});
  }
  return faults;
}

std::string phrase_drawn(const WorldOptions& options) {
  const auto& [network, disk, workload, node] =
      std::tie(options.network, options.disk, options.workload, options.node);
  std::string text = fmt::format(
      "nodes={} chaos={} delay={}+{} write={} sync={} read={} down={} pause={} cut={} stall={}",
      options.nodes, rounded(options.chaos), rounded(network.delay_min),
      rounded(network.delay_mean), rounded(disk.write_mean), rounded(disk.sync_mean),
      rounded(disk.read_mean), rounded(options.faults.down_mean),
      rounded(options.faults.pause_mean), rounded(options.faults.cut_mean),
      rounded(options.faults.stall_mean));
  text += fmt::format(
      " full={} clients={} operations={} keys={} value_bytes={} think={} patience={}",
      rounded(options.faults.disk_full_mean), workload.clients, workload.operations, workload.keys,
      workload.value_bytes, rounded(workload.think_mean), rounded(workload.patience));
  text += fmt::format(
      " election={}..{} heartbeat={} park={} request={} segment={} batch={} cache={}",
      rounded(node.election_timeout_min), rounded(node.election_timeout_max),
      rounded(node.heartbeat_interval), rounded(node.park_timeout), rounded(node.request_timeout),
      node.segment_bytes, node.batch_bytes_max, node.value_cache_bytes);
  text += " with";
  for (const DrawnFault& fault : drawn_faults(options)) {
    text += fmt::format(" {}={}", fault.name, fault.strength);
  }
  return text;
}

void add_fired(const FiredFaults& run, FiredFaults& sum) {
  std::apply([&](const auto&... field) { ((sum.*field.member += run.*field.member), ...); },
             FiredFaults::fields());
}

std::string phrase_fired(const FiredFaults& fired) {
  std::string text;
  for_each_field(fired, [&](std::string_view field, const u64& times) {
    if (times != 0) text += fmt::format("{}{}={}", text.empty() ? "" : " ", field, times);
  });
  return text.empty() ? "nothing" : text;
}

}  // namespace snowflk::sim::scenario
