// Metadata slots: encoding, the gate, and which slot wins.
#include "core/bitcask/meta.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/bitcask/envelope.hpp"

namespace snowflk::bitcask {
namespace {

constexpr u32 kMetaMagic = 0x54454d46;  // "FMET"
// envelope 16 | generation 8 | cluster 8 | term 8 | incarnation 8 | manifest 8 | node 4 | vote 4 |
// manifest crc 4 | reserved 4
constexpr u64 kMetaEncodedBytes = 72;
static_assert(kEnvelopeBytes + 5 * 8 + 4 * 4 == kMetaEncodedBytes);
static_assert(kMetaEncodedBytes <= kUnitBytes, "a slot's content is written all or not at all");

bool in_kind(const MetaSlots& slots, HeaderFault fault) {
  for (const auto& file : slots.slots) {
    for (const auto& slot : file) {
      if (!slot && slot.error() == fault) return true;
    }
  }
  return false;
}

std::optional<Meta> newest(const MetaSlots& slots) {
  std::optional<Meta> best;
  for (const auto& file : slots.slots) {
    for (const auto& slot : file) {
      if (slot && (!best || slot->generation > best->generation)) best = *slot;
    }
  }
  return best;
}

bool conflicting(const MetaSlots& slots, const Meta& best) {
  return std::ranges::any_of(slots.slots, [&](const auto& file) {
    const auto& slot = file[best.generation % 2];
    return slot && slot->generation == best.generation && *slot != best;
  });
}

// A later generation would stand in the other slot, in both files. One file in which an older one
// is still readable there shows that it was never durable. So does one that holds the first
// generation and was never written there; a file that is gone, or was made anew, shows nothing.
bool proven_newest(const MetaSlots& slots, const Meta& best) {
  return std::ranges::any_of(slots.slots, [&](const auto& file) {
    const auto& later = file[(best.generation + 1) % 2];
    if (later) return later->generation < best.generation;
    const bool holds_first = best.generation == 1 && file[1].has_value();
    return holds_first && later.error() == HeaderFault::blank;
  });
}

}  // namespace

void encode_meta(const Meta& meta, MutableBytes slot) {
  SNOWFLK_ASSERT(slot.size() == kMetaSlotBytes);
  SNOWFLK_ASSERT(meta.generation > 0);
  std::ranges::fill(slot, std::byte{0});
  std::byte* at = slot.data();
  store_le<u64>(at + 16, meta.generation);
  store_le<u64>(at + 24, meta.identity.cluster.value);
  store_le<u64>(at + 32, meta.term.value);
  store_le<u64>(at + 40, meta.incarnation.value);
  store_le<u64>(at + 48, meta.manifest);
  store_le<u32>(at + 56, meta.identity.node.value);
  store_le<u32>(at + 60, meta.vote.value);
  store_le<u32>(at + 64, meta.manifest_crc);
  seal_envelope(kMetaMagic, slot.first(kMetaEncodedBytes));
}

std::expected<Meta, HeaderFault> decode_meta(Bytes slot, u64 parity) {
  const auto opened = open_envelope(kMetaMagic, slot);
  if (!opened) return std::unexpected(opened.error());
  if (opened->size() != kMetaEncodedBytes) return std::unexpected(HeaderFault::damaged);
  const std::byte* at = opened->data();
  const Meta meta{.generation = load_le<u64>(at + 16),
                  .identity = {.cluster = {load_le<u64>(at + 24)}, .node = {load_le<u32>(at + 56)}},
                  .term = {load_le<u64>(at + 32)},
                  .vote = {load_le<u32>(at + 60)},
                  .incarnation = {load_le<u64>(at + 40)},
                  .manifest = load_le<u64>(at + 48),
                  .manifest_crc = load_le<u32>(at + 64)};
  const bool counts =
      countable({meta.generation, meta.term.value, meta.incarnation.value, meta.manifest});
  if (!counts || meta.generation == 0 || meta.generation % 2 != parity) {
    return std::unexpected(HeaderFault::damaged);
  }
  return meta;
}

void read_meta_file(Bytes bytes, u64 file, MetaSlots& out) {
  SNOWFLK_ASSERT(file < kMetaFiles);
  for (u64 parity = 0; parity < 2; ++parity) {
    const u64 offset = std::min<u64>(parity * kMetaSlotBytes, bytes.size());
    const u64 length = std::min<u64>(kMetaSlotBytes, bytes.size() - offset);
    out.slots[file][parity] = decode_meta(bytes.subspan(offset, length), parity);
  }
}

MetaChoice choose_meta(const MetaSlots& slots) {
  if (in_kind(slots, HeaderFault::newer)) return {.kind = MetaChoice::Kind::newer, .meta = {}};
  const auto best = newest(slots);
  if (!best) {
    const bool damaged = in_kind(slots, HeaderFault::damaged);
    return {.kind = damaged ? MetaChoice::Kind::damaged : MetaChoice::Kind::blank, .meta = {}};
  }
  if (conflicting(slots, *best)) return {.kind = MetaChoice::Kind::conflict, .meta = *best};
  return {.kind = MetaChoice::Kind::found, .meta = *best, .proven = proven_newest(slots, *best)};
}

}  // namespace snowflk::bitcask
