#include "sim/search/exhaustive/frontier.hpp"

#include "core/base/assert.hpp"

namespace snowflk::sim::exhaustive {

void Chunk::push(std::span<const u8> state) {
  SNOWFLK_ASSERT(has_room(state.size()));
  if (bytes_.empty()) bytes_.reserve(kBytesMax);
  bytes_.push_back(static_cast<u8>(state.size() & 255U));
  bytes_.push_back(static_cast<u8>(state.size() >> 8U));
  bytes_.insert(bytes_.end(), state.begin(), state.end());
  count_ += 1;
}

std::vector<std::span<const u8>> Chunk::states() const {
  std::vector<std::span<const u8>> all;
  all.reserve(count_);
  const std::span<const u8> bytes{bytes_};
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = bytes[at] | std::size_t{bytes[at + 1]} << 8U;
    all.push_back(bytes.subspan(at + 2, size));
    at += 2 + size;
  }
  return all;
}

bool Chunk::read(std::span<const u8> bytes, Chunk& chunk) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (bytes.size() - at < 2) return false;
    const std::size_t size = bytes[at] | std::size_t{bytes[at + 1]} << 8U;
    if (bytes.size() - at - 2 < size || !chunk.has_room(size)) return false;
    chunk.push(bytes.subspan(at + 2, size));
    at += 2 + size;
  }
  return true;
}

void Frontier::push(std::span<const u8> state) {
  if (chunks_.empty() || !chunks_.back().has_room(state.size())) chunks_.emplace_back();
  chunks_.back().push(state);
  count_ += 1;
}

void Frontier::push(Chunk chunk) {
  count_ += chunk.count();
  chunks_.push_back(std::move(chunk));
}

Chunk Frontier::pop() {
  SNOWFLK_ASSERT(!empty());
  Chunk chunk = std::move(chunks_.front());
  chunks_.pop_front();
  count_ -= chunk.count();
  return chunk;
}

}  // namespace snowflk::sim::exhaustive
