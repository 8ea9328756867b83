// The log that the batches that count make: each truncates, then appends.
#include <algorithm>

#include "core/base/assert.hpp"
#include "core/bitcask/judge.hpp"

namespace snowflk::bitcask {
namespace {

class Builder {
 public:
  Builder(std::span<const SegmentScan> segments, const LogJudgement& judgement, BuiltLog& out)
      : segments_(segments), judgement_(judgement), out_(out) {}

  std::optional<Rot> run() {
    for (std::size_t k = 0; k < judgement_.kept.size(); ++k) {
      const JudgedPiece& judged = judgement_.pieces[judgement_.kept[k]];
      const SegmentScan& segment = segments_[judged.segment];
      const Piece& piece = segment.pieces[judged.piece];
      const bool tail = k >= judgement_.witnessed_count;
      if (auto rot = take(segment, piece, tail)) return rot;
    }
    if (out_.entries.size() < judgement_.commit) return floor_rot();
    sort_derived();
    SNOWFLK_ASSERT(out_.places.size() + out_.tail.size() == out_.entries.size());
    return std::nullopt;
  }

 private:
  std::optional<Rot> take(const SegmentScan& segment, const Piece& piece, bool tail) {
    const BatchHeader& header = piece.header;
    if (header.trunc_from != 0) truncate(header.trunc_from, tail);
    if (header.count != 0 && header.first_index != out_.entries.size() + 1) {
      return gap_rot(segment, piece);
    }
    const u64 source_at = source_bytes_;
    if (tail) add_source(segment, piece);
    u64 offset = 0;
    for (u32 i = 0; i < header.count; ++i) {
      const EntryRow& row = segment.entries[piece.entries_at + i];
      out_.entries.push_back({.term = row.term, .size = row.size, .kind = row.kind});
      if (tail) {
        out_.tail.push_back({.row = row, .payload_at = source_at + offset});
      } else {
        const u64 at = piece.offset + payload_offset(header) + offset;
        out_.places.push_back({.packed = EntryPlace::pack(segment.header.segment, at),
                               .size = row.size,
                               .crc = row.crc,
                               .time = row.time});
      }
      offset += align_up(row.size, kPayloadAlign);
    }
    if (!tail) take_derived(segment, piece);
    return std::nullopt;
  }

  void truncate(u64 from, bool tail) {
    if (from > out_.entries.size()) return;
    out_.entries.resize(from - 1);
    const u64 witnessed = out_.places.size();
    if (from > witnessed) {
      out_.tail.resize(from - 1 - witnessed);
      return;
    }
    out_.places.resize(from - 1);
    out_.tail.clear();
    if (tail) out_.trunc_from = from;
  }

  void add_source(const SegmentScan& segment, const Piece& piece) {
    out_.sources.push_back({.segment = segment.header.segment,
                            .offset = piece.offset + payload_offset(piece.header),
                            .bytes = piece.header.payload_bytes});
    source_bytes_ += piece.header.payload_bytes;
  }

  void take_derived(const SegmentScan& segment, const Piece& piece) {
    u64 offset = piece.offset + records_offset(piece.header);
    for (u32 i = 0; i < piece.header.derived_count; ++i) {
      const DerivedRow& row = segment.derived[piece.derived_at + i];
      out_.derived.push_back(
          {.index = {row.index},
           .sub = row.sub,
           .location = RecordLocation::of(segment.header.segment, offset, row.bytes)});
      offset += row.bytes;
    }
  }

  void sort_derived() {
    const auto before = [](const DerivedDurable& a, const DerivedDurable& b) {
      if (a.index != b.index) return a.index < b.index;
      if (a.sub != b.sub) return a.sub < b.sub;
      return a.location < b.location;
    };
    const auto same = [](const DerivedDurable& a, const DerivedDurable& b) {
      return a.index == b.index && a.sub == b.sub;
    };
    std::ranges::sort(out_.derived, before);
    const auto doubles = std::ranges::unique(out_.derived, same);
    out_.derived.erase(doubles.begin(), doubles.end());
  }

  [[nodiscard]] Rot gap_rot(const SegmentScan& segment, const Piece& piece) const {
    return Rot{.file = {FileKind::segment, segment.header.segment},
               .offset = piece.offset,
               .rule = rules::kGap,
               .what = "the batch begins at index " + std::to_string(piece.header.first_index) +
                       ", but the log before it ends at " + std::to_string(out_.entries.size())};
  }

  [[nodiscard]] Rot floor_rot() const {
    const u64 last = segments_.empty() ? 0 : segments_.back().header.segment;
    return Rot{.file = {FileKind::segment, last},
               .offset = 0,
               .rule = rules::kCommitFloor,
               .what = "entries up to " + std::to_string(judgement_.commit) +
                       " were committed here, but the log ends at " +
                       std::to_string(out_.entries.size())};
  }

  std::span<const SegmentScan> segments_;
  const LogJudgement& judgement_;
  BuiltLog& out_;
  u64 source_bytes_ = 0;
};

}  // namespace

std::optional<Rot> build_log(std::span<const SegmentScan> segments, const LogJudgement& judgement,
                             BuiltLog& out) {
  SNOWFLK_ASSERT(!judgement.rot);
  return Builder(segments, judgement, out).run();
}

}  // namespace snowflk::bitcask
