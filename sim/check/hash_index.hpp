// Numbers by 64-bit hash: open addressing, since a history of a million operations looks up each of
// its entries, and a tree is a cache miss a level.
//
// Hashes are taken for what they stand for, as everywhere in the checks. Nothing is ever removed,
// and nothing iterates: the order of the slots decides nothing.
#pragma once

#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/hash.hpp"

namespace snowflk::sim {

class HashIndex {
 public:
  static constexpr u32 kNone = UINT32_MAX;

  /// The number of `hash`, or none.
  [[nodiscard]] u32 find(u64 hash) const { return slots_[place_of(hash)].number; }
  /// The number of `hash`, which is `number` from now on if it had none. REQUIRES: not kNone.
  u32 find_or_add(u64 hash, u32 number) {
    SNOWFLK_ASSERT(number != kNone);
    Slot& slot = slots_[place_of(hash)];
    if (slot.number != kNone) return slot.number;
    slot = Slot{.hash = hash, .number = number};
    used_ += 1;
    if (2 * used_ > slots_.size()) grow();
    return number;
  }

 private:
  struct Slot {
    u64 hash = 0;
    u32 number = kNone;
  };

  /// Where `hash` is, or would be.
  [[nodiscard]] std::size_t place_of(u64 hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = mix64(hash) & mask;
    while (slots_[at].number != kNone && slots_[at].hash != hash) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(4 * slots_.size()));
    for (const Slot& slot : old) {
      if (slot.number != kNone) slots_[place_of(slot.hash)] = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::size_t used_ = 0;
};

}  // namespace snowflk::sim
