#include "sim/scenario/words.hpp"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "core/node/events.hpp"

namespace snowflk::sim::scenario {
namespace {

struct OptionMeaning {
  std::string_view group;
  std::string_view key;
  std::string_view means;
};

constexpr std::array<OptionMeaning, 84> kMeanings{{
    {"network", "loss", "Share of peers' messages that are lost"},
    {"network", "duplicate", "Share of peers' messages that arrive more than once"},
    {"network", "reorder", "Share of peers' messages that later ones may overtake"},
    {"network", "tail", "Share of peers' messages that take 100 times as long"},
    {"network", "flip", "Share of peers' messages of which one bit is turned"},
    {"network", "delay_min", "The least time a message takes"},
    {"network", "delay_mean", "The mean of the random time that comes on top"},
    {"network", "bytes_per_second", "What a link carries; 0: no bound"},
    {"network", "queue_max", "How many messages may be under way on a link; 0: no bound"},
    {"network", "drop_oldest", "A full link drops its oldest message, not any"},
    {"network", "straggler", "Share of peers' messages of which a copy comes late"},
    {"network", "straggler_delay", "How late, in the mean"},
    {"network", "late_answer", "Share of peers' answers of which a copy comes late"},
    {"network", "late_answer_delay", "How late, in the mean"},
    {"disk", "write_mean", "The mean time of a write"},
    {"disk", "sync_mean", "The mean time of a sync"},
    {"disk", "read_mean", "The mean time of a read"},
    {"disk", "write_error", "Share of writes that fail"},
    {"disk", "sync_error", "Share of syncs that fail and leave the pages clean, not durable"},
    {"disk", "read_error", "Share of reads that fail once"},
    {"disk", "short", "Share of writes that take more than one go, and of reads that bring a part"},
    {"disk", "writeback", "Share of written pages that are on the platter before any sync"},
    {"disk", "capacity_bytes", "Space for all files of a node; 0: no bound"},
    {"disk", "garbage", "Share of unsynced sectors of which power leaves neither old nor new"},
    {"disk", "lying_sync", "Share of syncs that say that they are done, and are not"},
    {"clock", "drift_ppm_max", "By how many millionths a clock runs fast or slow, at most"},
    {"clock", "wall_offset_max", "By how much a wall clock is off at the start, at most"},
    {"faults", "process_crash_every", "Mean time between two crashes of a node's process"},
    {"faults", "machine_crash_every", "Mean time between two crashes of a node's machine"},
    {"faults", "power_cut_every", "Mean time between two power cuts of all nodes at once"},
    {"faults", "down_mean", "How long a crashed node is down"},
    {"faults", "pause_every", "Mean time between two pauses of a node"},
    {"faults", "pause_mean", "How long a pause lasts"},
    {"faults", "partition_every", "Mean time between two partitions"},
    {"faults", "one_way_every", "Mean time between two cuts of one direction"},
    {"faults", "jam_every", "Mean time between two jams, that hold messages and release them"},
    {"faults", "cut_mean", "How long partitions, cuts and jams last"},
    {"faults", "reset_every", "Mean time between two breaks of a stream"},
    {"faults", "client_cut_every", "Mean time between two cuts of a node from all its clients"},
    {"faults", "clock_jump_every", "Mean time between two jumps of a wall clock"},
    {"faults", "stall_every", "Mean time between two stalls of a disk"},
    {"faults", "stall_mean", "How long a stall lasts"},
    {"faults", "disk_full_every", "Mean time between two shortages of space on a disk"},
    {"faults", "disk_full_mean", "How long a disk stays full"},
    {"faults", "rot_every", "Mean time between two bits that turn on a platter"},
    {"faults", "rot_nodes_max",
     "Rot, and all that damages disks, hits at most so many nodes of a run"},
    {"faults", "shape_every",
     "Mean time between two shapes of the network: a bridge, a ring, a node with one friend"},
    {"faults", "swizzle_every",
     "Mean time between two swizzles, that cut nodes off one by one and join them in another "
     "order"},
    {"faults", "drift_change_every", "Mean time between two changes of the rate of a node's clock"},
    {"faults", "effect_crash_every",
     "Mean time between two crashes of a node right before or after one of its effects"},
    {"faults", "bad_sector_every", "Mean time between two sectors of a node that cannot be read"},
    {"faults", "stale_read_every",
     "Mean time between two pages of a segment that read as before their last write"},
    {"faults", "misdirected_read_every",
     "Mean time between two pages of a segment that read as another one"},
    {"faults", "misdirected_write_every",
     "Mean time between two pages of a segment whose bytes went to another one"},
    {"faults", "lost_file_every", "Mean time between two power cuts with which a file is lost"},
    {"faults", "wipe_every", "Mean time between two wipes of a node's directory"},
    {"faults", "coup_every",
     "Mean time between two coups: the leader is cut off, and the next one when it is back"},
    {"faults", "relapse_every",
     "Mean time between two relapses: a node crashes, is back at once, and crashes again"},
    {"faults", "relapse_mean", "How long it is up in between"},
    {"faults", "lost_vote_every",
     "Mean time between two power cuts after a vote, that is lost from both copies"},
    {"faults", "left_out_max",
     "When all is healed, at most so many nodes stay in a fault for good; the others go on "
     "without"},
    {"faults", "bad_sector_meta", "Share of the bad sectors that lie in the metadata"},
    {"faults", "lost_vote_unreadable",
     "Share of the lost votes whose sectors cannot be read, until disks are healed; others rot"},
    {"faults", "upgrade_every",
     "Mean time between two upgrades or downgrades: a node's process ends, and starts again in "
     "another version"},
    {"faults", "upgrade_ahead_max",
     "So many minors of the wire format ahead of this one that may be; with 2, some do not "
     "understand each other"},
    {"workload", "clients", "How many, each with one operation at a time"},
    {"workload", "operations", "How many, of all clients together"},
    {"workload", "keys", "How many keys they share"},
    {"workload", "value_bytes", "About how long values are"},
    {"workload", "think_mean", "Mean time between an answer and the next operation"},
    {"workload", "patience", "After which a client takes the outcome as unknown and moves on"},
    {"workload", "empty", "Share of values that are empty"},
    {"workload", "loyal", "Share of clients that know one node alone"},
    {"node", "election_timeout_min", "The shortest election timeout"},
    {"node", "election_timeout_max", "The longest election timeout"},
    {"node", "heartbeat_interval", "How often a leader says that it leads"},
    {"node", "park_timeout", "How long a request waits for a leader"},
    {"node", "request_timeout", "After which the outcome of a write is unknown"},
    {"node", "entries_per_message_max", "How many entries one AppendEntries carries at most"},
    {"node", "segment_bytes", "Size of a log segment"},
    {"node", "batch_bytes_max", "The most payload that is written at once"},
    {"node", "value_cache_bytes", "Memory for values"},
    {"node", "applies_per_step_max", "How many entries one step applies at most"},
    {"node", "reply_bytes_per_step_max", "After how many bytes of replies a step ends"},
}};

template <class... Alternatives>
void add_names(std::vector<std::string_view>& names,
               const std::type_identity<std::variant<Alternatives...>>&) {
  (names.push_back(Alternatives::kName), ...);
}

}  // namespace

std::span<const std::string_view> event_words() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> all;
    add_names(all, std::type_identity<node::NodeEvent>{});
    add_names(all, std::type_identity<raft::Event>{});
    add_names(all, std::type_identity<bitcask::Event>{});
    all.insert(all.end(), kForeignWords.begin(), kForeignWords.end());
    return all;
  }();
  return kNames;
}

std::span<const std::string_view> moment_words() {
  static const std::vector<std::string> kTexts = [] {
    std::vector<std::string> all;
    for (const std::string_view side : {"before ", "after "}) {
      for (const std::string_view effect : kOperationWords) {
        all.push_back(std::string{side} + std::string{effect});
      }
      for (const std::string_view message : kMessageWords) {
        if (message != "any") all.push_back(std::string{side} + std::string{message});
      }
      all.push_back(std::string{side} + "reply");
    }
    return all;
  }();
  static const std::vector<std::string_view> kWords{kTexts.begin(), kTexts.end()};
  return kWords;
}

std::string_view meaning_of_option(std::string_view group, std::string_view key) {
  const auto found = std::ranges::find_if(kMeanings, [&](const OptionMeaning& meaning) {
    return meaning.group == group && meaning.key == key;
  });
  return found == kMeanings.end() ? std::string_view{} : found->means;
}

}  // namespace snowflk::sim::scenario
