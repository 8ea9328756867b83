// The disk that never fails.
#include "core/bitcask/memory_disk.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace snowflk::bitcask {

void MemoryDisk::perform(const DiskAction& action) {
  std::visit(
      Overloaded{
          [&](const Create& create) { files_[create.file].assign(create.size, std::byte{0}); },
          [&](const Write& write) {
            FileBytes& file = files_[write.file];
            const u64 end = write.offset + write.bytes.size();
            if (file.size() < end) file.resize(end);
            std::ranges::copy(write.bytes, file.begin() + static_cast<i64>(write.offset));
          },
          [&](const Rename& rename) {
            auto moved = files_.extract(rename.from);
            SNOWFLK_ASSERT(!moved.empty());
            files_[rename.to] = std::move(moved.mapped());
          },
          [&](const Unlink& unlink) { files_.erase(unlink.file); }, [&](const Sync&) {},
          [&](const SyncDirectory&) {}},
      action);
}

Bytes MemoryDisk::read(const DiskRead& read) const {
  const auto file = files_.find(read.file);
  if (file == files_.end() || read.offset >= file->second.size()) return {};
  const u64 length = std::min<u64>(read.length, file->second.size() - read.offset);
  return Bytes{file->second}.subspan(read.offset, length);
}

std::vector<FoundFile> MemoryDisk::list() const {
  std::vector<FoundFile> found;
  found.reserve(files_.size());
  for (const auto& [file, bytes] : files_) found.push_back({.file = file, .size = bytes.size()});
  return found;
}

}  // namespace snowflk::bitcask
