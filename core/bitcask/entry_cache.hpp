// The payloads of recent entries, in memory, in one ring of bytes.
//
// Holds a run of indexes up to the last of the log. The oldest leave when the budget is spent, but
// never one that is not durable yet: those are nowhere else.
#pragma once

#include <optional>
#include <vector>

#include "core/base/types.hpp"

namespace snowflk::bitcask {

class EntryCache {
 public:
  explicit EntryCache(u64 budget) : budget_(budget) {}

  /// REQUIRES: index follows the last that was appended, or nothing is held.
  void append(LogIndex index, Bytes payload);
  /// Entries from `from` on are gone.
  void truncate(LogIndex from);
  /// Entries up to here may leave.
  void set_durable(LogIndex index);

  /// Borrowed until the next call that is not const.
  [[nodiscard]] std::optional<Bytes> find(LogIndex index) const;
  /// Bytes of payload held.
  [[nodiscard]] u64 held() const { return held_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Row {
    u64 at = 0;
    u32 size = 0;
  };
  [[nodiscard]] const Row& row(u64 nth) const { return rows_[(first_row_ + nth) % rows_.size()]; }
  void evict();
  void pop_front();
  [[nodiscard]] std::optional<u64> place_for(u64 size) const;
  void grow_bytes(u64 size);
  void grow_rows();

  u64 budget_ = 0;
  u64 held_ = 0;
  u64 first_index_ = 0;  // of the oldest row
  u64 count_ = 0;
  u64 first_row_ = 0;
  LogIndex durable_;
  std::vector<Row> rows_;         // a ring
  std::vector<std::byte> bytes_;  // a ring, in which no payload is split
};

}  // namespace snowflk::bitcask
