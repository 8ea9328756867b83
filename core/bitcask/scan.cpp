// Scanning a segment: batch after batch, and through holes block by block for what comes after
// them.
#include "core/bitcask/scan.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/assert.hpp"

namespace snowflk::bitcask {
namespace {

constexpr u64 kWindowBytesMax = kBatchBlocksMax * kBlockBytes;

}  // namespace

SegmentScanner::SegmentScanner(const SegmentHeader& header)
    : header_(header),
      seed_(segment_seed(header)),
      base_(kSegmentHeaderBytes),
      position_(kSegmentHeaderBytes) {
  SNOWFLK_ASSERT(header.bytes >= kSegmentHeaderBytes);
  SNOWFLK_ASSERT(header.bytes <= kSegmentBytesMax);
}

void SegmentScanner::feed(Bytes bytes, SegmentScan& out) {
  const u64 fed = base_ + window_.size();
  const u64 room = header_.bytes - std::min(header_.bytes, fed);
  bytes = bytes.first(std::min<u64>(bytes.size(), room));
  const bool goes_on = !window_.empty();
  if (goes_on) window_.insert(window_.end(), bytes.begin(), bytes.end());
  view_ = goes_on ? Bytes{window_} : bytes;
  while (step(out)) {
  }
  keep_rest(goes_on);
}

// What no piece was made of yet waits for the bytes after it. Most bytes are never copied.
void SegmentScanner::keep_rest(bool in_window) {
  if (in_window) {
    const auto used = static_cast<std::ptrdiff_t>(window_.size() - view_.size());
    window_.erase(window_.begin(), window_.begin() + used);
  } else {
    window_.assign(view_.begin(), view_.end());
  }
  view_ = {};
}

void SegmentScanner::finish(SegmentScan& out) {
  if (position_ == header_.bytes) return;
  if (!in_hole_) {
    // The file ends within a batch, or within a block.
    in_hole_ = true;
    hole_blank_ = false;
    hole_empty_ = false;
  }
  close_hole(header_.bytes, out);
}

Bytes SegmentScanner::at(u64 offset, u64 bytes) const {
  SNOWFLK_ASSERT(offset >= base_);
  SNOWFLK_ASSERT(offset + bytes <= end());
  return view_.subspan(offset - base_, bytes);
}

std::optional<BatchHeader> SegmentScanner::head_at(u64 offset) const {
  return decode_head(unit_at(offset), seed_, header_.segment);
}

bool SegmentScanner::fits(u64 offset, const BatchHeader& header) const {
  return offset + header.blocks * kBlockBytes <= header_.bytes;
}

bool SegmentScanner::step(SegmentScan& out) {
  return in_hole_ ? step_in_hole(out) : step_at_batch(out);
}

bool SegmentScanner::step_at_batch(SegmentScan& out) {
  if (end() < position_ + kBlockBytes) return false;
  const auto header = head_at(position_);
  if (!header || !fits(position_, *header)) {
    open_hole();
    return true;
  }
  const u64 bytes = header->blocks * kBlockBytes;
  if (end() < position_ + bytes) return false;
  const u64 trailer_at = position_ + bytes - kUnitBytes;
  const Bytes head = unit_at(position_);
  const bool both = std::memcmp(head.data(), unit_at(trailer_at).data(), kUnitBytes) == 0;
  add_batch(position_, *header, position_, both ? HeadState::both : HeadState::one, out);
  return true;
}

void SegmentScanner::open_hole() {
  in_hole_ = true;
  looked_until_ = position_;
  hole_blank_ = all_zero(unit_at(position_));
  hole_empty_ = true;
}

bool SegmentScanner::step_in_hole(SegmentScan& out) {
  const u64 block = looked_until_;
  if (end() < block + kBlockBytes) return false;
  if (block > position_) {
    const auto header = head_at(block);
    if (header && fits(block, *header)) {
      close_hole(block, out);
      return true;
    }
  }
  const u64 trailer_at = block + kBlockBytes - kUnitBytes;
  if (const auto trailer = head_at(trailer_at)) {
    const u64 bytes = trailer->blocks * kBlockBytes;
    const u64 end_of_batch = block + kBlockBytes;
    if (bytes <= end_of_batch - std::max(position_, base_)) {
      const u64 start = end_of_batch - bytes;
      close_hole(start, out);
      add_batch(start, *trailer, trailer_at, HeadState::one, out);
      return true;
    }
  }
  hole_empty_ = hole_empty_ && all_zero(at(block, kBlockBytes));
  looked_until_ = block + kBlockBytes;
  if (looked_until_ > kWindowBytesMax) drop_before(looked_until_ - kWindowBytesMax);
  return true;
}

void SegmentScanner::close_hole(u64 until, SegmentScan& out) {
  SNOWFLK_ASSERT(in_hole_);
  SNOWFLK_ASSERT(until >= position_);
  in_hole_ = false;
  if (until == position_) return;
  Piece piece{.offset = position_, .bytes = until - position_};
  piece.head = hole_blank_ ? HeadState::blank : HeadState::garbage;
  piece.body = hole_blank_ && hole_empty_ ? PieceBody::empty : PieceBody::unknown;
  out.pieces.push_back(piece);
  position_ = until;
}

void SegmentScanner::add_batch(u64 offset, const BatchHeader& header, u64 head_offset,
                               HeadState head, SegmentScan& out) {
  SNOWFLK_ASSERT(offset == position_);
  const Bytes batch = at(offset, header.blocks * kBlockBytes);
  const Bytes unit = unit_at(head_offset);
  Piece piece{.offset = offset, .bytes = batch.size(), .head = head, .header = header};
  piece.chain_after = chain_after(header.chain, unit);
  piece.entries_at = out.entries.size();
  piece.derived_at = out.derived.size();
  switch (judge_body(header, batch, unit, seed_)) {
    case BodyState::intact: piece.body = PieceBody::intact; break;
    case BodyState::unwritten: piece.body = PieceBody::unwritten; break;
    case BodyState::rotten: piece.body = PieceBody::rotten; break;
  }
  if (piece.body == PieceBody::intact && !decode_tables(header, batch, out.entries, out.derived)) {
    out.entries.resize(piece.entries_at);
    out.derived.resize(piece.derived_at);
    piece.body = PieceBody::rotten;
  }
  out.pieces.push_back(piece);
  position_ = offset + batch.size();
  drop_before(position_);
}

void SegmentScanner::drop_before(u64 offset) {
  if (offset <= base_) return;
  view_ = view_.subspan(offset - base_);
  base_ = offset;
}

}  // namespace snowflk::bitcask
