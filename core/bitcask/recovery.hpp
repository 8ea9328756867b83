// Reads a directory in bounded pieces, and says what it holds or why it cannot be used.
//
// Metadata, then the manifest that it names, then the segments that the manifest lists, then the
// un-witnessed tail. It only reads; what is written at a start is rotation.hpp's and writer.hpp's.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"
#include "core/bitcask/judge.hpp"
#include "core/bitcask/manifest.hpp"
#include "core/bitcask/meta.hpp"
#include "core/bitcask/output.hpp"
#include "core/bitcask/store_options.hpp"

namespace snowflk::bitcask {

enum class RecoveryStep : u8 {
  idle,
  meta,  // metadata files, one after the other
  manifest,
  segments,  // those listed
  unlisted,  // those that are not: they must be empty
  tail,      // the payloads that will be written anew
  done,
  refused,  // rot
  failed,   // the disk, or not a directory that this node may start
};

class Recovery {
 public:
  static constexpr unsigned kReadTriesMax = 3;

  /// Begins. `files`: all of the directory that is ours.
  void start(const StoreOptions& options, std::span<const FoundFile> files, Output out);
  /// Whether `id` is the read that this waits for.
  [[nodiscard]] bool owns(DiskReadId id) const { return reading_ && id == read_.id; }
  void on_read(std::expected<Bytes, DiskError> bytes, Output out);

  [[nodiscard]] RecoveryStep step() const { return step_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// Why it was refused. REQUIRES: refused.
  [[nodiscard]] const Rot& rot() const {
    SNOWFLK_ASSERT(rot_.has_value());
    return *rot_;
  }
  /// Failed because the disk could not be read.
  [[nodiscard]] bool disk_failed() const { return disk_failed_; }

  // ---- What was seen, also of a directory that is refused: for those who ask why -------------

  /// The segments that were read to their end, in the manifest's order.
  [[nodiscard]] const std::vector<SegmentScan>& scans() const { return scans_; }
  [[nodiscard]] const MetaSlots& meta_slots() const { return slots_; }

  // ---- The findings; REQUIRES: done -----------------------------------------------------------

  /// The metadata that counts; generation 0: a new directory.
  [[nodiscard]] const Meta& meta() const { return meta_; }
  /// Metadata files that must be made, as bits.
  [[nodiscard]] unsigned missing_meta() const { return missing_meta_; }
  [[nodiscard]] Manifest& manifest() { return manifest_; }
  [[nodiscard]] const LogJudgement& judgement() const { return judgement_; }
  [[nodiscard]] BuiltLog& log() { return log_; }
  [[nodiscard]] Bytes tail_payload(const TailEntry& entry) const;
  [[nodiscard]] u64 next_segment() const { return next_segment_; }
  /// Segments that hold nothing that counts.
  [[nodiscard]] const std::vector<u64>& useless() const { return useless_; }
  /// Files that nothing names.
  [[nodiscard]] const std::vector<FileId>& stale() const { return stale_; }
  [[nodiscard]] bool found(FileId file) const { return size_of(file).has_value(); }

 private:
  template <class>
  friend struct snowflk::StateOf;

  [[nodiscard]] std::optional<u64> size_of(FileId file) const;
  void fail(std::string why, bool disk = false);
  void refuse(const Rot& rot, Output out);
  void refuse(FileId file, std::string_view rule, std::string what, Output out);

  /// Asks for the whole of `file` from `offset` to `end`, piece by piece.
  void read(FileId file, u64 offset, u64 end, Output out);
  void ask(Output out);
  /// Goes from file to file until one is asked for.
  void go_on(Output out);
  void take(Bytes bytes, Output out);
  void file_ended(Output out);

  [[nodiscard]] u64 end_of_slot() const;
  void leave_slot_out(Output out);
  void end_of_meta_file(u64 file);
  void next_meta(Output out);
  void after_meta(Output out);
  void begin_blank(Output out);
  void read_manifest(Output out);
  void after_manifest(Output out);
  void next_segment_file(Output out);
  bool begin_segment(Output out);
  void next_unlisted(Output out);
  void after_segments(Output out);
  void next_tail(Output out);
  void after_tail(Output out);
  void note_stale();

  StoreOptions options_;
  std::vector<FoundFile> files_;
  RecoveryStep step_ = RecoveryStep::idle;
  std::string reason_;
  std::optional<Rot> rot_;
  bool disk_failed_ = false;

  bool reading_ = false;
  DiskRead read_;
  u64 read_end_ = 0;
  bool file_ended_ = false;    // all of it was read; what comes of that is still to be done
  bool slot_by_slot_ = false;  // of metadata, after the whole file could not be read
  unsigned tries_ = 0;
  unsigned unreadable_slots_ = 0;  // of the current metadata file, as bits
  std::vector<std::byte> buffer_;  // what of the current file is kept whole
  std::size_t current_ = 0;        // which file of the step

  MetaSlots slots_;
  Meta meta_;
  bool meta_unreadable_ = false;  // a slot of it
  unsigned missing_meta_ = 0;
  Manifest manifest_;
  std::vector<SegmentScan> scans_;
  SegmentScanner scanner_;
  bool scanning_ = false;
  std::vector<u64> unlisted_;
  LogJudgement judgement_;
  BuiltLog log_;
  u64 next_segment_ = 1;
  std::vector<u64> useless_;
  std::vector<FileId> stale_;
};

}  // namespace snowflk::bitcask
