// One node's disk: a directory of files, two lanes of operations, reads, and all that can go wrong
// with them.
//
// Owns what is durable and what a crash leaves. An operation takes effect when its time is over,
// in the order of its lane; a crash may come between any two, and may cut the one in execution
// short. Names are durable only after SyncDirectory, data only after Sync (sim/content.hpp).
#pragma once

#include <algorithm>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bitcask/disk.hpp"
#include "sim/blemishes.hpp"
#include "sim/content.hpp"
#include "sim/harm.hpp"
#include "sim/options.hpp"
#include "sim/record.hpp"
#include "sim/schedule.hpp"
#include "sim/slots.hpp"

namespace snowflk::sim {

/// An operation that was issued and is not done. Its bytes are the disk's own copy.
struct DiskTask {
  u64 sequence = 0;
  DiskActionKind action = DiskActionKind::write;
  bitcask::FileId file;
  bitcask::FileId to;  // of a rename
  u64 offset = 0;      // of a write
  u64 size = 0;        // of a create
  std::vector<std::byte> bytes;
  u64 done = 0;       // of a write: so many bytes of it are in the file
  u64 this_time = 0;  // likewise: so many more the kernel takes in this go
  EventId cause;
};

struct DiskCounters {
  u64 bytes_written = 0;
  u64 writes = 0;
  u64 syncs = 0;
  u64 reads = 0;
  u64 write_errors = 0;
  u64 sync_errors = 0;
  u64 ordered_errors = 0;  // by a script, of any kind
  u64 read_errors = 0;
  u64 short_writes = 0;
  u64 short_reads = 0;
  u64 writebacks = 0;  // pages that were on the platter before any sync
  u64 no_space = 0;
  u64 sectors_at_risk = 0;  // that a power cut found dirty
  u64 rotted = 0;
  u64 garbage = 0;           // sectors that power left neither old nor new
  u64 blemishes = 0;         // since they were last lifted
  u64 bad_sector_reads = 0;  // reads that met one
  u64 lost_files = 0;        // since they were last found again
  u64 wipes = 0;
  u64 lies = 0;     // syncs that said that they were done, and were not
  u64 choices = 0;  // of the last power cut of which it was chosen what it leaves
};

class Disk {
 public:
  Disk() = default;
  Disk(u64 seed, NodeId node, const DiskOptions& options);

  // ---- For the node's driver ----------------------------------------------------------------

  /// Takes over `op` and copies its bytes. It comes back as EventKind::disk_done.
  void issue(const bitcask::DiskOp& op, Schedule& schedule, u32 incarnation, EventId cause);
  void issue(const bitcask::DiskRead& read, Schedule& schedule, u32 incarnation, EventId cause);
  /// The task in execution on `lane` takes effect, or is refused; the next one starts.
  /// Nothing: it is not done yet, and comes again. REQUIRES: it is in execution.
  std::optional<DiskOpFinished> finish(bitcask::Lane lane, Schedule& schedule, u32 incarnation);
  /// Whether finish() would end the task in execution: the disk does not stall, and no part of a
  /// write is left for another go.
  [[nodiscard]] bool would_finish(bitcask::Lane lane, VirtualTime now) const;
  struct Read {
    bitcask::DiskRead asked;
    /// Borrowed until the next read is issued. Of a short read: the first of them, one at least.
    std::expected<Bytes, bitcask::DiskError> bytes;
  };
  Read finish_read(u64 slot);
  void drop_read(u64 slot) { reads_.give_back(slot); }
  /// For checks: what a read that does not fail would find there now; returns how much there is.
  u64 peek(bitcask::FileId file, u64 offset, MutableBytes out) const;

  // ---- Crashes and starts -------------------------------------------------------------------

  /// What was issued and not done is forgotten, but for the task in execution, part of which may
  /// have happened. A machine crash loses what was not synced.
  void crash(CrashKind kind, Unsynced unsynced);
  /// What a script leaves under way of what waits by hand (DiskOptions::waiting_is_under_way) when
  /// the next crash comes, which happens now: lanes as bits.
  void leave_under_way(u8 lanes) { begun_ = lanes; }
  /// In which lanes an operation was under way when the last crash came, as bits.
  [[nodiscard]] u8 under_way_at_crash() const { return under_way_at_crash_; }
  /// What a power cut now may leave in one way or another: changes of names that were not synced,
  /// in their order, then the sectors and lengths of files (Content::choices).
  [[nodiscard]] u64 choices() const;
  /// Of the next crash with Unsynced::chosen, which happens now: a '1' for each choice that is new.
  void choose(std::string_view kept) { chosen_ = kept; }
  [[nodiscard]] const std::string& chosen() const { return chosen_; }
  /// What a driver finds at start, in the order of FileId.
  void list(std::vector<bitcask::FoundFile>& files) const;

  // ---- Faults -------------------------------------------------------------------------------

