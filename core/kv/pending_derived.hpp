// Values that commands computed and that are not on disk yet.
//
// Each has a handle, counted upwards; the keydir holds the handle until the value has a location.
// In order of (index, sub), so that a completion finds its value by search. Slots are a ring,
// reused.
#pragma once

#include <optional>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/record.hpp"

namespace snowflk::kv {

/// A copyable value.
class PendingDerived {
 public:
  /// Keeps `key` and `value` under a new handle. REQUIRES: (index, sub) above all before.
  u64 add(LogIndex index, u32 sub, Bytes key, Bytes value);
  /// The handle of (index, sub); nothing if it is not pending.
  [[nodiscard]] std::optional<u64> find(LogIndex index, u32 sub) const;
  /// REQUIRES: `handle` is pending. Borrowed until done(handle).
  [[nodiscard]] Bytes key(u64 handle) const;
  [[nodiscard]] Bytes value(u64 handle) const;
  /// `handle` is on disk, and is forgotten.
  void done(u64 handle);

  /// Values held, and their bytes with those of their keys. The bound is the caller's.
  [[nodiscard]] u64 size() const { return next_ - first_; }
  [[nodiscard]] u64 bytes() const { return bytes_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Slot {
    LogIndex index;
    u32 sub = 0;
    bool done = false;
    u64 key_bytes = 0;
    std::vector<std::byte> bytes;  // key, value
  };
  [[nodiscard]] Slot& slot(u64 handle) { return ring_[handle % ring_.size()]; }
  [[nodiscard]] const Slot& slot(u64 handle) const { return ring_[handle % ring_.size()]; }
  void grow();

  std::vector<Slot> ring_;
  u64 first_ = 0;  // handles [first_, next_) have slots
  u64 next_ = 0;
  u64 bytes_ = 0;
};

}  // namespace snowflk::kv
