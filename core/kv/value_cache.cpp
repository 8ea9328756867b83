// The ring of values, and its table.
#include "core/kv/value_cache.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/assert.hpp"
#include "core/base/hash.hpp"

namespace snowflk::kv {

u64 ValueCache::word_at(u64 place) const { return load_le64(bytes_.data() + place); }

void ValueCache::set_word(u64 place, u64 word) { bitcask::store_le(bytes_.data() + place, word); }

std::optional<Bytes> ValueCache::find(bitcask::RecordLocation location) const {
  if (count_ == 0) return std::nullopt;
  const Slot slot = table_[slot_of(location.pack())];
  if (slot.place == 0) return std::nullopt;
  const u64 place = u64{slot.place - 1} * 8;
  return Bytes{bytes_}.subspan(place + kHeadBytes, word_at(place + 8));
}

void ValueCache::put(bitcask::RecordLocation location, Bytes value) {
  const u64 need = bytes_of(value.size());
  if (need > bytes_max_ / 4 || find(location)) return;
  make_room(need);
  if (bytes_.size() < head_ + need) bytes_.resize(head_ + need);
  set_word(head_, location.pack());
  set_word(head_ + 8, value.size());
  if (!value.empty()) std::memcpy(bytes_.data() + head_ + kHeadBytes, value.data(), value.size());
  insert(location.pack(), head_);
  head_ += need;
}

/// Afterwards [head_, head_ + need) is free and within the bound.
void ValueCache::make_room(u64 need) {
  while (true) {
    if (wrapped_) {
      if (head_ + need <= tail_) return;
      evict_oldest();
    } else if (head_ + need <= bytes_max_) {
      return;
    } else {
      SNOWFLK_ASSERT(count_ > 0);  // An empty ring begins at 0, and `need` fits in it.
      end_ = head_;
      head_ = 0;
      wrapped_ = true;
    }
  }
}

void ValueCache::evict_oldest() {
  SNOWFLK_ASSERT(count_ > 0);
  const u64 location = word_at(tail_);
  const u64 bytes = bytes_of(word_at(tail_ + 8));
  forget(location);
  tail_ += bytes;
  if (wrapped_ && tail_ == end_) {
    tail_ = 0;
    wrapped_ = false;
  }
  if (count_ > 0) return;
  tail_ = 0;
  head_ = 0;
  wrapped_ = false;
}

// ---- The table -----------------------------------------------------------------------------

namespace {

u32 hash_of(u64 location) { return static_cast<u32>(mix64(location)); }

}  // namespace

/// Where `location` stands, or the empty slot where it would go.
u64 ValueCache::slot_of(u64 location) const {
  SNOWFLK_ASSERT(count_ < table_.size());
  const u64 mask = table_.size() - 1;
  const u32 hash = hash_of(location);
  for (u64 at = hash & mask;; at = (at + 1) & mask) {
    const Slot slot = table_[at];
    if (slot.place == 0) return at;
    if (slot.hash == hash && word_at(u64{slot.place - 1} * 8) == location) return at;
  }
}

void ValueCache::insert(u64 location, u64 place) {
  if (4 * (count_ + 1) > 3 * table_.size()) grow_table();
  const u64 slot = slot_of(location);
  SNOWFLK_ASSERT(table_[slot].place == 0);
  table_[slot] = Slot{.place = static_cast<u32>(place / 8 + 1), .hash = hash_of(location)};
  count_ += 1;
}

/// Takes `location` out, and moves back those behind it that its slot had pushed on.
void ValueCache::forget(u64 location) {
  const u64 mask = table_.size() - 1;
  u64 hole = slot_of(location);
  SNOWFLK_ASSERT(table_[hole].place != 0);
  for (u64 at = (hole + 1) & mask; table_[at].place != 0; at = (at + 1) & mask) {
    const u64 wanted = table_[at].hash & mask;
    const bool reachable = ((at - wanted) & mask) >= ((at - hole) & mask);
    if (!reachable) continue;
    table_[hole] = table_[at];
    hole = at;
  }
  table_[hole] = Slot{};
  count_ -= 1;
}

void ValueCache::grow_table() {
  std::vector<Slot> old;
  old.swap(table_);
  table_.assign(std::max<u64>(16, 2 * old.size()), Slot{});
  const u64 mask = table_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.place == 0) continue;
    u64 at = slot.hash & mask;
    while (table_[at].place != 0) at = (at + 1) & mask;
    table_[at] = slot;
  }
}

}  // namespace snowflk::kv
