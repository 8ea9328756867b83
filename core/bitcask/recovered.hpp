// What a directory held, as recovery hands it to the node.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/record.hpp"

namespace snowflk::bitcask {

struct RecoveredEntry {
  Term term;
  u32 size = 0;  // of payload
  u8 kind = 0;
  friend bool operator==(const RecoveredEntry&, const RecoveredEntry&) = default;
};

struct DerivedDurable {
  LogIndex index;
  u32 sub = 0;
  RecordLocation location;
};

struct Recovered {
  Term term;
  NodeId vote;
  Incarnation incarnation;
  LogIndex commit;                      // was committed and durable here, at the least
  std::vector<RecoveredEntry> entries;  // from index 1
  std::vector<DerivedDurable> derived;  // ascending (index, sub), without doubles
};

/// Why bytes that were read back are not what was written.
enum class ReadFault : u8 { too_short, checksum };
constexpr std::string_view name_of(ReadFault fault) {
  switch (fault) {
    case ReadFault::too_short: return "too_short";
    case ReadFault::checksum: return "checksum";
  }
  return "?";
}

}  // namespace snowflk::bitcask
