// How often something was read from the log, and what it means when its bytes do not come.
#pragma once

#include "core/bitcask/store.hpp"
#include "core/node/limits.hpp"

namespace snowflk::node {

enum class ReadVerdict : u8 {
  again,   // an error on the way from the platter is not yet an error on it
  failed,  // the disk does not show what it holds
  rot,     // what it holds is not what was written
};

/// Of one read. A copyable value.
class ReadTries {
 public:
  /// What follows from a reading that was not good. After `again` it is read once more.
  /// Fewer bytes than asked for are no wrong bytes; and bytes that were wrong once, between
  /// readings that failed, may be right the next time.
  ReadVerdict missed(bitcask::ReadFault fault) {
    const bool is_wrong = fault == bitcask::ReadFault::checksum;
    if (is_wrong) wrong_ += 1;
    if (made_ < limits::kReadAttemptsMax) {
      made_ += 1;
      return ReadVerdict::again;
    }
    const bool is_rot = is_wrong && wrong_ >= limits::kWrongReadingsMin;
    return is_rot ? ReadVerdict::rot : ReadVerdict::failed;
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  u32 made_ = 1;   // the one under way included
  u32 wrong_ = 0;  // of them: bytes came, and not those that were written
};

}  // namespace snowflk::node
