// The steps of making a segment.
#include "core/bitcask/rotation.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/maybe.hpp"

namespace snowflk::bitcask {

void Rotation::start(Manifest&& manifest, u64 next_segment) {
  manifest_ = std::move(manifest);
  next_segment_ = next_segment;
}

void Rotation::make(const SegmentHeader& header, u64 base_index, unsigned missing_meta,
                    Output out) {
  SNOWFLK_ASSERT(step_ == RotationStep::idle);
  SNOWFLK_ASSERT(header.segment == next_segment_);
  next_segment_ += 1;
  header_ = header;
  base_index_ = base_index;
  missing_meta_ = missing_meta;
  begin(missing_meta_ != 0 ? RotationStep::creating_meta : RotationStep::creating_segment, out);
}

SegmentHeader Rotation::take() {
  SNOWFLK_ASSERT(ready());
  step_ = RotationStep::idle;
  return header_;
}

u64 Rotation::issue(const DiskAction& action, Output out) {
  waits_for_ = out.disk.issue(Lane::background, action);
  return waits_for_;
}

void Rotation::begin(RotationStep step, Output out) {
  step_ = step;
  switch (step) {
    case RotationStep::creating_meta:
    case RotationStep::creating_segment:
    case RotationStep::creating_manifest: return create_next(out);
    case RotationStep::writing_segment: return write_segment(out);
    case RotationStep::writing_manifest: return write_manifest(out);
    case RotationStep::renaming_manifest: return rename_manifest(out);
    case RotationStep::idle:
    case RotationStep::naming_manifest:
    case RotationStep::ready: return;
  }
}

// The one operation of this step, which may be refused for want of space and tried again.
void Rotation::create_next(Output out) {
  lacks_space_ = false;
  retry_at_.reset();
  if (step_ == RotationStep::creating_meta) {
    const u64 file = (missing_meta_ & 1U) != 0 ? 0 : 1;
    issue(Create{.file = {FileKind::meta, file}, .size = kMetaBytes}, out);
  } else if (step_ == RotationStep::creating_segment) {
    issue(Create{.file = {FileKind::segment, header_.segment}, .size = header_.bytes}, out);
  } else {
    SNOWFLK_ASSERT(step_ == RotationStep::creating_manifest);
    issue(Create{.file = {FileKind::manifest_new, manifest_.generation},
                 .size = manifest_bytes_.size()},
          out);
  }
}

void Rotation::write_segment(Output out) {
  const FileId file{FileKind::segment, header_.segment};
  header_bytes_.resize(kSegmentHeaderBytes);
  encode_segment_header(header_, header_bytes_);
  issue(Write{.file = file, .offset = 0, .bytes = header_bytes_}, out);
  issue(Sync{.file = file}, out);
  // Also makes the names of metadata files durable that were made before.
  issue(SyncDirectory{}, out);
}

void Rotation::list_segment() {
  manifest_.generation += 1;
  manifest_.segments.push_back(
      {.segment = header_.segment, .incarnation = header_.incarnation, .base_index = base_index_});
  manifest_.identity = header_.identity;
  encode_manifest(manifest_, manifest_bytes_);
}

void Rotation::write_manifest(Output out) {
  const FileId file{FileKind::manifest_new, manifest_.generation};
  issue(Write{.file = file, .offset = 0, .bytes = manifest_bytes_}, out);
  issue(Sync{.file = file}, out);
}

void Rotation::rename_manifest(Output out) {
  issue(Rename{.from = {FileKind::manifest_new, manifest_.generation},
               .to = {FileKind::manifest, manifest_.generation}},
        out);
  issue(SyncDirectory{}, out);
}

void Rotation::on_done(u64 up_to, MetaWriter& meta, Output out) {
  std::erase_if(ignorable_, [&](u64 sequence) { return sequence <= up_to; });
  if (up_to < waits_for_ || lacks_space_) return;
  switch (step_) {
    case RotationStep::idle:
    case RotationStep::naming_manifest:
    case RotationStep::ready: return;
    case RotationStep::creating_meta:
      missing_meta_ &= missing_meta_ - 1;
      return begin(missing_meta_ != 0 ? step_ : RotationStep::creating_segment, out);
    case RotationStep::creating_segment: return begin(RotationStep::writing_segment, out);
    case RotationStep::writing_segment:
      list_segment();
      return begin(RotationStep::creating_manifest, out);
    case RotationStep::creating_manifest: return begin(RotationStep::writing_manifest, out);
    case RotationStep::writing_manifest: return begin(RotationStep::renaming_manifest, out);
    case RotationStep::renaming_manifest:
      step_ = RotationStep::naming_manifest;
      meta.set_manifest(manifest_.generation, manifest_crc(manifest_bytes_));
      return;
  }
}

void Rotation::on_meta_durable(const MetaWriter& meta, Output out) {
  if (step_ != RotationStep::naming_manifest) return;
  if (meta.durable().manifest != manifest_.generation) return;
  step_ = RotationStep::ready;
  out.events.emplace_back(SegmentOpened{.segment = header_.segment});
  remove_stale(out);
}

// What the manifest before named and this one does not, and that manifest itself. Removed again at
// the next start, should this be lost.
void Rotation::remove_stale(Output out) {
  const auto unlink = [&](FileId file) {
    ignorable_.push_back(out.disk.issue(Lane::background, Unlink{.file = file}));
  };
  SNOWFLK_MAYBE(stale_.empty());
  if (manifest_.generation > 1) unlink({FileKind::manifest, manifest_.generation - 1});
  const FileId counts{FileKind::manifest, manifest_.generation};
  for (const FileId file : stale_) {
    if (file != counts) unlink(file);
  }
  stale_.clear();
  if (std::exchange(doomed_removed_, true)) return;
  for (const ManifestSegment& row : manifest_.segments) {
    if (row.doomed) unlink({FileKind::segment, row.segment});
  }
}

bool Rotation::on_refused(u64 sequence, DiskError error, Output out) {
  if (std::erase(ignorable_, sequence) != 0) return true;
  const bool creating = step_ == RotationStep::creating_meta ||
                        step_ == RotationStep::creating_segment ||
                        step_ == RotationStep::creating_manifest;
  if (!creating || sequence != waits_for_ || error != DiskError::no_space) return false;
  if (!lacks_space_) out.events.emplace_back(NoSpace{});
  lacks_space_ = true;
  return true;
}

void Rotation::flush(Instant now, Output out) {
  if (!lacks_space_) return;
  if (!retry_at_) retry_at_ = now + kRetry;
  if (now >= *retry_at_) create_next(out);
}

Instant Rotation::deadline() const {
  if (!lacks_space_) return kNever;
  return retry_at_ ? *retry_at_ : Instant{0};
}

void Rotation::doom(u64 segment) {
  for (ManifestSegment& row : manifest_.segments) {
    if (row.segment == segment) row.doomed = true;
  }
}

void Rotation::add_stale(FileId file) { stale_.push_back(file); }

}  // namespace snowflk::bitcask
