// A disk in memory that does every operation at once and never fails: for making the files of a
// scenario, and for tests. It is no model of a disk that crashes.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/disk.hpp"

namespace snowflk::bitcask {

using FileBytes = std::vector<std::byte>;

class MemoryDisk {
 public:
  MemoryDisk() = default;
  explicit MemoryDisk(std::map<FileId, FileBytes> files) : files_(std::move(files)) {}

  void perform(const DiskAction& action);
  /// As many bytes as there are, up to `read.length`. Borrowed until the next operation.
  [[nodiscard]] Bytes read(const DiskRead& read) const;

  [[nodiscard]] std::vector<FoundFile> list() const;
  [[nodiscard]] std::map<FileId, FileBytes>& files() { return files_; }
  [[nodiscard]] const std::map<FileId, FileBytes>& files() const { return files_; }

 private:
  std::map<FileId, FileBytes> files_;
};

}  // namespace snowflk::bitcask
