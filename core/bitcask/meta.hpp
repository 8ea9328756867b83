// Metadata: the hard state, and which manifest counts, in two equal files of two slots.
//
// Generation g goes into the slot of its parity in both files, so g - 1 stays intact in the other
// slot of both. One generation is in flight at a time. At start the highest valid one wins.
#pragma once

#include <array>
#include <expected>
#include <optional>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/segment.hpp"

namespace snowflk::bitcask {

inline constexpr u64 kMetaSlotBytes = kBlockBytes;
inline constexpr u64 kMetaBytes = 2 * kMetaSlotBytes;
inline constexpr u64 kMetaFiles = 2;

struct Meta {
  u64 generation = 0;  // 1, 2, 3 …
  Identity identity{};
  Term term{};
  NodeId vote{};
  Incarnation incarnation{};
  u64 manifest = 0;      // the generation of the manifest that counts
  u32 manifest_crc = 0;  // of its bytes
  friend constexpr bool operator==(const Meta&, const Meta&) = default;
};

[[nodiscard]] constexpr u64 meta_slot_offset(u64 generation) {
  return (generation % 2) * kMetaSlotBytes;
}

/// REQUIRES: slot.size() == kMetaSlotBytes; meta.generation > 0.
void encode_meta(const Meta& meta, MutableBytes slot);
/// The gate. A valid slot that stands in the place of the other parity is damaged.
std::expected<Meta, HeaderFault> decode_meta(Bytes slot, u64 parity);

/// The two files as they were read: [file][slot].
struct MetaSlots {
  std::array<std::array<std::expected<Meta, HeaderFault>, 2>, kMetaFiles> slots;
};
/// `bytes`: the file, perhaps short or empty.
void read_meta_file(Bytes bytes, u64 file, MetaSlots& out);

struct MetaChoice {
  enum class Kind : u8 {
    found,
    blank,     // never written: all slots are zero or missing
    damaged,   // something was written, nothing can be read
    newer,     // a later version wrote it
    conflict,  // two valid slots of one generation differ
  };
  Kind kind = Kind::blank;
  Meta meta;  // found
  /// That no later generation can have been durable: in some file the slot where it would stand can
  /// be read, and holds an older one. Otherwise a term and a vote of a later one may be lost.
  bool proven = false;
};
MetaChoice choose_meta(const MetaSlots& slots);

}  // namespace snowflk::bitcask
