// Values of records, by where the record lies, in a ring of bounded size: the oldest go first.
//
// A record never changes, so nothing here is ever stale. What is kept depends on the calls alone,
// and no answer of the machine depends on what is kept.
#pragma once

#include <optional>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/record.hpp"

namespace snowflk::kv {

/// A copyable value. Memory grows with use, up to its bound and a table no larger than that.
class ValueCache {
 public:
  explicit ValueCache(u64 bytes_max) : bytes_max_(bytes_max) {}

  /// Borrowed until the next put().
  [[nodiscard]] std::optional<Bytes> find(bitcask::RecordLocation location) const;
  /// Keeps a copy of `value`, if it is not larger than a quarter of the cache.
  void put(bitcask::RecordLocation location, Bytes value);

  [[nodiscard]] u64 size() const { return count_; }
  [[nodiscard]] u64 bytes_max() const { return bytes_max_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  // An entry: location u64, size u64, the value, padded to 8. The table holds its place / 8 + 1,
  // and above it half of the location's hash: entries that only stand in the way are passed by
  // without a look at the ring, which is large and cold.
  struct Slot {
    u32 place = 0;  // 0: empty
    u32 hash = 0;
  };
  static constexpr u64 kHeadBytes = 16;
  static u64 bytes_of(u64 value_bytes) { return kHeadBytes + (value_bytes + 7) / 8 * 8; }

  [[nodiscard]] u64 word_at(u64 place) const;
  void set_word(u64 place, u64 word);
  [[nodiscard]] u64 slot_of(u64 location) const;
  void insert(u64 location, u64 place);
  void forget(u64 location);
  void make_room(u64 need);
  void evict_oldest();
  void grow_table();

  u64 bytes_max_ = 0;
  u64 count_ = 0;
  u64 tail_ = 0;          // the oldest entry
  u64 head_ = 0;          // where the next one goes
  u64 end_ = 0;           // wrapped: where the entries before the wrap end
  bool wrapped_ = false;  // the entries are [tail_, end_) and [0, head_)
  std::vector<std::byte> bytes_;
  std::vector<Slot> table_;  // open addressing, three quarters full at most
};

}  // namespace snowflk::kv
