#include "sim/search/simpler_options.hpp"

#include <utility>
#include <vector>

namespace snowflk::sim::search {
namespace {

/// Each switches something off; those that make a schedule hard to tell come first.
std::vector<WorldOptions> each_switched_off(const WorldOptions& options) {
  const WorldOptions quiet;
  std::vector<WorldOptions> simpler;
  const auto with = [&](auto change) {
    WorldOptions changed = options;
    change(changed);
    simpler.push_back(std::move(changed));
  };
  with([](WorldOptions& o) { o.faults.stale_read_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.misdirected_read_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.misdirected_write_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.bad_sector_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.bad_sector_meta_ppm = 0; });
  with([](WorldOptions& o) { o.faults.lost_file_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.wipe_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.lost_vote_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.lost_vote_unreadable_ppm = 0; });
  with([](WorldOptions& o) { o.faults.upgrade_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.upgrade_ahead_max = 1; });
  with([](WorldOptions& o) { o.faults.coup_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.relapse_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.left_out_max = 0; });
  with([](WorldOptions& o) { o.disk.garbage_ppm = 0; });
  with([](WorldOptions& o) { o.disk.capacity_bytes = 0; });
  with([](WorldOptions& o) { o.faults.disk_full_every = Duration{0}; });
  with([](WorldOptions& o) { o.disk.short_ppm = 0; });
  with([](WorldOptions& o) { o.disk.read_error_ppm = 0; });
  with([](WorldOptions& o) { o.disk.write_error_ppm = 0; });
  with([](WorldOptions& o) { o.disk.sync_error_ppm = 0; });
  with([](WorldOptions& o) { o.disk.writeback_ppm = 0; });
  with([](WorldOptions& o) { o.faults.drift_change_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.effect_crash_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.swizzle_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.shape_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.clock_jump_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.reset_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.client_cut_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.rot_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.power_cut_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.machine_crash_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.process_crash_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.pause_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.stall_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.jam_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.one_way_every = Duration{0}; });
  with([](WorldOptions& o) { o.faults.partition_every = Duration{0}; });
  with([&](WorldOptions& o) { o.network = quiet.network; });
  with([](WorldOptions& o) { o.network.flip_ppm = 0; });
  with([](WorldOptions& o) { o.network.straggler_ppm = 0; });
  with([](WorldOptions& o) { o.network.late_answer_ppm = 0; });
  with([](WorldOptions& o) { o.network.duplicate_ppm = 0; });
  with([](WorldOptions& o) { o.network.queue_max = 0; });
  with([](WorldOptions& o) { o.network.bytes_per_second = 0; });
  with([&](WorldOptions& o) { o.node = quiet.node; });
  with([&](WorldOptions& o) { o.clock = quiet.clock; });
  return simpler;
}

}  // namespace

WorldOptions simpler_options(const scenario::Scenario& scenario, const WorldOptions& options,
                             const Failure& failure, u32 jobs, u64& runs) {
  WorldOptions best = options;
  const std::size_t count = each_switched_off(options).size();
  for (std::size_t next = 0; next < count;) {
    const auto make = [&](u64 index) {
      return Recording{.scenario = scenario, .options = each_switched_off(best)[next + index]};
    };
    const auto found = first_like(failure, count - next, make, jobs, runs);
    if (!found) break;
    best = each_switched_off(best)[next + found->index];
    next += found->index + 1;
  }
  return best;
}

}  // namespace snowflk::sim::search
