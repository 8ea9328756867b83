// The files of a directory in which a given log and hard state are durable: how a scenario starts a
// node with a log. Made by a real store, so there is no second writer of the format.
#pragma once

#include <span>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/disk.hpp"
#include "core/bitcask/memory_disk.hpp"
#include "core/bitcask/store_options.hpp"

namespace snowflk::bitcask {

struct ImageEntry {
  Term term;
  u8 kind = 0;  // not 0
  WallTime time;
  Bytes payload;  // <= kBatchBytesMax
};

struct ImageLog {
  Term term;  // >= the term of each entry
  NodeId vote;
  LogIndex commit;                      // <= entries.size()
  std::span<const ImageEntry> entries;  // from index 1
};

struct ImageFile {
  FileId file;
  FileBytes bytes;
};

/// REQUIRES: the ranges above, those of StoreOptions (bootstrap is taken as given).
std::vector<ImageFile> make_image(const StoreOptions& options, const ImageLog& log);

}  // namespace snowflk::bitcask
