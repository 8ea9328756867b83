// A store on a disk that can crash, moved by hand: open, change, let operations through, crash.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/bitcask/store.hpp"
#include "tests/support/crash_disk.hpp"

namespace snowflk::testing {

inline constexpr u64 kRigSegmentBytes = 64ULL << 10;

inline bitcask::StoreOptions rig_options() {
  return {.cluster = {7},
          .node = {1},
          .members = {},
          .segment_bytes = kRigSegmentBytes,
          .batch_bytes_max = kRigSegmentBytes / 4,
          .cache_bytes = 4096,
          .entropy = 99,
          .bootstrap = true};
}

class StoreRig {
 public:
  /// Whether a read of the first start fails.
  using Fails = std::function<bool(const bitcask::DiskRead&)>;

  explicit StoreRig(CrashDisk from = {}, bitcask::StoreOptions with = rig_options(),
                    Fails read_fails = {})
      : disk(std::move(from)), options(with), store(with), fails(std::move(read_fails)) {
    const auto files = disk.list();
    store.open(files, output());
    collect();
  }

  /// A new incarnation on the same disk.
  void reopen() {
    disk.process_crash();
    CrashDisk kept = std::move(disk);
    const bitcask::StoreOptions same = options;
    const LogIndex known = commit;
    *this = StoreRig(std::move(kept), same);
    commit = known;
  }

  bitcask::Output output() { return {.disk = requests, .events = events}; }

  void flush() {
    store.flush(now, commit, output());
    collect();
    store.check_invariants();
  }
  /// Lets the next operation of `lane` through, and tells the store.
  bool step(bitcask::Lane lane) {
    if (disk.idle(lane)) return false;
    store.on_done(lane, disk.let_through(lane), output());
    flush();
    return true;
  }
  /// All that is wished, and all that follows from it.
  void settle() {
    flush();
    while (step(bitcask::Lane::log) || step(bitcask::Lane::background)) {
    }
  }
  void settle_ready() {
    settle();
    if (store.state() != bitcask::StoreState::ready) failed_to_open = store.reason();
  }

  u64 append(std::string_view payload, u64 term = 1, u8 kind = 2) {
    return store.append(store.last_index().next(), Term{term}, kind, WallTime{1000},
                        as_bytes(payload));
  }
  /// As a node reads: from memory, else from the disk, checked.
  std::optional<std::string> payload(LogIndex index) {
    if (const auto held = store.payload(index)) return std::string(as_text(*held));
    store.read_payload(index, output());
    const bitcask::DiskRead read = requests.reads().back();
    requests.clear();
    std::vector<std::byte> payload(store.payload_location(index).length);
    if (!store.check_payload(index, disk.read(read), payload)) return std::nullopt;
    return std::string(as_text(payload));
  }

  CrashDisk disk;
  bitcask::StoreOptions options;
  bitcask::Store store;
  bitcask::DiskRequests requests;
  std::vector<bitcask::Event> events;
  Instant now{1};
  LogIndex commit;
  std::string failed_to_open;
  Fails fails;
  unsigned failed = 0;  // reads

 private:
  void collect() {
    while (true) {
      disk.submit(requests);
      const std::vector<bitcask::DiskRead> reads = requests.reads();
      requests.clear();
      if (reads.empty()) return;
      for (const bitcask::DiskRead& read : reads) {
        if (fails && fails(read)) {
          failed += 1;
          store.on_read(read.id, std::unexpected(bitcask::DiskError::io), output());
          continue;
        }
        const Bytes bytes = disk.read(read);
        store.on_read(read.id, bytes, output());
      }
    }
  }
};

}  // namespace snowflk::testing
