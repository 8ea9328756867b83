// A node's directory: who may use it, what is in it, and one disk operation done at a time.
//
// Knows files and system calls; knows no thread and no queue (file_disk.hpp), and nothing of what
// the bytes mean (core/bitcask).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bitcask/disk.hpp"
#include "real/fd.hpp"

namespace snowflk::real {

/// A directory that this process alone uses, for as long as the value lives.
class Directory {
 public:
  /// Opens `path` and takes its lock. `create`: a directory that is missing is made, and made
  /// durable, first, and one with files of others alone is refused. Fails in a sentence: missing,
  /// no directory, no right, in use.
  static Result<Directory> open(const std::string& path, bool create);

  [[nodiscard]] int fd() const { return directory_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// All files here that are ours, in the order of their names' kinds and numbers.
  [[nodiscard]] Result<std::vector<bitcask::FoundFile>> files() const;

 private:
  Directory(std::string path, Fd directory, Fd lock)
      : path_(std::move(path)), directory_(std::move(directory)), lock_(std::move(lock)) {}

  std::string path_;
  Fd directory_;
  Fd lock_;
};

/// What `action` is to do, for people: "make seg-0000000000000001.log of 67108864 bytes".
std::string text_of(const bitcask::DiskAction& action);

/// Open files of one directory, kept open between operations. For one thread.
class FileTable {
 public:
  static constexpr std::size_t kOpenMax = 256;

  /// `directory` is borrowed for the life of the table. Keeps at most `open_max` files open.
  explicit FileTable(int directory, std::size_t open_max = kOpenMax)
      : directory_(directory), open_max_(open_max) {}

  /// Does `action` whole, or says why not. A write that was cut short goes on; a sync that failed
  /// is not tried again, for the pages may be clean by then and the second try a lie.
  std::optional<bitcask::DiskError> perform(const bitcask::DiskAction& action);

  /// `file`, open for reading and writing; null with errno when it cannot be.
  std::shared_ptr<Fd> open(bitcask::FileId file);
  /// Forgets the open files that `action` gives another meaning. For a table that only reads.
  void forget(const bitcask::DiskAction& action);

 private:
  std::optional<bitcask::DiskError> create(const bitcask::Create& create);
  std::optional<bitcask::DiskError> write(const bitcask::Write& write);
  std::optional<bitcask::DiskError> sync(const bitcask::Sync& sync);
  std::optional<bitcask::DiskError> rename(const bitcask::Rename& rename);
  std::optional<bitcask::DiskError> unlink(const bitcask::Unlink& unlink);

  int directory_;
  std::size_t open_max_;
  std::map<bitcask::FileId, std::shared_ptr<Fd>> open_;
};

}  // namespace snowflk::real
