// Where the newest vote of a disk lies, in both copies of the metadata.
//
// Read past blemishes, as it lies there.
#include "core/bitcask/meta.hpp"
#include "sim/disk.hpp"

namespace snowflk::sim {

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
  if (choice.kind != bitcask::MetaChoice::Kind::found || !choice.proven) return std::nullopt;
  if (choice.meta.vote.nobody()) return std::nullopt;
  return bitcask::meta_slot_offset(choice.meta.generation);
}

}  // namespace snowflk::sim
