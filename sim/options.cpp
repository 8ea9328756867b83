// The gate of WorldOptions.
#include "sim/options.hpp"

#include <type_traits>

#include "core/node/options.hpp"
#include "sim/versions.hpp"

namespace snowflk::sim {
namespace {

constexpr u32 kMillion = 1'000'000;

std::optional<std::string> invalid_network(const NetworkOptions& network) {
  if (network.loss_ppm > 900'000) return "more than nine in ten messages would be lost";
  if (network.duplicate_ppm > kMillion) return "duplicate_ppm is more than a million";
  if (network.reorder_ppm > kMillion) return "reorder_ppm is more than a million";
  if (network.tail_ppm > kMillion) return "tail_ppm is more than a million";
  if (network.flip_ppm > kMillion) return "flip_ppm is more than a million";
  if (network.straggler_ppm > kMillion) return "straggler_ppm is more than a million";
  if (network.straggler_delay < Duration{0}) return "the mean delay of stragglers is negative";
  if (network.straggler_delay > seconds(60)) return "stragglers take more than 60 seconds";
  if (network.late_answer_ppm > kMillion) return "late_answer_ppm is more than a million";
  if (network.late_answer_delay < Duration{0}) return "the mean delay of late answers is negative";
  if (network.late_answer_delay > seconds(60)) return "late answers take more than 60 seconds";
  if (network.delay_min < Duration{0}) return "the least delay is negative";
  if (network.delay_mean < Duration{0}) return "the mean delay is negative";
  if (network.delay_min > seconds(10)) return "the least delay is more than 10 seconds";
  if (network.delay_mean > seconds(10)) return "the mean delay is more than 10 seconds";
  return std::nullopt;
}

std::optional<std::string> invalid_disk(const DiskOptions& disk) {
  for (const Duration mean : {disk.write_mean, disk.sync_mean, disk.read_mean}) {
    if (mean < Duration{0}) return "a mean time of the disk is negative";
    if (mean > seconds(10)) return "a mean time of the disk is more than 10 seconds";
  }
  for (const u32 share :
       {disk.write_error_ppm, disk.sync_error_ppm, disk.read_error_ppm, disk.short_ppm,
        disk.writeback_ppm, disk.garbage_ppm, disk.lying_sync_ppm}) {
    if (share > kMillion) return "a share of the disk is more than a million";
  }
  return std::nullopt;
}

// Each draw costs time, also where nothing comes of it: no run is worth more than one a
// millisecond.
std::optional<std::string> invalid_faults(const FaultOptions& faults) {
  bool negative = false;
  bool too_often = false;
  for_each_field(faults, [&]<class Member>(std::string_view field, const Member& member) {
    if constexpr (std::is_same_v<Member, Duration>) {
      negative |= member < Duration{0};
      too_often |=
          field.ends_with("_every_ns") && member != Duration{0} && member < milliseconds(1);
    }
  });
  if (negative) return "a time of the faults is negative";
  if (too_often) return "a fault would come more often than once a millisecond";
  if (faults.upgrade_ahead_max < 1) return "an upgrade would bring nobody to another version";
  if (faults.upgrade_ahead_max > kVersionsAway) return "an upgrade would bring nodes too far ahead";
  return std::nullopt;
}

std::optional<std::string> invalid_workload(const WorkloadOptions& workload) {
  if (workload.clients > 64) return "there are more than 64 clients";
  if (workload.keys < 1) return "there is no key";
  if (workload.keys > 1000) return "there are more than 1000 keys";
  if (workload.value_bytes > 60'000) return "values are longer than 60,000 bytes";
  if (workload.think_mean < Duration{0}) return "the mean time to think is negative";
  if (workload.patience <= Duration{0}) return "clients have no patience";
  if (workload.empty_ppm > kMillion) return "more values would be empty than there are";
  if (workload.loyal_ppm > kMillion) return "more clients would be loyal than there are";
  return std::nullopt;
}

std::optional<std::string> invalid_starts(const WorldOptions& options) {
  if (options.start.size() > options.nodes) return "there are more starting logs than nodes";
  for (const StartingLog& start : options.start) {
    if (auto why = invalid_start(start, options.nodes)) return why;
  }
  return std::nullopt;
}

std::optional<std::string> invalid_versions(const WorldOptions& options) {
  if (options.versions.size() > options.nodes) return "there are more versions than nodes";
  for (const i64 version : options.versions) {
    if (version < -kVersionsAway || version > kVersionsAway) {
      return "a node would be more than 2 versions away from this one";
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> invalid_start(const StartingLog& start, u32 nodes) {
  Term last;
  for (const Term term : start.entry_terms) {
    if (term < last) return "the terms of its log go back";
    if (term.value == 0) return "an entry of its log has term 0; terms start at 1";
    last = term;
  }
  if (start.term < last) return "its term is below that of its log's last entry";
  if (start.commit_index.value > start.entry_terms.size()) {
    return "its commit index is beyond its log";
  }
  if (start.voted_for.value > nodes) return "its vote names nobody of the cluster";
  return std::nullopt;
}

std::optional<std::string> invalid(const WorldOptions& options) {
  if (options.nodes < 1) return "there is no node";
  if (options.nodes > kNodesMax) return "there are more than 9 nodes";
  if (options.chaos < Duration{0}) return "the time of the faults is negative";
  if (options.converge_within <= Duration{0}) return "there is no time to converge in";
  if (options.clock.drift_ppm_max > 50'000) return "clocks drift by more than 5 %";
  if (options.faults.rot_nodes_max > options.nodes) return "more nodes would rot than there are";
  if (options.faults.left_out_max * 2 >= options.nodes && options.faults.left_out_max > 0) {
    return "so many nodes would be left out that no majority is left";
  }
  if (auto why = invalid_network(options.network)) return why;
  if (auto why = invalid_disk(options.disk)) return why;
  if (auto why = invalid_faults(options.faults)) return why;
  if (auto why = invalid_workload(options.workload)) return why;
  if (auto why = invalid_starts(options)) return why;
  if (auto why = invalid_versions(options)) return why;
  return node::invalid(node_options(options, NodeId{1}));
}

node::Options node_options(const WorldOptions& options, NodeId self) {
  node::Options made;
  made.cluster = ClusterId{kClusterIdOfWorlds};
  made.self = self;
  for (u32 id = 1; id <= options.nodes; ++id) made.voters.push_back(NodeId{id});
  made.bootstrap = true;
  made.election_timeout_min = options.node.election_timeout_min;
  made.election_timeout_max = options.node.election_timeout_max;
  made.heartbeat_interval = options.node.heartbeat_interval;
  made.park_timeout = options.node.park_timeout;
  made.request_timeout = options.node.request_timeout;
  made.entries_per_message_max = options.node.entries_per_message_max;
  made.segment_bytes = options.node.segment_bytes;
  made.batch_bytes_max = options.node.batch_bytes_max;
  made.value_cache_bytes = options.node.value_cache_bytes;
  made.applies_per_step_max = options.node.applies_per_step_max;
  made.reply_bytes_per_step_max = options.node.reply_bytes_per_step_max;
  made.check_expensive_invariants = options.check_expensive_invariants;
  return made;
}

}  // namespace snowflk::sim
