// What a segment holds, piece by piece, seen alone: batches, and holes where none can be read.
//
// The bytes come in order, in any portions; memory is bounded by the longest batch. Any bytes may
// come: the scanner ends, and says what it saw.
#pragma once

#include <optional>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/batch.hpp"
#include "core/bitcask/classify.hpp"
#include "core/bitcask/segment.hpp"

namespace snowflk::bitcask {

struct Piece {
  u64 offset = 0;  // in the segment
  u64 bytes = 0;
  HeadState head = HeadState::blank;
  PieceBody body = PieceBody::empty;
  BatchHeader header{};        // with a head
  u64 chain_after = 0;         // what the next batch's header says, if this is the one before it
  std::size_t entries_at = 0;  // in the segment's rows, header.count of them; intact bodies only
  std::size_t derived_at = 0;

  [[nodiscard]] bool headed() const { return head == HeadState::both || head == HeadState::one; }
};

/// All that a scan says of one segment.
struct SegmentScan {
  SegmentHeader header;
  unsigned header_copies = 0;
  std::vector<Piece> pieces;
  std::vector<EntryRow> entries;
  std::vector<DerivedRow> derived;
};

class SegmentScanner {
 public:
  SegmentScanner() = default;
  /// `header` as it was decoded; scanning begins after it: the first byte fed is that at
  /// kSegmentHeaderBytes. REQUIRES: kSegmentHeaderBytes <= header.bytes <= kSegmentBytesMax.
  explicit SegmentScanner(const SegmentHeader& header);

  /// The next bytes of the file.
  void feed(Bytes bytes, SegmentScan& out);
  /// No more bytes come: what is left is a hole.
  void finish(SegmentScan& out);

 private:
  [[nodiscard]] u64 end() const { return base_ + view_.size(); }
  [[nodiscard]] Bytes at(u64 offset, u64 bytes) const;
  [[nodiscard]] Bytes unit_at(u64 offset) const { return at(offset, kUnitBytes); }
  bool step(SegmentScan& out);
  bool step_at_batch(SegmentScan& out);
  bool step_in_hole(SegmentScan& out);
  void close_hole(u64 until, SegmentScan& out);
  void add_batch(u64 offset, const BatchHeader& header, u64 head_offset, HeadState head,
                 SegmentScan& out);
  [[nodiscard]] std::optional<BatchHeader> head_at(u64 offset) const;
  [[nodiscard]] bool fits(u64 offset, const BatchHeader& header) const;
  void open_hole();
  void drop_before(u64 offset);
  void keep_rest(bool in_window);

  SegmentHeader header_;
  u32 seed_ = 0;
  std::vector<std::byte> window_;  // fed, and not yet judged; between two calls of feed()
  Bytes view_;                     // likewise, during one: of window_, or of what is fed
  u64 base_ = 0;                   // the file's offset of the first of them
  u64 position_ = 0;               // the next piece begins here, or the hole that is open
  bool in_hole_ = false;
  u64 looked_until_ = 0;     // in a hole: blocks before here hold no head
  bool hole_blank_ = false;  // the unit where its header should be is zero
  bool hole_empty_ = false;  // all of it so far is zero
};

}  // namespace snowflk::bitcask
