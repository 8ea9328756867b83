// Gathering changes, and handing a batch its share.
#include "core/bitcask/gather.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/bitcask/record.hpp"

namespace snowflk::bitcask {
namespace {

template <class T>
void erase_front(std::vector<T>& from, std::size_t count) {
  if (count == from.size()) return from.clear();
  from.erase(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

void Gather::append(LogIndex index, const EntryRow& row, Bytes payload, u64 ticket) {
  SNOWFLK_ASSERT(row.size == payload.size());
  if (entries_.empty()) first_index_ = index.value;
  SNOWFLK_ASSERT(index.value == first_index_ + entries_.size());
  entries_.push_back(row);
  tickets_.push_back(ticket);
  const std::size_t at = payloads_.size();
  payloads_.resize(at + align_up(payload.size(), kPayloadAlign));
  if (!payload.empty()) std::memcpy(payloads_.data() + at, payload.data(), payload.size());
}

void Gather::truncate(LogIndex from, bool recorded, u64 ticket) {
  u64 undone = ticket;
  if (!entries_.empty() && from.value < first_index_ + entries_.size()) {
    const std::size_t kept = from.value <= first_index_ ? 0 : from.value - first_index_;
    u64 bytes = 0;
    for (std::size_t i = 0; i < kept; ++i) bytes += align_up(entries_[i].size, kPayloadAlign);
    // A dropped entry's ticket is not durable before the record is that undoes it: until then a
    // crash leaves neither.
    undone = tickets_[kept];
    entries_.resize(kept);
    tickets_.resize(kept);
    payloads_.resize(bytes);
  }
  if (!recorded) return;
  if (trunc_from_ == 0 || from.value < trunc_from_) trunc_from_ = from.value;
  if (trunc_ticket_ == 0 || undone < trunc_ticket_) trunc_ticket_ = undone;
}

void Gather::add_derived(LogIndex index, u32 sub, Bytes key, Bytes value) {
  derived_.push_back(
      {.index = index.value, .sub = sub, .bytes = record_bytes(key.size(), value.size())});
  encode_record(key, value, records_);
}

u64 Gather::first_ticket() const {
  if (entries_.empty()) return trunc_ticket_;
  return trunc_ticket_ == 0 ? tickets_.front() : std::min(trunc_ticket_, tickets_.front());
}

Gather::Portion Gather::portion(u64 load) const {
  Portion portion;
  u64 taken = 0;
  // Entries leave half of the batch to derived records, if they are that many: neither starves.
  const u64 entry_room = load - std::min(derived_load(), load / 2);
  for (const EntryRow& row : entries_) {
    const u64 payload = align_up(row.size, kPayloadAlign);
    if (portion.entries != 0 && taken + kEntryRowBytes + payload > entry_room) break;
    taken += kEntryRowBytes + payload;
    portion.entries += 1;
    portion.payload_bytes += payload;
  }
  for (const DerivedRow& row : derived_) {
    if (portion.derived != 0 && taken + kDerivedRowBytes + row.bytes > load) break;
    taken += kDerivedRowBytes + row.bytes;
    portion.derived += 1;
    portion.record_bytes += row.bytes;
  }
  return portion;
}

Gather::Portion Gather::all() const {
  return {.entries = entries_.size(),
          .payload_bytes = payloads_.size(),
          .derived = derived_.size(),
          .record_bytes = records_.size()};
}

BatchBody Gather::body(const Portion& portion) const {
  return {.entries = std::span{entries_}.first(portion.entries),
          .derived = std::span{derived_}.first(portion.derived),
          .payloads = Bytes{payloads_}.first(portion.payload_bytes),
          .records = Bytes{records_}.first(portion.record_bytes)};
}

void Gather::taken(const Portion& portion) {
  first_index_ += portion.entries;
  trunc_from_ = 0;
  trunc_ticket_ = 0;
  erase_front(entries_, portion.entries);
  erase_front(tickets_, portion.entries);
  erase_front(payloads_, portion.payload_bytes);
  erase_front(derived_, portion.derived);
  erase_front(records_, portion.record_bytes);
}

}  // namespace snowflk::bitcask
