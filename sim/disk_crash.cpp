// What a crash leaves of a simulated disk, and what a driver finds there at start.
#include "sim/disk.hpp"

namespace snowflk::sim {

void Disk::crash(CrashKind kind, Unsynced unsynced) {
  under_way_at_crash_ = 0;
  for (unsigned at = 0; at < bitcask::kLaneCount; ++at) {
    LaneState& lane = lanes_[at];
    const bool waits = lane.held && !lane.queue.empty() && (u32{begun_} >> at & 1U) != 0;
    const bool under_way = lane.executing || (waits && options_.waiting_is_under_way);
    if (under_way) under_way_at_crash_ = static_cast<u8>(under_way_at_crash_ | 1U << at);
    if (under_way && unsynced == Unsynced::drawn) execute_partly(lane.queue.front());
    while (!lane.queue.empty()) retire_front(lane);
    lane.executing = false;
  }
  for (const HeldRead& read : held_reads_) reads_.give_back(read.slot);
  held_reads_.clear();
  has_misled_ = false;
  begun_ = kAllLanes;
  if (kind == CrashKind::machine) lose_power(unsynced);
}

// Each change of a name that was not synced is there or not, whatever became of those before it.
void Disk::lose_power(Unsynced unsynced) {
  if (unsynced == Unsynced::chosen) counters_.choices = choices();
  std::string_view chosen = chosen_;
  const auto is_kept = [&] {
    switch (unsynced) {
      case Unsynced::drawn: return crashes_.chance({1, 2});
      case Unsynced::lost: return false;
      case Unsynced::kept: return true;
      case Unsynced::chosen: break;
    }
    const bool kept = chosen.starts_with('1');
    if (!chosen.empty()) chosen.remove_prefix(1);
    return kept;
  };
  for (const NameChange& change : unsynced_names_) {
    if (is_kept()) apply(change, durable_names_);
  }
  for (const auto& [name, inode] : durable_names_) named(inode);  // as what names_ will be
  for (const auto& [name, inode] : names_) unnamed(inode);
  for (const NameChange& change : unsynced_names_) {
    if (change.inode != 0) unnamed(change.inode);
  }
  names_ = durable_names_;
  unsynced_names_.clear();
  for (auto& [number, inode] : inodes_) {
    Content& content = own(inode);
    counters_.sectors_at_risk += content.dirty_sectors();
    switch (unsynced) {
      case Unsynced::drawn:
        for (const u64 offset : content.lose_power(crashes_, options_.garbage_ppm)) {
          counters_.garbage += 1;
          note_harm(HarmKind::garbage, {}, number, offset, kSectorBytes);
        }
        break;
      case Unsynced::lost: content.lose_all(); break;
      case Unsynced::kept:
        content.sync();
        content.lose_all();
        break;
      case Unsynced::chosen: chosen = content.lose_power(chosen); break;
    }
  }
}

u64 Disk::choices() const {
  u64 count = unsynced_names_.size();
  for (const auto& [number, inode] : inodes_) count += inode.content->choices();
  return count;
}

void Disk::list(std::vector<bitcask::FoundFile>& files) const {
  files.clear();
  for (const auto& [name, inode] : names_) {
    files.push_back(bitcask::FoundFile{.file = name, .size = inodes_.at(inode).content->size()});
  }
}

u64 Disk::used_bytes() const {
  u64 used = 0;
  for (const auto& [name, inode] : names_) used += inodes_.at(inode).content->size();
  return used;
}

}  // namespace snowflk::sim
