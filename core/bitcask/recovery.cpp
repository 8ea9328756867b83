// The reads of recovery, and the metadata and manifest among them.
#include "core/bitcask/recovery.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/maybe.hpp"

namespace snowflk::bitcask {
namespace {

constexpr u64 kManifestBytesMax = 64ULL << 20;

std::string identity_text(const Identity& identity) {
  return "node " + std::to_string(identity.node.value) + " of cluster " +
         std::to_string(identity.cluster.value);
}

std::string members_text(const std::vector<NodeId>& members) {
  std::string text = members.size() == 1 ? "member" : "members";
  for (const NodeId member : members) text += " " + std::to_string(member.value);
  return text;
}

}  // namespace

void Recovery::start(const StoreOptions& options, std::span<const FoundFile> files, Output out) {
  SNOWFLK_ASSERT(step_ == RecoveryStep::idle);
  options_ = options;
  files_.assign(files.begin(), files.end());
  std::ranges::sort(files_, {}, &FoundFile::file);
  for (const FoundFile& found : files_) {
    if (found.file.kind != FileKind::segment) continue;
    if (found.file.number >= (1ULL << kSegmentBits)) continue;
    next_segment_ = std::max(next_segment_, found.file.number + 1);
  }
  for (auto& file : slots_.slots) file.fill(std::unexpected(HeaderFault::blank));
  step_ = RecoveryStep::meta;
  next_meta(out);
  go_on(out);
}

std::optional<u64> Recovery::size_of(FileId file) const {
  const auto at = std::ranges::lower_bound(files_, file, {}, &FoundFile::file);
  if (at == files_.end() || at->file != file) return std::nullopt;
  return at->size;
}

void Recovery::fail(std::string why, bool disk) {
  step_ = RecoveryStep::failed;
  reason_ = std::move(why);
  disk_failed_ = disk;
}

void Recovery::refuse(const Rot& rot, Output out) {
  step_ = RecoveryStep::refused;
  reason_ = sentence(rot);
  rot_ = rot;
  out.events.emplace_back(RotFound{.segment = rot.file.number, .offset = rot.offset});
}

void Recovery::refuse(FileId file, std::string_view rule, std::string what, Output out) {
  refuse(Rot{.file = file, .offset = 0, .rule = rule, .what = std::move(what)}, out);
}

// ---- Reading ---------------------------------------------------------------------------------

void Recovery::read(FileId file, u64 offset, u64 end, Output out) {
  buffer_.clear();
  read_ = DiskRead{.id = {}, .file = file, .offset = offset, .length = 0};
  read_end_ = end;
  tries_ = 0;
  slot_by_slot_ = false;
  unreadable_slots_ = 0;
  file_ended_ = offset == end;
  if (!file_ended_) ask(out);
}

// A loop, and no recursion from file to file: there may be many that are empty.
void Recovery::go_on(Output out) {
  while (file_ended_) {
    file_ended_ = false;
    file_ended(out);
  }
}

void Recovery::ask(Output out) {
  const u64 end = slot_by_slot_ ? end_of_slot() : read_end_;
  read_.length = static_cast<u32>(std::min<u64>(kReadBytesMax, end - read_.offset));
  read_.id = out.disk.read(read_.file, read_.offset, read_.length);
  reading_ = true;
}

void Recovery::on_read(std::expected<Bytes, DiskError> bytes, Output out) {
  SNOWFLK_ASSERT(reading_);
  reading_ = false;
  if (!bytes || bytes->empty()) {
    // Neither an error of reading nor a file that ends before what was listed of it is the end of
    // the log: it is tried again, then the node stops.
    tries_ += 1;
    if (tries_ < kReadTriesMax) return ask(out);
    if (!bytes && step_ == RecoveryStep::meta) return leave_slot_out(out);
    return fail(file_name(read_.file) + " cannot be read at offset " +
                    std::to_string(read_.offset) + " (tried " + std::to_string(tries_) + " times)",
                true);
  }
  const Bytes got = bytes->first(std::min<std::size_t>(bytes->size(), read_.length));
  tries_ = 0;
  read_.offset += got.size();
  take(got, out);
  if (step_ == RecoveryStep::refused || step_ == RecoveryStep::failed) return;
  file_ended_ = got.empty() || read_.offset == read_end_;  // empty: shorter than it was listed
  if (!file_ended_) return ask(out);
  go_on(out);
}

// ---- Metadata --------------------------------------------------------------------------------

u64 Recovery::end_of_slot() const {
  return std::min(read_end_, (read_.offset / kMetaSlotBytes + 1) * kMetaSlotBytes);
}

// A slot that cannot be read counts as one that rotted: there are two files so that one place may
// be lost. The other slot of the file may still be readable.
void Recovery::leave_slot_out(Output out) {
  tries_ = 0;
  if (!slot_by_slot_) {
    slot_by_slot_ = true;
    return ask(out);
  }
  unreadable_slots_ |= 1U << (read_.offset / kMetaSlotBytes);
  read_.offset = end_of_slot();
  buffer_.resize(read_.offset);
  file_ended_ = read_.offset == read_end_;
  if (!file_ended_) return ask(out);
  go_on(out);
}

void Recovery::end_of_meta_file(u64 file) {
  read_meta_file(buffer_, file, slots_);
  for (u64 slot = 0; slot < 2; ++slot) {
    if ((unreadable_slots_ >> slot & 1U) == 0) continue;
    slots_.slots[file][slot] = std::unexpected(HeaderFault::damaged);
    meta_unreadable_ = true;
  }
}

void Recovery::next_meta(Output out) {
  for (; current_ < kMetaFiles; ++current_) {
    const FileId file{FileKind::meta, current_};
    const auto size = size_of(file);
    if (size && *size > 0) return read(file, 0, std::min(*size, kMetaBytes), out);
  }
  after_meta(out);
}

void Recovery::after_meta(Output out) {
  for (u64 file = 0; file < kMetaFiles; ++file) {
    const auto& slots = slots_.slots[file];
    const bool whole = size_of({FileKind::meta, file}) == kMetaBytes;
    if (!whole && !slots[0] && !slots[1]) missing_meta_ |= 1U << file;
  }
  const MetaChoice choice = choose_meta(slots_);
  SNOWFLK_MAYBE(choice.proven);
  SNOWFLK_MAYBE(missing_meta_ != 0);
  switch (choice.kind) {
    case MetaChoice::Kind::newer:
      return fail("the directory was written by a newer version of this program");
    case MetaChoice::Kind::damaged:
      return fail(
          "neither copy of the metadata can be read: which terms this node voted in is not "
          "known, so it must not start under its old identity",
          meta_unreadable_);
    case MetaChoice::Kind::conflict:
      return fail("the two copies of the metadata's generation " +
                  std::to_string(choice.meta.generation) + " differ");
    case MetaChoice::Kind::blank: return begin_blank(out);
    case MetaChoice::Kind::found: break;
  }
  if (!choice.proven) {
    return fail(
        "the newest metadata may be lost in both files: which terms this node voted in is "
        "not known, so it must not start under its old identity",
        meta_unreadable_);
  }
  meta_ = choice.meta;
  const Identity ours{.cluster = options_.cluster, .node = options_.node};
  if (meta_.identity != ours) {
    return fail("the directory belongs to " + identity_text(meta_.identity) + ", but this is " +
                identity_text(ours));
  }
  step_ = RecoveryStep::manifest;
  read_manifest(out);
}

// Nothing was ever written here, or a bootstrap was cut off before the node could speak. Whatever
// segments there are must then be empty: one that holds a batch tells of a node that has spoken.
void Recovery::begin_blank(Output out) {
  if (!options_.bootstrap) {
    return fail(files_.empty() ? "the directory is empty, and the node was not told to bootstrap"
                               : "the directory has no metadata, and the node was not told to "
                                 "bootstrap");
  }
  meta_ = Meta{};
  meta_.identity = {.cluster = options_.cluster, .node = options_.node};
  manifest_.members = options_.members;
  after_manifest(out);
}

// ---- The manifest ------------------------------------------------------------------------------

void Recovery::read_manifest(Output out) {
  const FileId file{FileKind::manifest, meta_.manifest};
  const auto size = size_of(file);
  if (!size) return refuse(file, rules::kManifest, "the metadata names it, but it is missing", out);
  if (*size > kManifestBytesMax) {
    return refuse(file, rules::kManifest, "it is longer than a manifest can be", out);
  }
  read(file, 0, *size, out);
}

void Recovery::after_manifest(Output out) {
  for (const FoundFile& found : files_) {
    if (found.file.kind != FileKind::segment) continue;
    const bool listed = std::ranges::any_of(manifest_.segments, [&](const ManifestSegment& row) {
      return row.segment == found.file.number;
    });
    if (!listed) unlisted_.push_back(found.file.number);
  }
  for (const ManifestSegment& row : manifest_.segments) {
    next_segment_ = std::max(next_segment_, row.segment + 1);
  }
  step_ = RecoveryStep::segments;
  current_ = 0;
  next_segment_file(out);
}

// ---- What was read -----------------------------------------------------------------------------

void Recovery::take(Bytes bytes, Output out) {
  const bool whole = step_ == RecoveryStep::meta || step_ == RecoveryStep::manifest ||
                     step_ == RecoveryStep::tail || (step_ == RecoveryStep::segments && !scanning_);
  if (whole) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  } else if (step_ == RecoveryStep::segments) {
    scanner_.feed(bytes, scans_.back());
  } else if (!all_zero(bytes)) {
    SNOWFLK_ASSERT(step_ == RecoveryStep::unlisted);
    if (meta_.generation == 0) {
      return fail(
          "there is a log but no metadata: which terms this node voted in is not known, so "
          "it must not start under its old identity");
    }
    refuse(read_.file, rules::kUnlisted, "no manifest lists it, but it holds something", out);
  }
}

