#include "sim/disk.hpp"

#include <algorithm>
#include <utility>

namespace snowflk::sim {

using bitcask::DiskError;
using bitcask::Lane;

namespace {

/// As map.find(key). What is written is nearly always among the newest files, which a map has at
/// its end; a node that never merges has a thousand older ones.
auto find_newest_first(auto& map, const auto& key) {
  constexpr int kNewest = 3;
  auto at = map.end();
  for (int i = 0; i < kNewest && at != map.begin(); ++i) {
    --at;
    if (at->first == key) return at;
  }
  return map.find(key);
}

}  // namespace

Disk::Disk(u64 seed, NodeId node, const DiskOptions& options)
    : options_(options),
      node_(node),
      latency_(stream_of(seed, node.value, Stream::disk_latency)),
      errors_(stream_of(seed, node.value, Stream::disk_error)),
      crashes_(stream_of(seed, node.value, Stream::disk_crash)),
      writeback_(stream_of(seed, node.value, Stream::disk_writeback)) {}

// ---- Lanes ----------------------------------------------------------------------------------

void Disk::issue(const bitcask::DiskOp& op, Schedule& schedule, u32 incarnation, EventId cause) {
  LaneState& lane = lane_of(op.lane);
  SNOWFLK_ASSERT(lane.queue.empty() || lane.queue.back().sequence + 1 == op.sequence);
  DiskTask task;
  if (!lane.spare.empty()) {
    task = std::move(lane.spare.back());
    lane.spare.pop_back();
  }
  task.sequence = op.sequence;
  task.done = 0;
  task.cause = cause;
  std::visit(Overloaded{[&](const bitcask::Create& create) {
                          task.action = DiskActionKind::create;
                          task.file = create.file;
                          task.size = create.size;
                        },
                        [&](const bitcask::Write& write) {
                          task.action = DiskActionKind::write;
                          task.file = write.file;
                          task.offset = write.offset;
                          task.bytes.assign(write.bytes.begin(), write.bytes.end());
                        },
                        [&](const bitcask::Sync& sync) {
                          task.action = DiskActionKind::sync;
                          task.file = sync.file;
                        },
                        [&](const bitcask::SyncDirectory&) {
                          task.action = DiskActionKind::sync_directory;
                          task.file = {};
                        },
                        [&](const bitcask::Rename& rename) {
                          task.action = DiskActionKind::rename;
                          task.file = rename.from;
                          task.to = rename.to;
                        },
                        [&](const bitcask::Unlink& unlink) {
                          task.action = DiskActionKind::unlink;
                          task.file = unlink.file;
                        }},
             op.action);
  lane.queue.push_back(std::move(task));
  start(op.lane, schedule, incarnation);
}

void Disk::start(Lane lane, Schedule& schedule, u32 incarnation) {
  LaneState& state = lane_of(lane);
  if (state.executing) return;
  if (state.held) return;
  if (state.queue.empty()) return;
  const VirtualTime from = std::max(schedule.now(), stalled_until_);
  draw_go(state.queue.front());
  const Duration length = duration_of(state.queue.front());
  schedule_front(lane, schedule, incarnation, from + length);
}

void Disk::schedule_front(Lane lane, Schedule& schedule, u32 incarnation, VirtualTime at) {
  LaneState& state = lane_of(lane);
  state.executing = true;
  schedule.push(Pending{.at = at,
                        .cause = state.queue.front().cause,
                        .argument = static_cast<u64>(lane),
                        .node = node_.value,
                        .incarnation = incarnation,
                        .kind = EventKind::disk_done});
}

Duration Disk::duration_of(const DiskTask& task) {
  constexpr i64 kBytesPerNanosecond = 1;  // about what a fast disk takes in
  switch (task.action) {
    case DiskActionKind::create:
    case DiskActionKind::rename:
    case DiskActionKind::unlink: return geometric(latency_, options_.write_mean);
    case DiskActionKind::read: break;  // is no task of a lane
    case DiskActionKind::sync:
    case DiskActionKind::sync_directory: return geometric(latency_, options_.sync_mean);
    case DiskActionKind::write: {
      Duration length = geometric(latency_, options_.write_mean);
      length.value += static_cast<i64>(task.this_time) / kBytesPerNanosecond;
      return length;
    }
  }
  SNOWFLK_ASSERT(false);  // Every action has a duration.
}

// A short write takes in some sectors of what is left; the driver hands over the rest in another
// go. Between the two, the other lane goes on, and a crash finds only the first. A sector is never
// cut: neither file systems nor the model of torn writes do that.
void Disk::draw_go(DiskTask& task) {
  if (task.action != DiskActionKind::write) return;
  const u64 left = task.bytes.size() - task.done;
  task.this_time = left;
  if (left == 0) return;
  const u64 into_sector = (task.offset + task.done) % kSectorBytes;
  const u64 ends_inside = (into_sector + left - 1) / kSectorBytes;  // of sectors, before the last
  if (ends_inside == 0 || !happens(errors_, options_.short_ppm)) return;
  counters_.short_writes += 1;
  task.this_time = (1 + errors_.below(ends_inside)) * kSectorBytes - into_sector;
}

bool Disk::would_finish(Lane lane, VirtualTime now) const {
  const LaneState& state = lanes_[static_cast<unsigned>(lane)];
  SNOWFLK_ASSERT(state.executing);
  if (stalls(state, now)) return false;
  const DiskTask& task = state.queue.front();
  if (state.ordered || task.action != DiskActionKind::write) return true;
  return task.done + task.this_time == task.bytes.size();
}

std::optional<DiskOpFinished> Disk::finish(Lane lane, Schedule& schedule, u32 incarnation) {
  LaneState& state = lane_of(lane);
  SNOWFLK_ASSERT(state.executing);
  SNOWFLK_ASSERT(!state.queue.empty());
  if (stalls(state, schedule.now())) {
    schedule_front(lane, schedule, incarnation, stalled_until_);
    return std::nullopt;
  }
  DiskTask& task = state.queue.front();
  if (!would_finish(lane, schedule.now())) {
    write_part(task, task.this_time);
    draw_go(task);
    schedule_front(lane, schedule, incarnation, schedule.now() + duration_of(task));
    return std::nullopt;
  }
  std::optional<DiskError> error = state.ordered_error;
  if (fails_by_order(task.action)) error = DiskError::io;
  if (error) {
    counters_.ordered_errors += 1;
    fail(task);
  } else {
    error = execute(task);
  }
  const DiskOpFinished finished{.lane = lane,
                                .sequence = task.sequence,
                                .action = task.action,
                                .file = task.file,
                                .refused = error.has_value(),
                                .error = error.value_or(DiskError::io)};
  retire_front(state);
  start(lane, schedule, incarnation);
  return finished;
}

bool Disk::fails_by_order(DiskActionKind action) {
  const auto told = std::ranges::find(fail_next_, action);
  if (told == fail_next_.end()) return false;
  fail_next_.erase(told);
  return true;
}

void Disk::retire_front(LaneState& lane) {
  lane.executing = false;
  lane.ordered = false;
  lane.ordered_error.reset();
  lane.spare.push_back(std::move(lane.queue.front()));
  lane.queue.erase(lane.queue.begin());
}

// ---- What an operation does -----------------------------------------------------------------

std::optional<DiskError> Disk::execute(DiskTask& task) {
  switch (task.action) {
    case DiskActionKind::create: return create(task);
    case DiskActionKind::write: return write(task);
    case DiskActionKind::sync: return sync(task);
    case DiskActionKind::sync_directory: sync_directory(unsynced_names_.size()); break;
    case DiskActionKind::rename: rename(task); break;
    case DiskActionKind::unlink: return unlink(task);
    case DiskActionKind::read: break;
  }
  return std::nullopt;
}

std::optional<DiskError> Disk::create(const DiskTask& task) {
  const bool no_room =
      options_.capacity_bytes != 0 && used_bytes() + task.size > options_.capacity_bytes;
  if (full_ || no_room) {
    counters_.no_space += 1;
    return DiskError::no_space;
  }
  last_inode_ += 1;
  inodes_.emplace(last_inode_, Inode{.content = std::make_shared<Content>(task.size)});
  change_name({.kind = NameChange::Kind::link, .name = task.file, .to = {}, .inode = last_inode_});
  return std::nullopt;
}

std::optional<DiskError> Disk::write(DiskTask& task) {
  SNOWFLK_ASSERT(find(task.file) != nullptr);  // the core writes only what it created or found
  counters_.writes += 1;
  if (happens(errors_, options_.write_error_ppm)) {
    counters_.write_errors += 1;
    fail(task);
    return DiskError::io;
  }
  counters_.bytes_written += task.bytes.size();
  write_part(task, task.bytes.size() - task.done);
  return std::nullopt;
}

// The next `bytes` of a write are in the cache.
void Disk::write_part(DiskTask& task, u64 bytes) {
  Content* content = find(task.file);
  if (content == nullptr || bytes == 0) return;
  const Bytes part = Bytes{task.bytes}.subspan(task.done, bytes);
  counters_.writebacks +=
      content->write(task.offset + task.done, part, writeback_, options_.writeback_ppm);
  if (!blemishes_.empty()) {
    blemishes_.written(names_.at(task.file), task.offset + task.done, bytes);
  }
  task.done += bytes;
}

std::optional<DiskError> Disk::sync(DiskTask& task) {
  Content* content = find(task.file);
  SNOWFLK_ASSERT(content != nullptr);
  counters_.syncs += 1;
  if (happens(errors_, options_.sync_error_ppm)) {
    counters_.sync_errors += 1;
    fail(task);
    return DiskError::io;
  }
  if (lies_ || happens(errors_, options_.lying_sync_ppm)) {
    counters_.lies += 1;
    return std::nullopt;
  }
  content->sync();
  return std::nullopt;
}

void Disk::rename(const DiskTask& task) {
  const auto found = names_.find(task.file);
  SNOWFLK_ASSERT(found != names_.end());
  change_name(
      {.kind = NameChange::Kind::rename, .name = task.file, .to = task.to, .inode = found->second});
}

std::optional<DiskError> Disk::unlink(const DiskTask& task) {
  if (!names_.contains(task.file)) return DiskError::io;  // as an operating system says it
  change_name({.kind = NameChange::Kind::unlink, .name = task.file, .to = {}, .inode = 0});
  return std::nullopt;
}

// A write that fails may have been done in part; a sync that fails has dropped what it could not
// write. Names change or they do not.
void Disk::fail(DiskTask& task) {
  if (task.action == DiskActionKind::write) write_partly(task);
  if (task.action != DiskActionKind::sync) return;
  if (Content* content = find(task.file)) content->fail_sync(crashes_);
}

void Disk::write_partly(DiskTask& task) {
  const u64 length = crashes_.below(task.bytes.size() + 1);
  const u64 whole = length / kSectorBytes * kSectorBytes;
  if (whole > task.done) write_part(task, whole - task.done);
}

void Disk::execute_partly(DiskTask& task) {
  switch (task.action) {
    case DiskActionKind::write: write_partly(task); return;
    case DiskActionKind::sync:
      if (Content* content = find(task.file)) content->sync_partly(crashes_);
      return;
    case DiskActionKind::sync_directory:
      sync_directory(crashes_.below(unsynced_names_.size() + 1));
      return;
    case DiskActionKind::create:
    case DiskActionKind::rename:
    case DiskActionKind::unlink:
      if (crashes_.chance({1, 2})) static_cast<void>(execute(task));
      return;
    case DiskActionKind::read: return;
  }
}

// ---- Names ----------------------------------------------------------------------------------

void Disk::apply(const NameChange& change, Directory& directory) {
  const auto old = directory.find(change.name);
  switch (change.kind) {
    case NameChange::Kind::link: set_name(directory, change.name, change.inode); return;
    case NameChange::Kind::rename: {
      const bool moves = old != directory.end() && old->second == change.inode;
      set_name(directory, change.to, change.inode);
      if (!moves) return;
      directory.erase(old);
      unnamed(change.inode);
      return;
    }
    case NameChange::Kind::unlink: {
      if (old == directory.end()) return;
      const u64 inode = old->second;
      directory.erase(old);
      unnamed(inode);
      return;
    }
  }
}

void Disk::set_name(Directory& directory, bitcask::FileId name, u64 inode) {
  named(inode);
  const auto [entry, fresh] = directory.try_emplace(name, inode);
  if (fresh) return;
  const u64 replaced = std::exchange(entry->second, inode);
  unnamed(replaced);
}

void Disk::named(u64 inode) { inodes_.at(inode).names += 1; }

void Disk::unnamed(u64 inode) {
  const auto found = inodes_.find(inode);
  SNOWFLK_ASSERT(found != inodes_.end());
  SNOWFLK_ASSERT(found->second.names > 0);
  found->second.names -= 1;
  if (found->second.names == 0) inodes_.erase(found);
}

// A change that is not durable keeps what it names: a crash may yet bring it about.
void Disk::change_name(const NameChange& change) {
  if (change.inode != 0) named(change.inode);
  unsynced_names_.push_back(change);
  apply(change, names_);
}

// The first `changes` of the unsynced ones are durable.
void Disk::sync_directory(std::size_t changes) {
  for (std::size_t i = 0; i < changes; ++i) apply(unsynced_names_[i], durable_names_);
  for (std::size_t i = 0; i < changes; ++i) {
    if (unsynced_names_[i].inode != 0) unnamed(unsynced_names_[i].inode);
  }
  unsynced_names_.erase(unsynced_names_.begin(),
                        unsynced_names_.begin() + static_cast<std::ptrdiff_t>(changes));
}

// Sharing shows here alone, and in memory alone.
Content& Disk::own(Inode& inode) {
  if (inode.content.use_count() != 1) inode.content = std::make_shared<Content>(*inode.content);
  return *inode.content;
}

Content* Disk::find(bitcask::FileId file) {
  const auto found = find_newest_first(names_, file);
  if (found == names_.end()) return nullptr;
  return &own(find_newest_first(inodes_, found->second)->second);
}

}  // namespace snowflk::sim
