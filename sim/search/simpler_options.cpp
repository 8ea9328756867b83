#include "sim/search/simpler_options.hpp"

#include <array>
#include <tuple>
#include <utility>
#include <vector>

namespace snowflk::sim::search {
namespace {

/// Those that make a schedule hard to tell come first.
constexpr std::array kClasses{
    FaultClass{"stale_read", [](WorldOptions& o) { o.faults.stale_read_every = Duration{0}; }},
    FaultClass{"misdirected_read",
               [](WorldOptions& o) { o.faults.misdirected_read_every = Duration{0}; }},
    FaultClass{"misdirected_write",
               [](WorldOptions& o) { o.faults.misdirected_write_every = Duration{0}; }},
    FaultClass{"bad_sector", [](WorldOptions& o) { o.faults.bad_sector_every = Duration{0}; }},
    FaultClass{"bad_sector_meta", [](WorldOptions& o) { o.faults.bad_sector_meta_ppm = 0; }},
    FaultClass{"lost_file", [](WorldOptions& o) { o.faults.lost_file_every = Duration{0}; }},
    FaultClass{"wipe", [](WorldOptions& o) { o.faults.wipe_every = Duration{0}; }},
    FaultClass{"lost_vote", [](WorldOptions& o) { o.faults.lost_vote_every = Duration{0}; }},
    FaultClass{"lost_vote_unreadable",
               [](WorldOptions& o) { o.faults.lost_vote_unreadable_ppm = 0; }},
    FaultClass{"upgrade", [](WorldOptions& o) { o.faults.upgrade_every = Duration{0}; }},
    FaultClass{"upgrade_ahead", [](WorldOptions& o) { o.faults.upgrade_ahead_max = 1; }},
    FaultClass{"coup", [](WorldOptions& o) { o.faults.coup_every = Duration{0}; }},
    FaultClass{"relapse", [](WorldOptions& o) { o.faults.relapse_every = Duration{0}; }},
    FaultClass{"left_out", [](WorldOptions& o) { o.faults.left_out_max = 0; }},
    FaultClass{"garbage", [](WorldOptions& o) { o.disk.garbage_ppm = 0; }},
    FaultClass{"capacity", [](WorldOptions& o) { o.disk.capacity_bytes = 0; }},
    FaultClass{"disk_full", [](WorldOptions& o) { o.faults.disk_full_every = Duration{0}; }},
    FaultClass{"short", [](WorldOptions& o) { o.disk.short_ppm = 0; }},
    FaultClass{"read_error", [](WorldOptions& o) { o.disk.read_error_ppm = 0; }},
    FaultClass{"write_error", [](WorldOptions& o) { o.disk.write_error_ppm = 0; }},
    FaultClass{"sync_error", [](WorldOptions& o) { o.disk.sync_error_ppm = 0; }},
    FaultClass{"writeback", [](WorldOptions& o) { o.disk.writeback_ppm = 0; }},
    FaultClass{"drift_change", [](WorldOptions& o) { o.faults.drift_change_every = Duration{0}; }},
    FaultClass{"effect_crash", [](WorldOptions& o) { o.faults.effect_crash_every = Duration{0}; }},
    FaultClass{"swizzle", [](WorldOptions& o) { o.faults.swizzle_every = Duration{0}; }},
    FaultClass{"shape", [](WorldOptions& o) { o.faults.shape_every = Duration{0}; }},
    FaultClass{"clock_jump", [](WorldOptions& o) { o.faults.clock_jump_every = Duration{0}; }},
    FaultClass{"reset", [](WorldOptions& o) { o.faults.reset_every = Duration{0}; }},
    FaultClass{"client_cut", [](WorldOptions& o) { o.faults.client_cut_every = Duration{0}; }},
    FaultClass{"rot", [](WorldOptions& o) { o.faults.rot_every = Duration{0}; }},
    FaultClass{"power_cut", [](WorldOptions& o) { o.faults.power_cut_every = Duration{0}; }},
    FaultClass{"machine_crash",
               [](WorldOptions& o) { o.faults.machine_crash_every = Duration{0}; }},
    FaultClass{"process_crash",
               [](WorldOptions& o) { o.faults.process_crash_every = Duration{0}; }},
    FaultClass{"pause", [](WorldOptions& o) { o.faults.pause_every = Duration{0}; }},
    FaultClass{"stall", [](WorldOptions& o) { o.faults.stall_every = Duration{0}; }},
    FaultClass{"jam", [](WorldOptions& o) { o.faults.jam_every = Duration{0}; }},
    FaultClass{"one_way", [](WorldOptions& o) { o.faults.one_way_every = Duration{0}; }},
    FaultClass{"partition", [](WorldOptions& o) { o.faults.partition_every = Duration{0}; }},
    FaultClass{"network", [](WorldOptions& o) { o.network = WorldOptions{}.network; }},
    FaultClass{"loss", [](WorldOptions& o) { o.network.loss_ppm = 0; }},
    FaultClass{"flip", [](WorldOptions& o) { o.network.flip_ppm = 0; }},
    FaultClass{"straggler", [](WorldOptions& o) { o.network.straggler_ppm = 0; }},
    FaultClass{"late_answer", [](WorldOptions& o) { o.network.late_answer_ppm = 0; }},
    FaultClass{"duplicate", [](WorldOptions& o) { o.network.duplicate_ppm = 0; }},
    FaultClass{"queue", [](WorldOptions& o) { o.network.queue_max = 0; }},
    FaultClass{"bandwidth", [](WorldOptions& o) { o.network.bytes_per_second = 0; }},
    FaultClass{"node", [](WorldOptions& o) { o.node = WorldOptions{}.node; }},
    FaultClass{"drift", [](WorldOptions& o) { o.clock = WorldOptions{}.clock; }}};

template <class T>
bool equal(const T& a, const T& b) {
  if constexpr (Described<T>) {
    return std::apply(
        [&](const auto&... fields) { return (equal(a.*fields.member, b.*fields.member) && ...); },
        T::fields());
  } else {
    return a == b;
  }
}

}  // namespace

std::span<const FaultClass> fault_classes() { return kClasses; }

std::optional<WorldOptions> without_class(const WorldOptions& options, const FaultClass& gone) {
  WorldOptions without = options;
  gone.switch_off(without);
  if (equal(without, options)) return std::nullopt;
  return without;
}

WorldOptions simpler_options(const scenario::Scenario& scenario, const WorldOptions& options,
                             const Failure& failure, u32 jobs, u64& runs) {
  WorldOptions best = options;
  for (std::size_t next = 0; next < kClasses.size();) {
    std::vector<std::size_t> on;  // classes from `next` on
    std::vector<WorldOptions> simpler;
    for (std::size_t at = next; at < kClasses.size(); ++at) {
      if (auto without = without_class(best, kClasses[at])) {
        on.push_back(at);
        simpler.push_back(*std::move(without));
      }
    }
    const auto make = [&](u64 index) {
      return Recording{.scenario = scenario, .options = simpler[index]};
    };
    const auto found = first_like(failure, simpler.size(), make, jobs, runs);
    if (!found) break;
    best = simpler[found->index];
    next = on[found->index] + 1;
  }
  return best;
}

}  // namespace snowflk::sim::search
