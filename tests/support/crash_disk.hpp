// A disk that can lose power: cache and platter apart, unit by unit, directory entries too.
//
// Operations wait in their lanes until they are let through, one by one. A power cut keeps, of each
// unsynced unit, the old or the new, and of the unsynced directory changes a first part.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/base/prng.hpp"
#include "core/bitcask/disk.hpp"
#include "core/bitcask/layout.hpp"
#include "core/bitcask/memory_disk.hpp"

namespace snowflk::testing {

class CrashDisk {
 public:
  using FileId = bitcask::FileId;
  using FileBytes = bitcask::FileBytes;

  CrashDisk() = default;
  /// All of `files` is durable.
  explicit CrashDisk(const std::map<FileId, FileBytes>& files) {
    for (const auto& [file, bytes] : files) {
      names_[file] = inodes_.size();
      inodes_.push_back({.platter = bytes, .cache = bytes, .lost = {}});
    }
    durable_names_ = names_;
  }

  void submit(const bitcask::DiskRequests& requests) {
    for (const bitcask::DiskOp& op : requests.operations()) {
      Pending pending{.op = op, .bytes = {}};
      if (const auto* write = std::get_if<bitcask::Write>(&op.action)) {
        pending.bytes.assign(write->bytes.begin(), write->bytes.end());
      }
      lanes_[static_cast<unsigned>(op.lane)].push_back(std::move(pending));
    }
  }
  [[nodiscard]] bool idle(bitcask::Lane lane) const {
    return lanes_[static_cast<unsigned>(lane)].empty();
  }
  [[nodiscard]] const bitcask::DiskOp& next(bitcask::Lane lane) const {
    return lanes_[static_cast<unsigned>(lane)].front().op;
  }
  /// Does the lane's next operation. Returns its sequence.
  u64 let_through(bitcask::Lane lane) {
    const Pending pending = take(lane);
    apply(pending);
    return pending.op.sequence;
  }
  /// Takes the lane's next operation away undone, to be refused.
  u64 refuse(bitcask::Lane lane) { return take(lane).op.sequence; }
  /// A sync that fails and leaves pages clean: they read as before, but no later sync writes them,
  /// until they are written to again.
  u64 fail_sync(bitcask::Lane lane) {
    const Pending pending = take(lane);
    if (const auto* sync = std::get_if<bitcask::Sync>(&pending.op.action)) {
      inodes_[names_.at(sync->file)].lose_dirty();
    }
    return pending.op.sequence;
  }

  [[nodiscard]] Bytes read(const bitcask::DiskRead& read) const {
    const auto name = names_.find(read.file);
    if (name == names_.end()) return {};
    const FileBytes& bytes = inodes_[name->second].cache;
    if (read.offset >= bytes.size()) return {};
    const u64 length = std::min<u64>(read.length, bytes.size() - read.offset);
    return Bytes{bytes}.subspan(read.offset, length);
  }
  [[nodiscard]] std::vector<bitcask::FoundFile> list() const {
    std::vector<bitcask::FoundFile> found;
    for (const auto& [file, inode] : names_) {
      found.push_back({.file = file, .size = inodes_[inode].cache.size()});
    }
    return found;
  }

  /// The process dies: what was not begun is gone, the cache stays.
  void process_crash() {
    for (auto& lane : lanes_) lane.clear();
  }
  /// The power goes. Perhaps the operations that had begun are half done.
  void power_cut(Prng& prng) {
    for (auto& lane : lanes_) {
      if (!lane.empty() && prng.chance({1, 2})) apply(lane.front());
    }
    process_crash();
    const std::size_t kept = unsynced_names_.empty() ? 0 : prng.below(unsynced_names_.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) rename_in(durable_names_, unsynced_names_[i]);
    unsynced_names_.clear();
    names_ = durable_names_;
    // Three styles: each unit by itself, all old, all new.
    const u64 style = prng.below(4);
    for (Inode& inode : inodes_) {
      cut(inode, style, prng);
      inode.lost.clear();
      inode.cache = inode.platter;
    }
  }

  // ---- A power cut of one's own choice: begin(), then cut() ------------------------------------

  /// The lane's next operation has begun: it may be done, in part or whole.
  void begin(bitcask::Lane lane) { apply(lanes_[static_cast<unsigned>(lane)].front()); }
  /// Units that a power cut may lose, and changes of names.
  [[nodiscard]] std::size_t unsynced_units() {
    std::size_t count = 0;
    for (Inode& inode : inodes_) inode.for_each_dirty([&](u64, u64) { count += 1; });
    return count;
  }
  [[nodiscard]] std::size_t unsynced_names() const { return unsynced_names_.size(); }
  /// The power goes. Of what was not synced stays the `i`-th unit if keeps_unit(i), and the first
  /// `names` changes of names.
  template <class KeepsUnit>
  void cut(std::size_t names, KeepsUnit&& keeps_unit) {
    process_crash();
    for (std::size_t i = 0; i < names; ++i) rename_in(durable_names_, unsynced_names_[i]);
    unsynced_names_.clear();
    names_ = durable_names_;
    std::size_t unit = 0;
    for (Inode& inode : inodes_) {
      inode.for_each_dirty([&](u64 at, u64 count) {
        if (keeps_unit(unit)) inode.keep(at, count);
        unit += 1;
      });
      inode.lost.clear();
      inode.cache = inode.platter;
    }
  }

