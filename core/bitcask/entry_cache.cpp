// The ring of recent payloads.
#include "core/bitcask/entry_cache.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/assert.hpp"

namespace snowflk::bitcask {
namespace {

constexpr u64 kRowsMin = 64;
constexpr u64 kBytesMin = 4096;

}  // namespace

void EntryCache::append(LogIndex index, Bytes payload) {
  SNOWFLK_ASSERT(count_ == 0 || index.value == first_index_ + count_);
  if (count_ == 0) first_index_ = index.value;
  if (count_ == rows_.size()) grow_rows();
  auto at = place_for(payload.size());
  if (!at) {
    grow_bytes(payload.size());
    at = place_for(payload.size());
  }
  SNOWFLK_ASSERT(at.has_value());
  if (!payload.empty()) std::memcpy(bytes_.data() + *at, payload.data(), payload.size());
  rows_[(first_row_ + count_) % rows_.size()] = {.at = *at,
                                                 .size = static_cast<u32>(payload.size())};
  count_ += 1;
  held_ += payload.size();
  evict();
}

void EntryCache::truncate(LogIndex from) {
  durable_ = std::min(durable_, LogIndex{from.value - 1});
  while (count_ != 0 && first_index_ + count_ > from.value) {
    held_ -= row(count_ - 1).size;
    count_ -= 1;
  }
}

void EntryCache::set_durable(LogIndex index) {
  durable_ = index;
  evict();
}

std::optional<Bytes> EntryCache::find(LogIndex index) const {
  if (index.value < first_index_ || index.value >= first_index_ + count_) return std::nullopt;
  const Row& found = row(index.value - first_index_);
  return Bytes{bytes_}.subspan(found.at, found.size);
}

void EntryCache::evict() {
  while (count_ != 0 && held_ > budget_ && first_index_ <= durable_.value) pop_front();
}

void EntryCache::pop_front() {
  held_ -= row(0).size;
  first_row_ = (first_row_ + 1) % rows_.size();
  first_index_ += 1;
  count_ -= 1;
}

// The bytes in use run from the oldest row's place to the newest row's end, perhaps around the end
// of the ring; a payload that does not fit before the end begins at 0.
std::optional<u64> EntryCache::place_for(u64 size) const {
  if (count_ == 0) return size <= bytes_.size() ? std::optional<u64>{0} : std::nullopt;
  const u64 begin = row(0).at;
  const u64 end = row(count_ - 1).at + row(count_ - 1).size;
  // Equal ends are full or empty; keeping one byte free tells them apart.
  if (begin <= end && row(count_ - 1).at >= begin) {
    if (end + size <= bytes_.size()) return end;
    if (size < begin) return 0;
    return std::nullopt;
  }
  if (end + size < begin) return end;
  return std::nullopt;
}

void EntryCache::grow_bytes(u64 size) {
  std::vector<std::byte> larger(std::max(kBytesMin, 2 * bytes_.size() + size));
  u64 at = 0;
  for (u64 nth = 0; nth < count_; ++nth) {
    Row& moved = rows_[(first_row_ + nth) % rows_.size()];
    if (moved.size != 0) std::memcpy(larger.data() + at, bytes_.data() + moved.at, moved.size);
    moved.at = at;
    at += moved.size;
  }
  bytes_.swap(larger);
}

void EntryCache::grow_rows() {
  std::vector<Row> larger(std::max<u64>(kRowsMin, 2 * rows_.size()));
  for (u64 nth = 0; nth < count_; ++nth) larger[nth] = row(nth);
  rows_.swap(larger);
  first_row_ = 0;
}

}  // namespace snowflk::bitcask
