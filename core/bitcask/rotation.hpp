// Makes the next segment ahead of need: created, its header synced, listed in a manifest that is
// durable and that the metadata names; only then may a batch go into it.
//
// Each step waits for the completion of the one it rests on, all in the background lane but for the
// metadata. Without space it waits and tries again; nothing else is disturbed by that.
#pragma once

#include <optional>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/hard_state.hpp"
#include "core/bitcask/manifest.hpp"
#include "core/bitcask/output.hpp"
#include "core/bitcask/segment.hpp"

namespace snowflk::bitcask {

enum class RotationStep : u8 {
  idle,
  creating_meta,  // only where a metadata file is missing
  creating_segment,
  writing_segment,  // header, sync, directory
  creating_manifest,
  writing_manifest,   // bytes, sync
  renaming_manifest,  // rename, directory
  naming_manifest,    // the metadata's generation
  ready,              // the segment may be used
};

class Rotation {
 public:
  static constexpr Duration kRetry = milliseconds(100);

  /// Begins from the manifest that counts (generation 0: none). `next_segment`: the first id that
  /// no file has.
  void start(Manifest&& manifest, u64 next_segment);

  /// Begins to make a segment. `missing_meta`: metadata files to make first, as bits.
  /// REQUIRES: step() is idle.
  void make(const SegmentHeader& header, u64 base_index, unsigned missing_meta, Output out);
  /// The segment that is ready, handed over; then idle again. REQUIRES: step() is ready.
  SegmentHeader take();

  [[nodiscard]] RotationStep step() const { return step_; }
  [[nodiscard]] bool ready() const { return step_ == RotationStep::ready; }
  [[nodiscard]] u64 next_segment() const { return next_segment_; }
  [[nodiscard]] const SegmentHeader& header() const { return header_; }

  /// Background completions.
  void on_done(u64 up_to, MetaWriter& meta, Output out);
  /// After a generation of metadata became durable.
  void on_meta_durable(const MetaWriter& meta, Output out);
  /// False: not for want of space, or not of ours to survive; the store fails.
  bool on_refused(u64 sequence, DiskError error, Output out);
  /// Tries again when it is time.
  void flush(Instant now, Output out);
  [[nodiscard]] Instant deadline() const;
  [[nodiscard]] bool lacks_space() const { return lacks_space_; }

  /// Segments that hold nothing that counts: doomed in the next manifest, removed after it.
  void doom(u64 segment);
  /// A file that nothing names: removed once this manifest counts.
  void add_stale(FileId file);
  /// Drops rows of doomed segments whose file is gone, as `gone(segment)` says.
  template <class Gone>
  void forget_doomed(Gone&& gone) {
    std::erase_if(manifest_.segments,
                  [&](const ManifestSegment& row) { return row.doomed && gone(row.segment); });
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  void begin(RotationStep step, Output out);
  void create_next(Output out);
  void write_segment(Output out);
  void list_segment();
  void write_manifest(Output out);
  void rename_manifest(Output out);
  void remove_stale(Output out);
  u64 issue(const DiskAction& action, Output out);

  RotationStep step_ = RotationStep::idle;
  Manifest manifest_;  // the one that counts, or is being made
  u64 next_segment_ = 1;
  SegmentHeader header_;
  u64 base_index_ = 0;
  unsigned missing_meta_ = 0;
  u64 waits_for_ = 0;         // the last operation of this step
  bool lacks_space_ = false;  // the step's Create was refused
  std::optional<Instant> retry_at_;
  std::vector<std::byte> header_bytes_;
  std::vector<std::byte> manifest_bytes_;
  std::vector<FileId> stale_;
  bool doomed_removed_ = false;
  std::vector<u64> ignorable_;  // removals: whether they are done does not matter
};

}  // namespace snowflk::bitcask