  void stall_until(VirtualTime until) { stalled_until_ = until; }
  void set_full(bool full) { full_ = full; }
  /// Turns one drawn bit of what is durable. Nothing durable, nothing happens.
  std::optional<DiskRotted> rot(Prng& prng);
  /// A drawn settled place of a segment is blemished. Nothing: there is none, or, of what is
  /// misdirected, one is there already.
  std::optional<DiskBlemished> blemish(BlemishKind kind, Prng& prng);
  /// A drawn sector of a drawn copy of the metadata cannot be read. Nothing: there is no such copy.
  std::optional<DiskBlemished> bad_meta_sector(Prng& prng);
  /// A file that is durable is gone from the directory. REQUIRES: no process runs on this disk.
  std::optional<FileLost> lose_file(Prng& prng);
  /// All files are gone, for good. False: there are none. REQUIRES: as lose_file().
  bool wipe();
  /// Blemishes are gone, what was lost is found; rot and wipes stay. False: there was nothing.
  bool lift_faults();
  /// Where the newest metadata stands in both files, if it tells of a vote.
  [[nodiscard]] std::optional<u64> vote_slot() const;
  /// A read of this incarnation has met a blemish.
  [[nodiscard]] bool has_misled() const { return has_misled_; }
  /// From now on a sync says that it is done, and is not.
  void set_lying(bool lies) { lies_ = lies; }
  void set_options(const DiskOptions& options) { options_ = options; }
  /// What is drawn from here on is drawn anew.
  void fork(u64 number) {
    for (Prng* random : {&latency_, &errors_, &crashes_, &writeback_}) random->fork(number);
  }
  [[nodiscard]] const DiskOptions& options() const { return options_; }

  // ---- Scripts ------------------------------------------------------------------------------

  /// While held, a lane starts nothing; step by step it goes on by finish_held().
  void hold(bitcask::Lane lane, bool held, Schedule& schedule, u32 incarnation);
  /// The first task of a held lane, unless it was in execution when the hold came; null: none.
  [[nodiscard]] const DiskTask* waiting(bitcask::Lane lane) const;
  /// The task that waits is done next, or refused with `error`. REQUIRES: waiting(lane).
  void finish_held(bitcask::Lane lane, std::optional<bitcask::DiskError> error, Schedule& schedule,
                   u32 incarnation);
  /// While held, no read is done but by finish_held_read().
  void hold_reads(bool held, Schedule& schedule);
  /// Of the held reads of that file from `offset` on, or, without a file, of all, the oldest is
  /// done next, or the one that `older` others are older than. False: no such read waits.
  bool finish_held_read(std::optional<bitcask::FileId> file, u64 offset, u64 older,
                        Schedule& schedule);
  /// What is issued and not done, in order. Borrowed until the next non-const call.
  [[nodiscard]] std::span<const DiskTask> tasks(bitcask::Lane lane) const;

  /// The next operation of this kind is refused with an I/O error.
  void fail_next(DiskActionKind action) { fail_next_.push_back(action); }
  /// Likewise the next read of that file from `offset` on; without a file, the next read of all. Or
  /// it brings `bytes` of what is asked for, if that is not 0.
  void fail_read(std::optional<bitcask::FileId> file, u64 offset, u64 bytes = 0) {
    fail_reads_.push_back({.file = file, .offset = offset, .bytes = bytes});
  }
  /// What was ordered so is taken back.
  void fail_no_more() {
    fail_next_.clear();
    fail_reads_.clear();
  }
  [[nodiscard]] bool will_fail(DiskActionKind action) const {
    if (action == DiskActionKind::read && !fail_reads_.empty()) return true;
    return std::ranges::find(fail_next_, action) != fail_next_.end();
  }
  /// Turns a bit of the durable byte at `offset`. False: there is no such byte.
  bool rot_at(bitcask::FileId file, u64 offset);
  /// Bad or stale `sectors` of the page at `offset`. Nothing: there is no such place.
  std::optional<DiskBlemished> blemish_at(BlemishKind kind, bitcask::FileId file, u64 offset,
                                          u8 sectors, bool once);
  /// The page at `offset` and another, by a read or a write. Nothing: as above.
  std::optional<DiskBlemished> misdirect(BlemishKind kind, bitcask::FileId file, u64 offset,
                                         bitcask::FileId other_file, u64 other_offset);
  /// What such a record tells, done here. False: as above.
  bool blemish_like(const DiskBlemished& told);
  bool lose_file(bitcask::FileId file);

  /// As if written and synced long ago. For starting directories.
  void put(bitcask::FileId file, Bytes bytes);