  [[nodiscard]] std::map<FileId, FileBytes> files() const {
    std::map<FileId, FileBytes> files;
    for (const auto& [file, inode] : names_) files[file] = inodes_[inode].cache;
    return files;
  }
  [[nodiscard]] FileBytes& bytes_of(FileId file) {
    Inode& inode = inodes_[names_.at(file)];
    return inode.cache;
  }

 private:
  struct Inode {
    FileBytes platter;
    FileBytes cache;
    std::set<u64> lost;  // units that count as clean, but are not on the platter

    template <class Visit>
    void for_each_dirty(Visit&& visit) {
      platter.resize(cache.size());
      for (u64 at = 0; at < cache.size(); at += bitcask::kUnitBytes) {
        const u64 count = std::min<u64>(bitcask::kUnitBytes, cache.size() - at);
        if (lost.contains(at) || std::memcmp(&cache[at], &platter[at], count) == 0) continue;
        visit(at, count);
      }
    }
    void keep(u64 at, u64 count) { std::memcpy(&platter[at], &cache[at], count); }
    void sync() {
      for_each_dirty([&](u64 at, u64 count) { keep(at, count); });
    }
    void lose_dirty() {
      for_each_dirty([&](u64 at, u64) { lost.insert(at); });
    }
    void write(u64 offset, Bytes bytes) {
      if (cache.size() < offset + bytes.size()) cache.resize(offset + bytes.size());
      std::ranges::copy(bytes, cache.begin() + static_cast<std::ptrdiff_t>(offset));
      lost.erase(lost.lower_bound(offset / bitcask::kUnitBytes * bitcask::kUnitBytes),
                 lost.lower_bound(offset + bytes.size()));
    }
  };
  struct Pending {
    bitcask::DiskOp op;
    FileBytes bytes;
  };
  // A name that points to an inode, or to none; perhaps another name is taken away with it.
  struct NameChange {
    FileId file;
    std::optional<std::size_t> inode;
    std::optional<FileId> removed;
  };

  Pending take(bitcask::Lane lane) {
    auto& queue = lanes_[static_cast<unsigned>(lane)];
    Pending pending = std::move(queue.front());
    queue.pop_front();
    return pending;
  }

  static void cut(Inode& inode, u64 style, Prng& prng) {
    inode.for_each_dirty([&](u64 at, u64 count) {
      const bool taken = style == 0 ? false : style == 1 ? true : prng.chance({1, 2});
      if (taken) inode.keep(at, count);
    });
  }

  static void rename_in(std::map<FileId, std::size_t>& names, const NameChange& change) {
    if (change.removed) names.erase(*change.removed);
    if (change.inode) {
      names[change.file] = *change.inode;
    } else {
      names.erase(change.file);
    }
  }
  void change_name(const NameChange& change) {
    rename_in(names_, change);
    unsynced_names_.push_back(change);
  }

  void apply(const Pending& pending) {
    std::visit(
        Overloaded{
            [&](const bitcask::Create& create) {
              inodes_.push_back(
                  {.platter = FileBytes(create.size), .cache = FileBytes(create.size), .lost = {}});
              change_name({.file = create.file, .inode = inodes_.size() - 1, .removed = {}});
            },
            [&](const bitcask::Write& write) {
              inodes_[names_.at(write.file)].write(write.offset, pending.bytes);
            },
            [&](const bitcask::Sync& sync) { inodes_[names_.at(sync.file)].sync(); },
            [&](const bitcask::SyncDirectory&) {
              durable_names_ = names_;
              unsynced_names_.clear();
            },
            [&](const bitcask::Rename& rename) {
              change_name(
                  {.file = rename.to, .inode = names_.at(rename.from), .removed = rename.from});
            },
            [&](const bitcask::Unlink& unlink) {
              change_name({.file = unlink.file, .inode = {}, .removed = {}});
            }},
        pending.op.action);
  }

  std::vector<Inode> inodes_;
  std::map<FileId, std::size_t> names_;
  std::map<FileId, std::size_t> durable_names_;
  std::vector<NameChange> unsynced_names_;
  std::array<std::deque<Pending>, bitcask::kLaneCount> lanes_;
};

}  // namespace snowflk::testing
