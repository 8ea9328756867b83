// Everything that makes a world what it is, but for the seed's draws: sizes, times, faults.
//
// A run is told by (build, these options, generator version, seed). Shares are in parts per
// million, exact; a mean interval of zero switches a class of faults off. The gate is invalid();
// swarm options are drawn in sim/swarm.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/describe.hpp"
#include "core/base/types.hpp"
#include "core/node/options.hpp"

namespace snowflk::sim {

inline constexpr u32 kNodesMax = 9;

/// Datagrams and streams of each ordered pair, and of each client with each node.
struct NetworkOptions {
  static constexpr std::string_view kName = "network";
  u32 loss_ppm = 0;       // of datagrams; 0 to 300,000
  u32 duplicate_ppm = 0;  // 0 to 200,000; at most 3 copies in all
  u32 reorder_ppm = 0;    // of datagrams, that may be overtaken
  u32 tail_ppm = 0;       // whose random delay is 100 times as long
  u32 flip_ppm = 0;       // of datagrams, one bit of which is turned
  Duration delay_min = microseconds(100);
  Duration delay_mean = microseconds(200);  // of what comes on top of delay_min
  u64 bytes_per_second = 0;                 // 0: no bound
  u32 queue_max = 0;                        // datagrams under way on a link; 0: no bound
  bool drop_oldest = false;                 // a full queue drops its oldest, or else any
  // From here on, what came with generator version 3.
  u32 straggler_ppm = 0;  // of datagrams, of which a copy comes when nobody waits for it any more
  Duration straggler_delay = seconds(1);  // its mean delay
  // And with version 4.
  u32 late_answer_ppm = 0;  // of answers, of which a copy comes when others are asked for
  Duration late_answer_delay = milliseconds(200);  // its mean delay
  static constexpr auto fields() {
    return std::tuple{Field{"loss_ppm", &NetworkOptions::loss_ppm},
                      Field{"duplicate_ppm", &NetworkOptions::duplicate_ppm},
                      Field{"reorder_ppm", &NetworkOptions::reorder_ppm},
                      Field{"tail_ppm", &NetworkOptions::tail_ppm},
                      Field{"flip_ppm", &NetworkOptions::flip_ppm},
                      Field{"delay_min_ns", &NetworkOptions::delay_min},
                      Field{"delay_mean_ns", &NetworkOptions::delay_mean},
                      Field{"bytes_per_second", &NetworkOptions::bytes_per_second},
                      Field{"queue_max", &NetworkOptions::queue_max},
                      Field{"drop_oldest", &NetworkOptions::drop_oldest},
                      Field{"straggler_ppm", &NetworkOptions::straggler_ppm},
                      Field{"straggler_delay_ns", &NetworkOptions::straggler_delay},
                      Field{"late_answer_ppm", &NetworkOptions::late_answer_ppm},
                      Field{"late_answer_delay_ns", &NetworkOptions::late_answer_delay}};
  }
};

struct DiskOptions {
  static constexpr std::string_view kName = "disk";
  Duration write_mean = microseconds(30);
  Duration sync_mean = microseconds(500);
  Duration read_mean = microseconds(80);
  u32 write_error_ppm = 0;
  u32 sync_error_ppm = 0;  // pages are marked clean all the same, and what they held is not durable
  u32 read_error_ppm = 0;  // transient: the next read of the place may succeed
  u32 short_ppm = 0;       // of writes, that take more than one go; of reads, that bring a part
  u32 writeback_ppm = 0;   // of pages as they are written, that are on the platter before any sync
  u64 capacity_bytes = 0;  // of all files of a node; 0: no bound
  u32 garbage_ppm = 0;     // of sectors that power catches unsynced: neither old nor new
  u32 lying_sync_ppm = 0;  // of syncs, that say that they are done and are not; no swarm draws it
  // Of recorded schedules, and no field: the first that waits on a held lane is in execution.
  bool waiting_is_under_way = false;
  static constexpr auto fields() {
    return std::tuple{Field{"write_mean_ns", &DiskOptions::write_mean},
                      Field{"sync_mean_ns", &DiskOptions::sync_mean},
                      Field{"read_mean_ns", &DiskOptions::read_mean},
                      Field{"write_error_ppm", &DiskOptions::write_error_ppm},
                      Field{"sync_error_ppm", &DiskOptions::sync_error_ppm},
                      Field{"read_error_ppm", &DiskOptions::read_error_ppm},
                      Field{"short_ppm", &DiskOptions::short_ppm},
                      Field{"writeback_ppm", &DiskOptions::writeback_ppm},
                      Field{"capacity_bytes", &DiskOptions::capacity_bytes},
                      Field{"garbage_ppm", &DiskOptions::garbage_ppm},
                      Field{"lying_sync_ppm", &DiskOptions::lying_sync_ppm}};
  }
};

struct ClockOptions {
  static constexpr std::string_view kName = "clock";
  u32 drift_ppm_max = 200;   // either way; 0 to 50,000
  Duration wall_offset_max;  // either way, at the start
  static constexpr auto fields() {
    return std::tuple{Field{"drift_ppm_max", &ClockOptions::drift_ppm_max},
                      Field{"wall_offset_max_ns", &ClockOptions::wall_offset_max}};
  }
};

/// Mean intervals between faults, of one node where a node is meant, else of the cluster.
/// Zero: never; else a millisecond or more. How long a fault lasts is drawn around the mean that
/// stands with it.
struct FaultOptions {
  static constexpr std::string_view kName = "faults";
  Duration process_crash_every;  // a node: kill -9; the page cache stays
  Duration machine_crash_every;  // a node: power; what was not synced may be lost
  Duration power_cut_every;      // all nodes at once
  Duration down_mean = milliseconds(500);
  Duration pause_every;  // a node
  Duration pause_mean = milliseconds(300);
  Duration partition_every;   // isolate one or the leader, split, both ways
  Duration one_way_every;     // one direction of one link, or of all links of a node
  Duration client_cut_every;  // no client reaches a node; what they sent arrives later
  Duration jam_every;         // a link holds what it carries, and releases it later
  Duration cut_mean = milliseconds(800);
  Duration reset_every;       // a stream between peers, or of a client, breaks
  Duration clock_jump_every;  // a node's wall clock, up to 10 s either way
  Duration stall_every;       // a node's disk takes its time
  Duration stall_mean = milliseconds(400);
  Duration disk_full_every;  // a node's disk has no space for a while
  Duration disk_full_mean = milliseconds(1500);
  Duration rot_every;     // one bit of what is durable on a node
  u32 rot_nodes_max = 0;  // rot, and all that damages disks, hits at most so many nodes in a run
  // From here on, what came with generator version 2. Of those, on disks: what reads bring that was
  // not written, lost files and wipes hit the nodes that rot may hit; all but wipes mend in the
  // end.
  Duration shape_every;              // a bridge, a ring, a node with one friend; lasts as cuts do
  Duration swizzle_every;            // nodes are cut off one by one, and joined in another order
  Duration drift_change_every;       // a node's clock: another rate, up to 5 % off
  Duration effect_crash_every;       // a node: right before or after one of its next effects
  Duration bad_sector_every;         // any node: a sector that cannot be read
  Duration stale_read_every;         // a node: a page that reads as before its last write
  Duration misdirected_read_every;   // a node: a page that reads as another
  Duration misdirected_write_every;  // a node: a page whose bytes lie at another
  Duration lost_file_every;          // a node: power goes, and a file with it
  Duration wipe_every;               // a node: all its files, for good
  // And with version 4.
  Duration coup_every;  // the leader is cut off with some, joined again, and the next one cut off
  Duration relapse_every;  // a node: crashes, is back at once, and crashes again, some times
  Duration relapse_mean = milliseconds(200);  // how long it is up in between
  Duration lost_vote_every;  // a node: power goes after it voted, and the vote in both its copies
  // And with version 5.
  u32 left_out_max = 0;              // at most so many nodes the healing leaves in a fault for good
  u32 bad_sector_meta_ppm = 0;       // of the bad sectors: in the metadata, not in the log
  u32 lost_vote_unreadable_ppm = 0;  // of the lost votes: bad sectors, which can be lifted, not rot
  Duration upgrade_every;  // a node: its process ends, and starts again in another version
  u32 upgrade_ahead_max =
      1;  // how many minors ahead of ours that may be; 2: some do not understand
  static constexpr auto fields() {
    return std::tuple{Field{"process_crash_every_ns", &FaultOptions::process_crash_every},
                      Field{"machine_crash_every_ns", &FaultOptions::machine_crash_every},
                      Field{"power_cut_every_ns", &FaultOptions::power_cut_every},
                      Field{"down_mean_ns", &FaultOptions::down_mean},
                      Field{"pause_every_ns", &FaultOptions::pause_every},
                      Field{"pause_mean_ns", &FaultOptions::pause_mean},
                      Field{"partition_every_ns", &FaultOptions::partition_every},
                      Field{"one_way_every_ns", &FaultOptions::one_way_every},
                      Field{"jam_every_ns", &FaultOptions::jam_every},
                      Field{"client_cut_every_ns", &FaultOptions::client_cut_every},
                      Field{"cut_mean_ns", &FaultOptions::cut_mean},
                      Field{"reset_every_ns", &FaultOptions::reset_every},
                      Field{"clock_jump_every_ns", &FaultOptions::clock_jump_every},
                      Field{"stall_every_ns", &FaultOptions::stall_every},
                      Field{"stall_mean_ns", &FaultOptions::stall_mean},
                      Field{"disk_full_every_ns", &FaultOptions::disk_full_every},
                      Field{"disk_full_mean_ns", &FaultOptions::disk_full_mean},
                      Field{"rot_every_ns", &FaultOptions::rot_every},
                      Field{"rot_nodes_max", &FaultOptions::rot_nodes_max},
                      Field{"shape_every_ns", &FaultOptions::shape_every},
                      Field{"swizzle_every_ns", &FaultOptions::swizzle_every},
                      Field{"drift_change_every_ns", &FaultOptions::drift_change_every},
                      Field{"effect_crash_every_ns", &FaultOptions::effect_crash_every},
                      Field{"bad_sector_every_ns", &FaultOptions::bad_sector_every},
                      Field{"stale_read_every_ns", &FaultOptions::stale_read_every},
                      Field{"misdirected_read_every_ns", &FaultOptions::misdirected_read_every},
                      Field{"misdirected_write_every_ns", &FaultOptions::misdirected_write_every},
                      Field{"lost_file_every_ns", &FaultOptions::lost_file_every},
                      Field{"wipe_every_ns", &FaultOptions::wipe_every},
                      Field{"coup_every_ns", &FaultOptions::coup_every},
                      Field{"relapse_every_ns", &FaultOptions::relapse_every},
                      Field{"relapse_mean_ns", &FaultOptions::relapse_mean},
                      Field{"lost_vote_every_ns", &FaultOptions::lost_vote_every},
                      Field{"left_out_max", &FaultOptions::left_out_max},
                      Field{"bad_sector_meta_ppm", &FaultOptions::bad_sector_meta_ppm},
                      Field{"lost_vote_unreadable_ppm", &FaultOptions::lost_vote_unreadable_ppm},
                      Field{"upgrade_every_ns", &FaultOptions::upgrade_every},
                      Field{"upgrade_ahead_max", &FaultOptions::upgrade_ahead_max}};
  }
};

/// Clients in a closed loop: think, ask, wait for the answer or give up on it.
struct WorkloadOptions {
  static constexpr std::string_view kName = "workload";
  u32 clients = 3;       // 0 to 64
  u32 operations = 200;  // of all clients together
  u32 keys = 5;          // 1 to 1000
  u32 value_bytes = 16;  // about; 0 to 60,000
  Duration think_mean = milliseconds(20);
  Duration patience = milliseconds(3000);  // then the outcome is unknown and the client moves on
  u32 empty_ppm = 0;                       // of values, that are empty; version 3
  u32 loyal_ppm = 0;                       // of clients, that know one node alone; version 4
  static constexpr auto fields() {
    return std::tuple{Field{"clients", &WorkloadOptions::clients},
                      Field{"operations", &WorkloadOptions::operations},
                      Field{"keys", &WorkloadOptions::keys},
                      Field{"value_bytes", &WorkloadOptions::value_bytes},
                      Field{"think_mean_ns", &WorkloadOptions::think_mean},
                      Field{"patience_ns", &WorkloadOptions::patience},
                      Field{"empty_ppm", &WorkloadOptions::empty_ppm},
                      Field{"loyal_ppm", &WorkloadOptions::loyal_ppm}};
  }
};

/// What the nodes are started with (core/node/options.hpp), the same for all.
struct NodeTimes {
  static constexpr std::string_view kName = "node";
  Duration election_timeout_min = milliseconds(150);
  Duration election_timeout_max = milliseconds(300);
  Duration heartbeat_interval = milliseconds(50);
  Duration park_timeout = milliseconds(600);
  Duration request_timeout = milliseconds(2000);
  u32 entries_per_message_max = 1024;
  u64 segment_bytes = 256ULL << 10;
  u64 batch_bytes_max = 64ULL << 10;
  u64 value_cache_bytes = 64ULL << 10;
  u32 applies_per_step_max = limits::kAppliesPerStepMax;
  u64 reply_bytes_per_step_max = limits::kReplyBytesPerStepMax;
  static constexpr auto fields() {
    return std::tuple{Field{"election_timeout_min_ns", &NodeTimes::election_timeout_min},
                      Field{"election_timeout_max_ns", &NodeTimes::election_timeout_max},
                      Field{"heartbeat_interval_ns", &NodeTimes::heartbeat_interval},
                      Field{"park_timeout_ns", &NodeTimes::park_timeout},
                      Field{"request_timeout_ns", &NodeTimes::request_timeout},
                      Field{"entries_per_message_max", &NodeTimes::entries_per_message_max},
                      Field{"segment_bytes", &NodeTimes::segment_bytes},
                      Field{"batch_bytes_max", &NodeTimes::batch_bytes_max},
                      Field{"value_cache_bytes", &NodeTimes::value_cache_bytes},
                      Field{"applies_per_step_max", &NodeTimes::applies_per_step_max},
                      Field{"reply_bytes_per_step_max", &NodeTimes::reply_bytes_per_step_max}};
  }
};

/// With what a node's directory starts, when not empty: as if it had run before.
struct StartingLog {
  Term term;                      // at least the last of `entry_terms`
  NodeId voted_for;               // in `term`
  std::vector<Term> entry_terms;  // of entries 1, 2, 3 …; each a SET of key "x" to its index
  LogIndex commit_index;          // as the node knew it
};

struct WorldOptions {
  static constexpr std::string_view kName = "world";
  u64 seed = 1;
  u32 nodes = 3;                           // 1 to 9; their ids are 1 to nodes
  Duration chaos = seconds(10);            // how long faults happen
  Duration converge_within = seconds(30);  // after the healing
  NetworkOptions network;
  DiskOptions disk;
  ClockOptions clock;
  FaultOptions faults;
  WorkloadOptions workload;
  NodeTimes node;
  std::vector<StartingLog> start;  // by id - 1; may be shorter than the cluster. Not described.
  std::vector<i64> versions;       // likewise: of what version they start (sim/versions.hpp)
  bool safety_only = false;        // beyond what a cluster must recover from: it need not converge
  bool check_expensive_invariants = true;
  static constexpr auto fields() {
    return std::tuple{Field{"seed", &WorldOptions::seed},
                      Field{"nodes", &WorldOptions::nodes},
                      Field{"chaos_ns", &WorldOptions::chaos},
                      Field{"converge_within_ns", &WorldOptions::converge_within},
                      Field{"network", &WorldOptions::network},
                      Field{"disk", &WorldOptions::disk},
                      Field{"clock", &WorldOptions::clock},
                      Field{"faults", &WorldOptions::faults},
                      Field{"workload", &WorldOptions::workload},
                      Field{"node", &WorldOptions::node},
                      Field{"safety_only", &WorldOptions::safety_only}};
  }
};

/// Why `options` make no world, in a sentence; nothing if they do.
std::optional<std::string> invalid(const WorldOptions& options);
/// The same of what one of `nodes` nodes starts with.
std::optional<std::string> invalid_start(const StartingLog& start, u32 nodes);

/// The cluster id of every simulated cluster.
inline constexpr u64 kClusterIdOfWorlds = 0x736e6f77666c6bULL;

/// With what node `self` of such a world is started. REQUIRES: 1 <= self <= nodes.
node::Options node_options(const WorldOptions& options, NodeId self);

}  // namespace snowflk::sim