  [[nodiscard]] const DiskCounters& counters() const { return counters_; }
  /// What was done to bytes that are still there, in the order in which it happened. What was
  /// lifted is not among it, but for files that were lost and found again.
  [[nodiscard]] std::vector<Harm> harms() const;
  [[nodiscard]] u64 used_bytes() const;

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct LaneState {
    std::vector<DiskTask> queue;  // in order; front: in execution, when `executing`
    std::vector<DiskTask> spare;  // done ones, for their buffers
    bool executing = false;
    bool held = false;
    std::optional<bitcask::DiskError> ordered_error;  // by a script, of the front
    bool ordered = false;                             // by a script: the front goes through
  };
  struct Job {
    bitcask::DiskRead asked;
    std::vector<std::byte> bytes;
  };
  struct HeldRead {
    u64 slot = 0;
    u32 incarnation = 0;
    EventId cause;
  };
  struct NameChange {
    enum class Kind : u8 { link, rename, unlink } kind = Kind::link;
    bitcask::FileId name;
    bitcask::FileId to;
    u64 inode = 0;
  };
  using Directory = std::map<bitcask::FileId, u64>;  // name -> inode
  /// Shared by copies of a world until one of them writes: most files of a node are sealed.
  struct Inode {
    std::shared_ptr<Content> content;
    u32 names = 0;  // in either directory or among the unsynced changes; without one it is gone
  };

  struct Place {
    bitcask::FileId file;
    u64 inode = 0;
    u64 page = 0;
  };
  struct Harmed {
    Harm harm;      // its file: by the name that it had then
    u64 inode = 0;  // 0: none
  };
  struct FailingRead {
    std::optional<bitcask::FileId> file;  // nothing: whichever
    u64 offset = 0;
    u64 bytes = 0;  // that it brings; 0: it fails
    friend bool operator==(const FailingRead&, const FailingRead&) = default;
  };
  struct Lost {
    bitcask::FileId file;
    u64 inode = 0;
  };

  [[nodiscard]] LaneState& lane_of(bitcask::Lane lane) {
    return lanes_[static_cast<unsigned>(lane)];
  }
  void start(bitcask::Lane lane, Schedule& schedule, u32 incarnation);
  [[nodiscard]] Pending done(const HeldRead& read, VirtualTime at) const;
  void schedule_front(bitcask::Lane lane, Schedule& schedule, u32 incarnation, VirtualTime at);
  Duration duration_of(const DiskTask& task);
  [[nodiscard]] bool stalls(const LaneState& lane, VirtualTime now) const {
    return !lane.ordered && stalled_until_ > now;
  }
  bool fails_by_order(DiskActionKind action);
  /// What a script ordered of this read. It is taken from the orders.
  std::optional<FailingRead> take_order(const bitcask::DiskRead& read);
  void draw_go(DiskTask& task);
  void write_part(DiskTask& task, u64 bytes);
  void retire_front(LaneState& lane);

  std::optional<bitcask::DiskError> execute(DiskTask& task);
  std::optional<bitcask::DiskError> create(const DiskTask& task);
  std::optional<bitcask::DiskError> write(DiskTask& task);
  std::optional<bitcask::DiskError> sync(DiskTask& task);
  void rename(const DiskTask& task);
  std::optional<bitcask::DiskError> unlink(const DiskTask& task);
  void fail(DiskTask& task);
  void write_partly(DiskTask& task);
  void execute_partly(DiskTask& task);

  void apply(const NameChange& change, Directory& directory);
  void set_name(Directory& directory, bitcask::FileId name, u64 inode);
  void change_name(const NameChange& change);
  void sync_directory(std::size_t changes);
  void lose_power(Unsynced unsynced);
  void named(u64 inode);
  void unnamed(u64 inode);
  /// To be changed: nobody else's any more.
  static Content& own(Inode& inode);
  Content* find(bitcask::FileId file);
  [[nodiscard]] std::optional<Place> settled_place(Prng& prng) const;
  [[nodiscard]] bool is_misdirected() const;
  void note_harm(HarmKind kind, bitcask::FileId file, u64 inode, u64 offset, u64 bytes);
  bool show_blemishes(bitcask::FileId file, u64 offset, MutableBytes bytes);

  DiskOptions options_;
  LaneState lanes_[bitcask::kLaneCount];
  Slots<Job> reads_;
  bool reads_are_held_ = false;
  std::vector<HeldRead> held_reads_;  // the oldest first
  std::map<u64, Inode> inodes_;
  Directory names_;  // as a running process sees them
  Directory durable_names_;
  std::vector<NameChange> unsynced_names_;
  u64 last_inode_ = 0;
  NodeId node_;
  VirtualTime stalled_until_;
  bool full_ = false;
  bool lies_ = false;
  bool has_misled_ = false;
  std::string chosen_;  // of what was not synced, by whoever tries all of it
  Blemishes blemishes_;
  std::vector<Lost> lost_;
  std::vector<Harmed> harms_;
  std::vector<DiskActionKind> fail_next_;  // by a script
  std::vector<FailingRead> fail_reads_;    // likewise
  u8 begun_ = kAllLanes;                   // likewise
  u8 under_way_at_crash_ = 0;
  Prng latency_;
  Prng errors_;
  Prng crashes_;
  Prng writeback_;
  DiskCounters counters_;
};

}  // namespace snowflk::sim
