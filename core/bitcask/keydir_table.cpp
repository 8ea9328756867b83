// One table of the keydir: probing, growing by an eighth, erasing by shifting back.
#include "core/bitcask/keydir_table.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"

namespace snowflk::bitcask {
namespace {

constexpr u64 kSlotsMin = 8;
// At most seven slots in eight are taken: linear probing stays short, and after growing by an
// eighth the load is still above three quarters.
constexpr u64 kLoadNumerator = 7;
constexpr u64 kLoadDenominator = 8;

constexpr u64 kLengthPart = 0x7f;
constexpr u64 kLengthMore = 0x80;

constexpr u64 length_bytes(u64 length) { return length < 0x80 ? 1 : length < 0x4000 ? 2 : 3; }

constexpr u64 grown(u64 size) { return size + size / 8 + kSlotsMin; }

constexpr u32 tag_of(u64 hash) { return static_cast<u32>(hash); }

/// The key that lies at `byte`, after its length.
Bytes read_key(const std::byte* byte) {
  u64 length = 0;
  unsigned shift = 0;
  while ((std::to_integer<u64>(*byte) & kLengthMore) != 0) {
    length |= (std::to_integer<u64>(*byte++) & kLengthPart) << shift;
    shift += 7;
  }
  length |= std::to_integer<u64>(*byte++) << shift;
  return Bytes{byte, length};
}

}  // namespace

Bytes KeydirTable::key_at(u32 at) const {
  SNOWFLK_ASSERT(at < arena_.size());
  return read_key(arena_.data() + at);
}

u32 KeydirTable::store_key(Bytes key) {
  const u32 at = static_cast<u32>(arena_.size());
  u64 length = key.size();
  while (length > kLengthPart) {
    arena_.push_back(static_cast<std::byte>((length & kLengthPart) | kLengthMore));
    length >>= 7;
  }
  arena_.push_back(static_cast<std::byte>(length));
  arena_.insert(arena_.end(), key.begin(), key.end());
  return at;
}

u64 KeydirTable::probe(u32 tag, Bytes key) const {
  SNOWFLK_ASSERT(size_ < slots_.size());
  u64 at = home(tag);
  while (slots_[at].key != kEmpty) {
    if (slots_[at].tag == tag && std::ranges::equal(key_at(slots_[at].key), key)) break;
    at = next(at);
  }
  return at;
}

u64 KeydirTable::probe_empty(u32 tag) const {
  SNOWFLK_ASSERT(size_ < slots_.size());
  u64 at = home(tag);
  while (slots_[at].key != kEmpty) at = next(at);
  return at;
}

std::optional<u64> KeydirTable::find(u64 hash, Bytes key) const {
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[probe(tag_of(hash), key)];
  if (slot.key == kEmpty) return std::nullopt;
  return slot.value;
}

std::optional<u64> KeydirTable::put(u64 hash, Bytes key, u64 value) {
  SNOWFLK_ASSERT(key.size() <= kKeyBytesMax);
  if (!slots_.empty()) {
    Slot& slot = slots_[probe(tag_of(hash), key)];
    if (slot.key != kEmpty) return std::exchange(slot.value, value);
  }
  make_room(length_bytes(key.size()) + key.size());
  const u64 at = probe_empty(tag_of(hash));
  slots_[at] = Slot{.value = value, .tag = tag_of(hash), .key = store_key(key)};
  size_ += 1;
  return std::nullopt;
}

bool KeydirTable::replace(u64 hash, Bytes key, u64 expected, u64 value) {
  if (slots_.empty()) return false;
  Slot& slot = slots_[probe(tag_of(hash), key)];
  if (slot.key == kEmpty || slot.value != expected) return false;
  slot.value = value;
  return true;
}

std::optional<u64> KeydirTable::erase(u64 hash, Bytes key) {
  if (slots_.empty()) return std::nullopt;
  u64 hole = probe(tag_of(hash), key);
  if (slots_[hole].key == kEmpty) return std::nullopt;
  const u64 value = slots_[hole].value;
  dead_bytes_ += length_bytes(key.size()) + key.size();
  size_ -= 1;
  // Those that follow move back into the hole, unless they stand between their home and the hole.
  for (u64 at = next(hole); slots_[at].key != kEmpty; at = next(at)) {
    const u64 wanted = home(slots_[at].tag);
    const bool stays =
        hole < at ? (hole < wanted && wanted <= at) : (hole < wanted || wanted <= at);
    if (stays) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = Slot{};
  return value;
}

void KeydirTable::make_room(u64 key_bytes) {
  const bool slots_full = (size_ + 1) * kLoadDenominator > slots_.size() * kLoadNumerator;
  const bool arena_full = arena_.size() + key_bytes > arena_room_;
  if (!slots_full && !arena_full) return;
  const u64 live = arena_.size() - dead_bytes_;
  rebuild(slots_full ? grown(slots_.size()) : slots_.size(), grown(live + key_bytes));
}

void KeydirTable::rebuild(u64 slot_count, u64 arena_bytes) {
  const std::vector<Slot> old_slots = std::exchange(slots_, std::vector<Slot>(slot_count));
  const std::vector<std::byte> old_arena = std::exchange(arena_, {});
  arena_.reserve(arena_bytes);
  arena_room_ = arena_bytes;
  const u64 kept = std::exchange(size_, 0);
  for (const Slot& slot : old_slots) {
    if (slot.key == kEmpty) continue;
    const u64 at = probe_empty(slot.tag);
    slots_[at] = Slot{.value = slot.value,
                      .tag = slot.tag,
                      .key = store_key(read_key(old_arena.data() + slot.key))};
    size_ += 1;
  }
  dead_bytes_ = 0;
  SNOWFLK_ASSERT(size_ == kept);
}

u64 KeydirTable::memory() const {
  return sizeof(KeydirTable) + slots_.capacity() * sizeof(Slot) + arena_.capacity();
}

}  // namespace snowflk::bitcask
