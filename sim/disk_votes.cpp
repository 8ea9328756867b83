// Whether a vote lies in one place of a disk alone: in the newest metadata, in both its copies.
//
// Read past blemishes, as it lies there.
#include <algorithm>

#include "core/bitcask/batch.hpp"
#include "core/bitcask/meta.hpp"
#include "core/bitcask/segment.hpp"
#include "sim/disk.hpp"

namespace snowflk::sim {
namespace {

/// A batch of the segment was written when that was the vote.
bool tells_of(Bytes segment, const bitcask::Meta& vote) {
  const u64 head = std::min<u64>(bitcask::kSegmentHeaderBytes, segment.size());
  const auto decoded = bitcask::decode_segment_header(segment.first(head));
  if (!decoded) return false;
  const u32 seed = bitcask::segment_seed(decoded->header);
  for (u64 at = 0; at + bitcask::kUnitBytes <= segment.size(); at += bitcask::kUnitBytes) {
    const auto batch = bitcask::decode_head(segment.subspan(at, bitcask::kUnitBytes), seed,
                                            decoded->header.segment);
    if (batch && batch->term >= vote.term && !batch->vote.nobody()) return true;
  }
  return false;
}

/// The slot before it knows the term as well, and of nobody who was voted for in it.
bool adds_nothing_but_a_vote(const bitcask::Meta& newest, const bitcask::MetaSlots& slots) {
  if (newest.vote.nobody()) return false;
  return std::ranges::any_of(slots.slots, [&](const auto& file) {
    const auto& before = file[(newest.generation + 1) % 2];
    return before && before->term == newest.term && before->vote.nobody();
  });
}

}  // namespace

std::optional<u64> Disk::vote_slot() const {
  const auto bytes_of = [&](bitcask::FileId file, std::vector<std::byte>& bytes) {
    const auto name = names_.find(file);
    bytes.clear();
    if (name == names_.end()) return;
    const Content& content = *inodes_.at(name->second).content;
    content.append_to(bytes, 0, content.size());
  };
  bitcask::MetaSlots slots;
  std::vector<std::byte> bytes;
  for (u64 number = 0; number < bitcask::kMetaFiles; ++number) {
    bytes_of({bitcask::FileKind::meta, number}, bytes);
    bitcask::read_meta_file(bytes, number, slots);
  }
  const auto choice = bitcask::choose_meta(slots);
  if (choice.kind != bitcask::MetaChoice::Kind::found) return std::nullopt;
  if (!adds_nothing_but_a_vote(choice.meta, slots)) return std::nullopt;
  for (const auto& [name, inode] : names_) {
    if (name.kind != bitcask::FileKind::segment) continue;
    bytes_of(name, bytes);
    if (tells_of(bytes, choice.meta)) return std::nullopt;
  }
  return bitcask::meta_slot_offset(choice.meta.generation);
}

}  // namespace snowflk::sim
