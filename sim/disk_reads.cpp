// Reads, and what scripts order of a simulated disk.
#include <algorithm>

#include "core/trace/digest.hpp"
#include "sim/disk.hpp"

namespace snowflk::sim {

using bitcask::DiskError;
using bitcask::Lane;

void Disk::issue(const bitcask::DiskRead& read, Schedule& schedule, u32 incarnation,
                 EventId cause) {
  const u64 slot = reads_.take();
  reads_[slot].asked = read;
  const HeldRead issued{.slot = slot, .incarnation = incarnation, .cause = cause};
  if (reads_are_held_) {
    held_reads_.push_back(issued);
    return;
  }
  const Duration length = geometric(latency_, options_.read_mean);
  schedule.push(done(issued, std::max(schedule.now(), stalled_until_) + length));
}

Pending Disk::done(const HeldRead& read, VirtualTime at) const {
  return Pending{.at = at,
                 .cause = read.cause,
                 .argument = read.slot,
                 .node = node_.value,
                 .incarnation = read.incarnation,
                 .kind = EventKind::read_done};
}

// The bytes are those of this moment: at least all that was done when the read was issued. A short
// read has the first of them; one at least, for none would say that the file ends there.
Disk::Read Disk::finish_read(u64 slot) {
  Job& job = reads_[slot];
  Read read{.asked = job.asked, .bytes = std::unexpected(DiskError::io)};
  counters_.reads += 1;
  const Content* content = find(job.asked.file);
  const auto order = take_order(job.asked);
  if (order && order->bytes == 0) {
    counters_.ordered_errors += 1;
  } else if (content == nullptr || happens(errors_, options_.read_error_ppm)) {
    counters_.read_errors += 1;
  } else {
    job.bytes.clear();
    content->append_to(job.bytes, job.asked.offset, job.asked.length);
    u64 length = job.bytes.size();
    if (!blemishes_.empty() && !show_blemishes(job.asked.file, job.asked.offset, job.bytes)) {
      reads_.give_back(slot);
      return read;
    }
    if (length > 1 && happens(errors_, options_.short_ppm)) {
      counters_.short_reads += 1;
      length = 1 + errors_.below(length - 1);
    }
    if (order && order->bytes < length) {
      counters_.short_reads += 1;
      length = order->bytes;
    }
    read.bytes = Bytes{job.bytes}.first(length);
  }
  reads_.give_back(slot);
  return read;
}

std::optional<Disk::FailingRead> Disk::take_order(const bitcask::DiskRead& read) {
  const auto told = std::ranges::find_if(fail_reads_, [&](const FailingRead& order) {
    return !order.file || (*order.file == read.file && order.offset == read.offset);
  });
  if (told != fail_reads_.end()) {
    const FailingRead order = *told;
    fail_reads_.erase(told);
    return order;
  }
  if (!fails_by_order(DiskActionKind::read)) return std::nullopt;
  return FailingRead{.file = read.file, .offset = read.offset};
}

u64 Disk::peek(bitcask::FileId file, u64 offset, MutableBytes out) const {
  const auto name = names_.find(file);
  return name == names_.end() ? 0 : inodes_.at(name->second).content->read(offset, out);
}

void Disk::hold(Lane lane, bool held, Schedule& schedule, u32 incarnation) {
  lane_of(lane).held = held;
  if (!held) start(lane, schedule, incarnation);
}

void Disk::finish_held(Lane lane, std::optional<DiskError> error, Schedule& schedule,
                       u32 incarnation) {
  SNOWFLK_ASSERT(waiting(lane) != nullptr);
  LaneState& state = lane_of(lane);
  state.ordered = true;
  state.ordered_error = error;
  state.executing = true;
  schedule.push_first(Pending{.at = schedule.now(),
                              .cause = state.queue.front().cause,
                              .argument = static_cast<u64>(lane),
                              .node = node_.value,
                              .incarnation = incarnation,
                              .kind = EventKind::disk_done});
}

void Disk::hold_reads(bool held, Schedule& schedule) {
  reads_are_held_ = held;
  if (held) return;
  const VirtualTime at = std::max(schedule.now(), stalled_until_);
  for (const HeldRead& read : held_reads_) schedule.push(done(read, at));
  held_reads_.clear();
}

bool Disk::finish_held_read(std::optional<bitcask::FileId> file, u64 offset, u64 older,
                            Schedule& schedule) {
  const auto waits = std::ranges::find_if(held_reads_, [&](const HeldRead& read) {
    const bitcask::DiskRead& asked = reads_[read.slot].asked;
    if (file && (asked.file != *file || asked.offset != offset)) return false;
    if (older == 0) return true;
    older -= 1;
    return false;
  });
  if (waits == held_reads_.end()) return false;
  schedule.push_first(done(*waits, schedule.now()));
  held_reads_.erase(waits);
  return true;
}

const DiskTask* Disk::waiting(Lane lane) const {
  const LaneState& state = lanes_[static_cast<unsigned>(lane)];
  return state.held && !state.executing && !state.queue.empty() ? &state.queue.front() : nullptr;
}

std::span<const DiskTask> Disk::tasks(Lane lane) const {
  return lanes_[static_cast<unsigned>(lane)].queue;
}

void Disk::put(bitcask::FileId file, Bytes bytes) {
  last_inode_ += 1;
  const auto content = std::make_shared<Content>(bytes.size());
  content->write(0, bytes, writeback_, 0);
  content->sync();
  inodes_.emplace(last_inode_, Inode{.content = content});
  set_name(names_, file, last_inode_);
  set_name(durable_names_, file, last_inode_);
}

}  // namespace snowflk::sim
