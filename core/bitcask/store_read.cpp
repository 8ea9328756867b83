// The store's reading half: what is in memory, what must be asked of the disk, and the check of
// what comes back.
#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/bitcask/store.hpp"

namespace snowflk::bitcask {

const Recovered& Store::recovered() const {
  SNOWFLK_ASSERT(state_ == StoreState::ready);
  return recovered_;
}

void Store::forget_recovered() {
  recovered_.entries = {};
  recovered_.derived = {};
}

bool Store::can_append(u64 bytes) const {
  if (state_ != StoreState::ready) return false;
  const Gather& gather = writer_.gather();
  if (gather.derived_load() > writer_.load_max()) return false;
  const u64 load = gather.entry_load() + kEntryRowBytes + align_up(bytes, kPayloadAlign);
  if (gather.must_write() && load > writer_.load_max()) return false;
  if (rotation_.ready()) return true;
  if (writer_.fits(writer_.next_body(align_up(bytes, kPayloadAlign)))) return true;
  // Nothing else waits: it is taken, and a segment is made that holds it.
  return !gather.must_write() && !rotation_.lacks_space();
}

bool Store::out_of_space(u64 bytes) const {
  if (state_ != StoreState::ready || !rotation_.lacks_space()) return false;
  return !writer_.fits(writer_.next_body(align_up(bytes, kPayloadAlign)));
}

WallTime Store::time_at(LogIndex index) const { return entries_.at(index).time; }

std::span<const DerivedDurable> Store::derived_durable() const { return derived_durable_; }

std::optional<Bytes> Store::payload(LogIndex index) const {
  if (entries_.at(index).size == 0) return Bytes{};
  return cache_.find(index);
}

DiskReadId Store::read_payload(LogIndex index, Output out) const {
  SNOWFLK_ASSERT(index <= durable_index_);
  const EntryPlace& place = entries_.at(index);
  SNOWFLK_ASSERT(place.written());
  return out.disk.read({FileKind::segment, place.segment()}, place.offset(), place.size);
}

std::expected<void, ReadFault> Store::check_payload(LogIndex index, Bytes read,
                                                    MutableBytes payload) const {
  const EntryPlace& place = entries_.at(index);
  SNOWFLK_ASSERT(payload.size() == place.size);
  if (read.size() < place.size) return std::unexpected(ReadFault::too_short);
  std::ranges::copy(read.first(place.size), payload.begin());
  mask_payload(payload, place.segment(), place.offset());
  if (crc32c(payload) != place.crc) return std::unexpected(ReadFault::checksum);
  return {};
}

RecordLocation Store::payload_location(LogIndex index) const {
  const EntryPlace& place = entries_.at(index);
  SNOWFLK_ASSERT(place.written());
  return {.segment = place.segment(), .offset = place.offset(), .length = place.size};
}

RecordLocation Store::record_location(LogIndex index, u32 offset, u32 bytes) const {
  SNOWFLK_ASSERT(index <= durable_index_);
  const EntryPlace& place = entries_.at(index);
  SNOWFLK_ASSERT(place.written());
  SNOWFLK_ASSERT(offset + bytes <= align_up(place.size, kPayloadAlign));
  return RecordLocation::of(place.segment(), place.offset() + offset, bytes);
}

DiskReadId Store::read_record(const RecordLocation& location, Output out) const {
  return out.disk.read({FileKind::segment, location.segment}, location.offset, location.length);
}

std::expected<RecordView, ReadFault> Store::check_record(const RecordLocation& location,
                                                         Bytes read) const {
  SNOWFLK_ASSERT(location.length > 0);
  const auto record = decode_record(read, place_mask(location.segment, location.offset));
  if (record) return *record;
  const bool shorter = record.error() == RecordFault::too_short && read.size() < location.length;
  return std::unexpected(shorter ? ReadFault::too_short : ReadFault::checksum);
}

void Store::refuse_rotten(const RecordLocation& location, Output out) {
  if (stopped()) return;
  state_ = StoreState::refusing;
  rot_ = Rot{.file = {FileKind::segment, location.segment},
             .offset = location.offset,
             .rule = rules::kReadBack,
             .what = "bytes read back fail their checksum"};
  reason_ = sentence(*rot_);
  out.events.emplace_back(RotFound{.segment = location.segment, .offset = location.offset});
}

// Split by what they hold of; cheap enough for every step.
void Store::check_invariants() const {
  SNOWFLK_ASSERT(durable_ticket() <= ticket_);
  SNOWFLK_ASSERT((state_ == StoreState::refusing || state_ == StoreState::failed) ==
                 !reason_.empty());
  SNOWFLK_ASSERT((state_ == StoreState::refusing) == rot_.has_value());
  if (state_ != StoreState::ready) return;
  SNOWFLK_ASSERT(durable_index_ <= entries_.last_index());
  SNOWFLK_ASSERT(writer_.position() <= writer_.segment().bytes);
  SNOWFLK_ASSERT(meta_.durable().generation > 0);
  SNOWFLK_ASSERT(meta_.durable().term <= meta_.wanted().term);
  SNOWFLK_ASSERT(writer_.segment().incarnation == meta_.durable().incarnation);
  const Gather& gather = writer_.gather();
  // What is neither durable nor in flight is gathered.
  if (!writer_.flying() && !gather.must_write()) {
    SNOWFLK_ASSERT(durable_index_ == entries_.last_index());
  }
}

}  // namespace snowflk::bitcask
