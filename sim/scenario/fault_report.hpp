// Which faults a run may meet, how strong, and how often each came: for whoever reads many seeds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/describe.hpp"
#include "sim/world.hpp"

namespace snowflk::sim::scenario {

/// How often faults came, by what brought them. Halts and what scripts do are not among them, but
/// for the crashes, pauses and cuts that look the same.
struct FiredFaults {
  static constexpr std::string_view kName = "fired_faults";
  u64 loss = 0;
  u64 duplicate = 0;
  u64 flip = 0;
  u64 queue = 0;  // dropped by a full queue or a narrow link
  u64 write_error = 0;
  u64 sync_error = 0;
  u64 read_error = 0;
  u64 short_write = 0;
  u64 short_read = 0;
  u64 writeback = 0;  // pages that were on the platter before any sync
  u64 no_space = 0;
  u64 process_crash = 0;
  u64 machine_crash = 0;  // and of power cuts
  u64 power_cut = 0;
  u64 pause = 0;
  u64 partition = 0;
  u64 one_way = 0;
  u64 jam = 0;
  u64 client_cut = 0;
  u64 reset = 0;
  u64 clock_jump = 0;
  u64 stall = 0;
  u64 disk_full = 0;
  u64 rot = 0;
  u64 garbage = 0;  // sectors that power left neither old nor new
  u64 shape = 0;
  u64 swizzle = 0;  // nodes that were cut off in the course of one
  u64 drift_change = 0;
  u64 effect_crash = 0;  // and a process or machine crash each
  u64 bad_sector = 0;
  u64 stale_read = 0;
  u64 misdirected_read = 0;
  u64 misdirected_write = 0;
  u64 lost_file = 0;
  u64 wipe = 0;
  u64 lying_sync = 0;
  u64 straggler = 0;
  u64 late_answer = 0;
  u64 coup = 0;     // and of its cuts: among partition, one_way and jam
  u64 relapse = 0;  // and among the crashes
  u64 lost_vote = 0;
  u64 left_out = 0;  // nodes that the healing left in a fault
  u64 upgrade = 0;   // to whatever version
  static constexpr auto fields() {
    return std::tuple{Field{"loss", &FiredFaults::loss},
                      Field{"duplicate", &FiredFaults::duplicate},
                      Field{"flip", &FiredFaults::flip},
                      Field{"queue", &FiredFaults::queue},
                      Field{"write_error", &FiredFaults::write_error},
                      Field{"sync_error", &FiredFaults::sync_error},
                      Field{"read_error", &FiredFaults::read_error},
                      Field{"short_write", &FiredFaults::short_write},
                      Field{"short_read", &FiredFaults::short_read},
                      Field{"writeback", &FiredFaults::writeback},
                      Field{"no_space", &FiredFaults::no_space},
                      Field{"process_crash", &FiredFaults::process_crash},
                      Field{"machine_crash", &FiredFaults::machine_crash},
                      Field{"power_cut", &FiredFaults::power_cut},
                      Field{"pause", &FiredFaults::pause},
                      Field{"partition", &FiredFaults::partition},
                      Field{"one_way", &FiredFaults::one_way},
                      Field{"jam", &FiredFaults::jam},
                      Field{"client_cut", &FiredFaults::client_cut},
                      Field{"reset", &FiredFaults::reset},
                      Field{"clock_jump", &FiredFaults::clock_jump},
                      Field{"stall", &FiredFaults::stall},
                      Field{"disk_full", &FiredFaults::disk_full},
                      Field{"rot", &FiredFaults::rot},
                      Field{"garbage", &FiredFaults::garbage},
                      Field{"shape", &FiredFaults::shape},
                      Field{"swizzle", &FiredFaults::swizzle},
                      Field{"drift_change", &FiredFaults::drift_change},
                      Field{"effect_crash", &FiredFaults::effect_crash},
                      Field{"bad_sector", &FiredFaults::bad_sector},
                      Field{"stale_read", &FiredFaults::stale_read},
                      Field{"misdirected_read", &FiredFaults::misdirected_read},
                      Field{"misdirected_write", &FiredFaults::misdirected_write},
                      Field{"lost_file", &FiredFaults::lost_file},
                      Field{"wipe", &FiredFaults::wipe},
                      Field{"lying_sync", &FiredFaults::lying_sync},
                      Field{"straggler", &FiredFaults::straggler},
                      Field{"late_answer", &FiredFaults::late_answer},
                      Field{"coup", &FiredFaults::coup},
                      Field{"relapse", &FiredFaults::relapse},
                      Field{"lost_vote", &FiredFaults::lost_vote},
                      Field{"left_out", &FiredFaults::left_out},
                      Field{"upgrade", &FiredFaults::upgrade}};
  }
};

/// Adds what the event was, if it was a fault.
void count_fault(const Happening& what, FiredFaults& fired);
/// Adds what links and disks have counted themselves. Once, when the run is over.
void add_counters(const World& world, FiredFaults& fired);

/// A fault that options switch on: "loss", "12.3%".
struct DrawnFault {
  std::string name;
  std::string strength;
};
std::vector<DrawnFault> drawn_faults(const WorldOptions& options);

/// All that a seed draws: "nodes=5 chaos=8.2s delay=1ms+2ms ... loss=12.3% process_crash=8s
/// rot=5s".
std::string phrase_drawn(const WorldOptions& options);
/// Adds the counts of one run to those of others.
void add_fired(const FiredFaults& run, FiredFaults& sum);
/// "loss=120 process_crash=3": only what came.
std::string phrase_fired(const FiredFaults& fired);

}  // namespace snowflk::sim::scenario
