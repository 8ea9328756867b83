// What a disk does to bytes that were durable: rot, blemishes, files that are lost.
//
// Blemishes that bring other bytes stay within what a log can tell from a cut-off write: they hit
// settled places of segments alone, that a later batch, itself untouched, proves to have been
// durable (docs/FORMAT.md). A last batch that reads as zero is as if it had never been written, and
// no node alone can know better.
#include <algorithm>

#include "core/bitcask/meta.hpp"
#include "core/trace/digest.hpp"
#include "sim/disk.hpp"

namespace snowflk::sim {
namespace {

constexpr HarmKind harm_of(BlemishKind kind) {
  switch (kind) {
    case BlemishKind::bad_sector: return HarmKind::bad_sector;
    case BlemishKind::stale_read: return HarmKind::stale_read;
    case BlemishKind::misdirected_read: return HarmKind::misdirected_read;
    case BlemishKind::misdirected_write: return HarmKind::misdirected_write;
  }
  return HarmKind::bad_sector;
}

/// What lift_faults() makes undone. That a file was lost stays on record: what is found again may
/// be what the node has given up meanwhile.
constexpr bool can_be_lifted(HarmKind kind) {
  switch (kind) {
    case HarmKind::turned_bit:
    case HarmKind::garbage:
    case HarmKind::lost_file:
    case HarmKind::wiped: return false;
    case HarmKind::bad_sector:
    case HarmKind::stale_read:
    case HarmKind::stale_once:
    case HarmKind::misdirected_read:
    case HarmKind::misdirected_write: return true;
  }
  return false;
}

constexpr u64 page_start(u64 offset) { return offset / kPageBytes * kPageBytes; }

}  // namespace

// ---- The record -----------------------------------------------------------------------------

void Disk::note_harm(HarmKind kind, bitcask::FileId file, u64 inode, u64 offset, u64 bytes) {
  harms_.push_back(
      {.harm = {.kind = kind, .file = file, .offset = offset, .bytes = bytes}, .inode = inode});
}

// A manifest is harmed under one name and read under another; a file that was removed harms nobody.
std::vector<Harm> Disk::harms() const {
  std::vector<Harm> found;
  for (const Harmed& harmed : harms_) {
    if (harmed.inode == 0) {
      found.push_back(harmed.harm);
      continue;
    }
    for (const auto& [name, inode] : names_) {
      if (inode != harmed.inode) continue;
      found.push_back(harmed.harm);
      found.back().file = name;
    }
  }
  return found;
}

// ---- Rot ------------------------------------------------------------------------------------

std::optional<DiskRotted> Disk::rot(Prng& prng) {
  u64 pages = 0;
  for (const auto& [name, inode] : durable_names_) {
    pages += inodes_.at(inode).content->durable_pages();
  }
  if (pages == 0) return std::nullopt;
  u64 drawn = prng.below(pages);
  for (const auto& [name, inode] : durable_names_) {
    const Content& content = *inodes_.at(inode).content;
    if (drawn >= content.durable_pages()) {
      drawn -= content.durable_pages();
      continue;
    }
    const u64 page = content.durable_page(drawn);
    const u64 offset = page + prng.below(std::min(kPageBytes, content.size() - page));
    own(inodes_.at(inode)).rot(offset, static_cast<unsigned>(prng.below(8)));
    counters_.rotted += 1;
    note_harm(HarmKind::turned_bit, name, inode, offset, 1);
    return DiskRotted{.file = name, .offset = offset};
  }
  return std::nullopt;
}

bool Disk::rot_at(bitcask::FileId file, u64 offset) {
  Content* content = find(file);
  if (content == nullptr || offset >= content->size()) return false;
  content->rot(offset, 0);
  counters_.rotted += 1;
  note_harm(HarmKind::turned_bit, file, names_.at(file), offset, 1);
  return true;
}

// ---- Blemishes ------------------------------------------------------------------------------

// Evenly over all settled pages of all segments.
std::optional<Disk::Place> Disk::settled_place(Prng& prng) const {
  const auto pages_of = [&](const Directory::value_type& entry) {
    if (entry.first.kind != bitcask::FileKind::segment) return u64{0};
    return inodes_.at(entry.second).content->settled_pages();
  };
  u64 pages = 0;
  for (const auto& entry : durable_names_) pages += pages_of(entry);
  if (pages == 0) return std::nullopt;
  u64 drawn = prng.below(pages);
  for (const auto& entry : durable_names_) {
    const u64 count = pages_of(entry);
    if (drawn < count) return Place{.file = entry.first, .inode = entry.second, .page = drawn};
    drawn -= count;
  }
  return std::nullopt;
}

std::optional<DiskBlemished> Disk::blemish(BlemishKind kind, Prng& prng) {
  const auto place = settled_place(prng);
  const auto other = settled_place(prng);
  const u8 sector = static_cast<u8>(1U << prng.below(kSectorsPerPage));
  const bool once = prng.chance({1, 2});
  if (!place) return std::nullopt;
  const u64 offset = place->page * kPageBytes;
  switch (kind) {
    case BlemishKind::bad_sector: return blemish_at(kind, place->file, offset, sector, false);
    case BlemishKind::stale_read: return blemish_at(kind, place->file, offset, 0xff, once);
    case BlemishKind::misdirected_read:
    case BlemishKind::misdirected_write:
      if (place->inode == other->inode && place->page == other->page) return std::nullopt;
      if (is_misdirected()) return std::nullopt;
      return misdirect(kind, place->file, offset, other->file, other->page * kPageBytes);
  }
  return std::nullopt;
}

std::optional<DiskBlemished> Disk::bad_meta_sector(Prng& prng) {
  const bitcask::FileId file{bitcask::FileKind::meta, prng.below(bitcask::kMetaFiles)};
  const u64 slot = prng.below(bitcask::kMetaBytes / bitcask::kMetaSlotBytes);
  // Only the first holds anything; the others may be read with it.
  const bool first_alone = prng.chance({1, 2});
  const auto sector = static_cast<u8>(first_alone ? 1U : 1U << prng.below(kSectorsPerPage));
  return blemish_at(BlemishKind::bad_sector, file, slot * bitcask::kMetaSlotBytes, sector, false);
}

bool Disk::is_misdirected() const {
  return blemishes_.any(BlemishKind::misdirected_read) ||
         blemishes_.any(BlemishKind::misdirected_write);
}

// What a page of a segment held before its last write was zero: it is written once. Only a stale
// read may come `once`.
std::optional<DiskBlemished> Disk::blemish_at(BlemishKind kind, bitcask::FileId file, u64 offset,
                                              u8 sectors, bool once) {
  const auto name = names_.find(file);
  if (name == names_.end() || offset >= inodes_.at(name->second).content->size()) {
    return std::nullopt;
  }
  counters_.blemishes += 1;
  note_harm(once ? HarmKind::stale_once : harm_of(kind), file, name->second, page_start(offset),
            kPageBytes);
  blemishes_.add(Blemish{.kind = kind,
                         .inode = name->second,
                         .page = offset / kPageBytes,
                         .sectors = sectors,
                         .once = once,
                         .shows = {}});
  return DiskBlemished{
      .kind = kind, .file = file, .offset = offset, .sectors = sectors, .once = once};
}

// A read: the place reads as the other. A write: what was meant for the place lies at the other,
// and the place reads as before.
std::optional<DiskBlemished> Disk::misdirect(BlemishKind kind, bitcask::FileId file, u64 offset,
                                             bitcask::FileId other_file, u64 other_offset) {
  const auto name = names_.find(file);
  const auto other = names_.find(other_file);
  if (name == names_.end() || other == names_.end()) return std::nullopt;
  const Content& here = *inodes_.at(name->second).content;
  const Content& there = *inodes_.at(other->second).content;
  if (offset >= here.size() || other_offset >= there.size()) return std::nullopt;
  const bool reads = kind == BlemishKind::misdirected_read;
  counters_.blemishes += 1;
  note_harm(harm_of(kind), file, name->second, page_start(offset), kPageBytes);
  Blemish blemish{.kind = kind, .inode = name->second, .page = offset / kPageBytes, .shows = {}};
  if (reads) blemish.shows = there.page(other_offset / kPageBytes);
  blemishes_.add(blemish);
  if (!reads) {
    note_harm(harm_of(kind), other_file, other->second, page_start(other_offset), kPageBytes);
    blemishes_.add(Blemish{.kind = kind,
                           .inode = other->second,
                           .page = other_offset / kPageBytes,
                           .shows = here.page(offset / kPageBytes)});
  }
  return DiskBlemished{.kind = kind,
                       .file = file,
                       .offset = offset,
                       .other = other_file,
                       .other_offset = other_offset};
}

bool Disk::blemish_like(const DiskBlemished& told) {
  switch (told.kind) {
    case BlemishKind::bad_sector:
    case BlemishKind::stale_read:
      return blemish_at(told.kind, told.file, told.offset, told.sectors, told.once).has_value();
    case BlemishKind::misdirected_read:
    case BlemishKind::misdirected_write: break;
  }
  return misdirect(told.kind, told.file, told.offset, told.other, told.other_offset).has_value();
}

bool Disk::show_blemishes(bitcask::FileId file, u64 offset, MutableBytes bytes) {
  const Blemishes::Shown shown = blemishes_.show(names_.at(file), offset, bytes);
  if (shown.met) has_misled_ = true;
  if (!shown.readable) counters_.bad_sector_reads += 1;
  return shown.readable;
}

// ---- Lost files -----------------------------------------------------------------------------

std::optional<FileLost> Disk::lose_file(Prng& prng) {
  if (durable_names_.empty() || !lost_.empty()) return std::nullopt;
  auto drawn = durable_names_.begin();
  std::advance(drawn, static_cast<std::ptrdiff_t>(prng.below(durable_names_.size())));
  const bitcask::FileId file = drawn->first;
  if (!lose_file(file)) return std::nullopt;
  return FileLost{.file = file};
}

// Both views lose the name; the inode stays, for the day when it is found again.
bool Disk::lose_file(bitcask::FileId file) {
  const auto durable = durable_names_.find(file);
  const auto seen = names_.find(file);
  if (durable == durable_names_.end() || seen == names_.end()) return false;
  const u64 inode = durable->second;
  if (seen->second != inode) return false;
  named(inode);
  lost_.push_back({.file = file, .inode = inode});
  for (Directory* directory : {&durable_names_, &names_}) {
    directory->erase(file);
    unnamed(inode);
  }
  counters_.lost_files += 1;
  note_harm(HarmKind::lost_file, file, 0, 0, 0);
  return true;
}

bool Disk::wipe() {
  if (names_.empty() && durable_names_.empty()) return false;
  names_.clear();
  durable_names_.clear();
  unsynced_names_.clear();
  inodes_.clear();
  lost_.clear();
  blemishes_.clear();
  counters_.wipes += 1;
  harms_.clear();
  note_harm(HarmKind::wiped, {}, 0, 0, 0);
  return true;
}

// What a file was lost as may have been made anew since: then the old one is gone for good.
bool Disk::lift_faults() {
  const bool lifted = counters_.blemishes + counters_.lost_files > 0;
  blemishes_.clear();
  for (const Lost& lost : lost_) {
    if (!names_.contains(lost.file) && !durable_names_.contains(lost.file)) {
      set_name(names_, lost.file, lost.inode);
      set_name(durable_names_, lost.file, lost.inode);
    }
    unnamed(lost.inode);
  }
  lost_.clear();
  counters_.blemishes = counters_.lost_files = 0;
  std::erase_if(harms_, [](const Harmed& harmed) { return can_be_lifted(harmed.harm.kind); });
  return lifted;
}

}  // namespace snowflk::sim
