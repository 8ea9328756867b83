// The part of recovery that reads segments and the tail.
#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/base/maybe.hpp"
#include "core/bitcask/recovery.hpp"

namespace snowflk::bitcask {

void Recovery::next_segment_file(Output out) {
  for (; current_ < manifest_.segments.size(); ++current_) {
    const ManifestSegment& row = manifest_.segments[current_];
    if (row.doomed) continue;
    const FileId file{FileKind::segment, row.segment};
    if (!found(file)) {
      return refuse(file, rules::kSegmentMissing, "the manifest lists it, but it is missing", out);
    }
    scanning_ = false;
    return read(file, 0, std::min(*size_of(file), kSegmentHeaderBytes), out);
  }
  step_ = RecoveryStep::unlisted;
  current_ = 0;
  next_unlisted(out);
}

// The header has been read: whose segment is it, and how long?
bool Recovery::begin_segment(Output out) {
  const ManifestSegment& row = manifest_.segments[current_];
  const FileId file{FileKind::segment, row.segment};
  const auto decoded = decode_segment_header(buffer_);
  if (!decoded && decoded.error() == HeaderFault::newer) {
    fail(file_name(file) + " was written by a newer version of this program");
    return false;
  }
  if (!decoded) {
    refuse(file, rules::kSegmentHeader, "neither copy of its header can be read", out);
    return false;
  }
  const SegmentHeader& header = decoded->header;
  if (header.identity != meta_.identity || header.segment != row.segment ||
      header.incarnation != row.incarnation) {
    refuse(file, rules::kSegmentHeader, "its header is that of another file", out);
    return false;
  }
  if (size_of(file) != header.bytes) {
    refuse(file, rules::kSegmentSize,
           "it has " + std::to_string(*size_of(file)) + " bytes, but was made with " +
               std::to_string(header.bytes),
           out);
    return false;
  }
  scans_.push_back(SegmentScan{.header = header,
                               .header_copies = decoded->copies,
                               .pieces = {},
                               .entries = {},
                               .derived = {}});
  scanner_ = SegmentScanner(header);
  scanning_ = true;
  return true;
}

void Recovery::next_unlisted(Output out) {
  for (; current_ < unlisted_.size(); ++current_) {
    const FileId file{FileKind::segment, unlisted_[current_]};
    const u64 size = *size_of(file);
    if (size > kSegmentHeaderBytes) return read(file, kSegmentHeaderBytes, size, out);
  }
  after_segments(out);
}

void Recovery::after_segments(Output out) {
  judgement_ = judge_log(scans_);
  if (judgement_.rot) return refuse(*judgement_.rot, out);
  if (auto rot = build_log(scans_, judgement_, log_)) return refuse(*rot, out);
  const bool same_term = judgement_.term == meta_.term;
  const bool both_voted = !judgement_.vote.nobody() && !meta_.vote.nobody();
  if (judgement_.two_votes || (same_term && both_voted && judgement_.vote != meta_.vote)) {
    return refuse({FileKind::meta, 0}, rules::kTwoVotes,
                  "votes for two candidates in term " + std::to_string(judgement_.term.value) +
                      " are on record",
                  out);
  }
  for (const JudgedPiece& judged : judgement_.pieces) {
    if (judged.classification.verdict != Verdict::torn) continue;
    const SegmentScan& scan = scans_[judged.segment];
    out.events.emplace_back(TornTailDropped{.segment = scan.header.segment,
                                            .offset = scan.pieces[judged.piece].offset});
  }
  note_stale();
  SNOWFLK_MAYBE(log_.sources.empty());  // All that counts is witnessed.
  SNOWFLK_MAYBE(useless_.empty());
  SNOWFLK_MAYBE(stale_.empty());
  step_ = RecoveryStep::tail;
  current_ = 0;
  next_tail(out);
}

void Recovery::note_stale() {
  std::vector<bool> used(scans_.size());
  for (const std::size_t kept : judgement_.kept) used[judgement_.pieces[kept].segment] = true;
  for (std::size_t s = 0; s < scans_.size(); ++s) {
    if (!used[s]) useless_.push_back(scans_[s].header.segment);
  }
  for (const u64 segment : unlisted_) stale_.push_back({FileKind::segment, segment});
  for (const FoundFile& found : files_) {
    const bool manifest = found.file.kind == FileKind::manifest;
    if (manifest && found.file.number != meta_.manifest) stale_.push_back(found.file);
    if (found.file.kind == FileKind::manifest_new) stale_.push_back(found.file);
  }
}

// The payloads of the tail's batches are laid end to end in buffer_, in the order of sources.
void Recovery::next_tail(Output out) {
  if (log_.sources.size() > 1) {
    // One batch is in flight at a time, so no more than one can be un-witnessed and whole.
    return refuse({FileKind::segment, log_.sources.back().segment}, rules::kSequence,
                  "more than one batch at its end is not witnessed", out);
  }
  if (log_.sources.empty()) return after_tail(out);
  const TailSource& source = log_.sources.front();
  read({FileKind::segment, source.segment}, source.offset, source.offset + source.bytes, out);
}

void Recovery::after_tail(Output out) {
  for (const TailEntry& entry : log_.tail) {
    const TailSource& source = log_.sources.front();
    const u64 end = entry.payload_at + entry.row.size;
    const bool whole = end <= buffer_.size();
    if (whole) {
      mask_payload(MutableBytes{buffer_}.subspan(entry.payload_at, entry.row.size), source.segment,
                   source.offset + entry.payload_at);
    }
    if (!whole || crc32c(tail_payload(entry)) != entry.row.crc) {
      return refuse(Rot{.file = {FileKind::segment, source.segment},
                        .offset = source.offset + entry.payload_at,
                        .rule = rules::kReadBack,
                        .what = "an entry of the last batch reads otherwise than before"},
                    out);
    }
  }
  step_ = RecoveryStep::done;
}

Bytes Recovery::tail_payload(const TailEntry& entry) const {
  SNOWFLK_ASSERT(entry.payload_at + entry.row.size <= buffer_.size());
  return Bytes{buffer_}.subspan(entry.payload_at, entry.row.size);
}

}  // namespace snowflk::bitcask
