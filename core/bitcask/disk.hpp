// The words in which the core speaks to a node's disk: files, operations, reads, refusals.
//
// Files are named by kind and number, never by text; the text is a driver's matter and made, and
// judged, here alone (file_name, parse_file_name).
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/describe.hpp"
#include "core/base/types.hpp"

namespace snowflk::bitcask {

enum class FileKind : u8 { meta = 0, manifest = 1, segment = 2, manifest_new = 3 };
constexpr std::string_view name_of(FileKind kind) {
  switch (kind) {
    case FileKind::meta: return "meta";
    case FileKind::manifest: return "manifest";
    case FileKind::segment: return "segment";
    case FileKind::manifest_new: return "manifest_new";
  }
  return "?";
}

/// meta.0 and meta.1; MANIFEST.<generation>; seg-<id:016x>.log.
struct FileId {
  static constexpr std::string_view kName = "file";
  FileKind kind = FileKind::meta;
  u64 number = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"kind", &FileId::kind}, Field{"number", &FileId::number}};
  }
  friend constexpr auto operator<=>(FileId, FileId) = default;
};

/// The name of `file` in its directory.
std::string file_name(FileId file);
/// The file that `name` names; nothing for a name that is not ours.
std::optional<FileId> parse_file_name(std::string_view name);

/// A file that the driver found at start, and its length in bytes.
struct FoundFile {
  FileId file;
  u64 size = 0;
};

/// Each lane is a FIFO; across lanes only completions order.
enum class Lane : u8 { log = 0, background = 1 };
inline constexpr unsigned kLaneCount = 2;
constexpr std::string_view name_of(Lane lane) {
  switch (lane) {
    case Lane::log: return "log";
    case Lane::background: return "background";
  }
  return "?";
}

/// Makes a file of `size` bytes that read as zero, its space reserved. What stood there under the
/// name is replaced.
struct Create {
  static constexpr std::string_view kName = "create";
  FileId file;
  u64 size = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"file", &Create::file}, Field{"size", &Create::size}};
  }
};
/// `bytes` stay where they are, unmoved, until the operation is done.
struct Write {
  static constexpr std::string_view kName = "write";
  FileId file;
  u64 offset = 0;
  Bytes bytes;
  static constexpr auto fields() {
    return std::tuple{Field{"file", &Write::file}, Field{"offset", &Write::offset},
                      Field{"bytes", &Write::bytes}};
  }
};
/// Makes the data of `file` durable (fdatasync). Not its name: that is SyncDirectory.
struct Sync {
  static constexpr std::string_view kName = "sync";
  FileId file;
  static constexpr auto fields() { return std::tuple{Field{"file", &Sync::file}}; }
};
/// Makes creations, renames and removals so far durable.
struct SyncDirectory {
  static constexpr std::string_view kName = "sync_directory";
  static constexpr auto fields() { return std::tuple{}; }
};
struct Rename {
  static constexpr std::string_view kName = "rename";
  FileId from;
  FileId to;
  static constexpr auto fields() {
    return std::tuple{Field{"from", &Rename::from}, Field{"to", &Rename::to}};
  }
};
struct Unlink {
  static constexpr std::string_view kName = "unlink";
  FileId file;
  static constexpr auto fields() { return std::tuple{Field{"file", &Unlink::file}}; }
};

using DiskAction = std::variant<Create, Write, Sync, SyncDirectory, Rename, Unlink>;

/// `sequence` counts 1, 2, 3 … within its lane and incarnation.
struct DiskOp {
  Lane lane = Lane::log;
  u64 sequence = 0;
  DiskAction action;
};

/// Names a read of this incarnation; never used twice in it.
struct DiskReadId {
  static constexpr bool kScalar = true;
  u64 value = 0;
  friend constexpr auto operator<=>(DiskReadId, DiskReadId) = default;
};

/// Reads pass lanes: a read sees all writes of operations that were done when it was issued.
struct DiskRead {
  static constexpr std::string_view kName = "disk_read";
  DiskReadId id;
  FileId file;
  u64 offset = 0;
  u32 length = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"id", &DiskRead::id}, Field{"file", &DiskRead::file},
                      Field{"offset", &DiskRead::offset}, Field{"length", &DiskRead::length}};
  }
};

enum class DiskError : u8 { no_space = 1, io = 2 };
constexpr std::string_view name_of(DiskError error) {
  switch (error) {
    case DiskError::no_space: return "no_space";
    case DiskError::io: return "io";
  }
  return "?";
}

/// What a module wants of the disk in this step. Cleared by the node, never freed. The sequence
/// numbers are counted here, so that a lane has one counter.
class DiskRequests {
 public:
  /// Returns the operation's sequence in its lane.
  u64 issue(Lane lane, const DiskAction& action) {
    u64& last = issued_[static_cast<unsigned>(lane)];
    last += 1;
    operations_.push_back(DiskOp{.lane = lane, .sequence = last, .action = action});
    return last;
  }
  DiskReadId read(FileId file, u64 offset, u32 length) {
    last_read_.value += 1;
    reads_.push_back(DiskRead{.id = last_read_, .file = file, .offset = offset, .length = length});
    return last_read_;
  }
  [[nodiscard]] u64 issued(Lane lane) const { return issued_[static_cast<unsigned>(lane)]; }
  [[nodiscard]] const std::vector<DiskOp>& operations() const { return operations_; }
  [[nodiscard]] const std::vector<DiskRead>& reads() const { return reads_; }
  void clear() {
    operations_.clear();
    reads_.clear();
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  std::vector<DiskOp> operations_;
  std::vector<DiskRead> reads_;
  u64 issued_[kLaneCount] = {};
  DiskReadId last_read_;
};

}  // namespace snowflk::bitcask