void Recovery::file_ended(Output out) {
  const FileId file = read_.file;
  switch (step_) {
    case RecoveryStep::meta:
      end_of_meta_file(file.number);
      current_ += 1;
      return next_meta(out);
    case RecoveryStep::manifest: {
      auto manifest = decode_manifest(buffer_);
      if (!manifest && manifest.error() == HeaderFault::newer) {
        return fail(file_name(file) + " was written by a newer version of this program");
      }
      if (!manifest || manifest_crc(buffer_) != meta_.manifest_crc ||
          manifest->generation != meta_.manifest || manifest->identity != meta_.identity) {
        return refuse(file, rules::kManifest, "it is not the manifest that the metadata names",
                      out);
      }
      manifest_ = std::move(*manifest);
      if (!options_.members.empty() && options_.members != manifest_.members) {
        return fail("the directory was made in a cluster of the " +
                    members_text(manifest_.members) + ", but this one has the " +
                    members_text(options_.members) +
                    ": their majorities need not overlap, and what was acknowledged could be lost");
      }
      return after_manifest(out);
    }
    case RecoveryStep::segments:
      if (!scanning_ && !begin_segment(out)) return;
      if (read_.offset < scans_.back().header.bytes && read_end_ < scans_.back().header.bytes) {
        return read(file, kSegmentHeaderBytes, scans_.back().header.bytes, out);
      }
      scanner_.finish(scans_.back());
      scanning_ = false;
      current_ += 1;
      return next_segment_file(out);
    case RecoveryStep::unlisted: current_ += 1; return next_unlisted(out);
    case RecoveryStep::tail: return after_tail(out);
    case RecoveryStep::idle:
    case RecoveryStep::done:
    case RecoveryStep::refused:
    case RecoveryStep::failed: return;
  }
}

}  // namespace snowflk::bitcask
