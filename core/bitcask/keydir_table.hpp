// One small open-addressing table of the keydir, with the bytes of its keys.
//
// A slot has 16 bytes: value, 32 bits of the hash, where the key lies. Linear probing; erasing
// shifts back, so there are no tombstones. Keys lie in an arena, each after its length; the arena
// is swept whenever the table is rebuilt.
#pragma once

#include <optional>
#include <vector>

#include "core/base/types.hpp"

namespace snowflk::bitcask {

inline constexpr u64 kKeyBytesMax = 1ULL << 20;

class KeydirTable {
 public:
  /// `depth`: how many top bits of the hash all keys of this table share.
  explicit KeydirTable(unsigned depth) : depth_(depth) {}

  [[nodiscard]] std::optional<u64> find(u64 hash, Bytes key) const;
  std::optional<u64> put(u64 hash, Bytes key, u64 value);
  bool replace(u64 hash, Bytes key, u64 expected, u64 value);
  std::optional<u64> erase(u64 hash, Bytes key);

  [[nodiscard]] unsigned depth() const { return depth_; }
  [[nodiscard]] u64 size() const { return size_; }
  /// Large enough that it should be split.
  [[nodiscard]] bool large() const { return size_ >= kKeysMax || arena_.size() >= kArenaMax; }
  [[nodiscard]] u64 memory() const;

  /// Calls visit(key, value) in the order of slots.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Slot& slot : slots_) {
      if (slot.key != kEmpty) visit(key_at(slot.key), slot.value);
    }
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  static constexpr u32 kEmpty = UINT32_MAX;
  static constexpr u64 kKeysMax = 4096;
  static constexpr u64 kArenaMax = 1ULL << 30;

  struct Slot {
    u64 value = 0;
    u32 tag = 0;       // the low half of the hash; it also gives the slot to start at
    u32 key = kEmpty;  // where in the arena
  };
  static_assert(sizeof(Slot) == 16);

  [[nodiscard]] u64 home(u32 tag) const { return (u64{tag} * slots_.size()) >> 32; }
  [[nodiscard]] u64 next(u64 at) const { return at + 1 == slots_.size() ? 0 : at + 1; }
  /// The slot of `key`, or the empty slot where it would go. REQUIRES: slots_ is not empty.
  [[nodiscard]] u64 probe(u32 tag, Bytes key) const;
  [[nodiscard]] u64 probe_empty(u32 tag) const;
  [[nodiscard]] Bytes key_at(u32 at) const;
  u32 store_key(Bytes key);
  void make_room(u64 key_bytes);
  void rebuild(u64 slot_count, u64 arena_bytes);

  unsigned depth_ = 0;
  u64 size_ = 0;
  u64 dead_bytes_ = 0;  // of the arena: keys erased since the last rebuild
  std::vector<Slot> slots_;
  std::vector<std::byte> arena_;
  u64 arena_room_ = 0;  // it is made anew beyond this; not its capacity, which a copy has not
};

}  // namespace snowflk::bitcask
