// States that were reached and not gone on from, as bytes, in the order in which they were reached.
//
// In chunks: a chunk is what is gone on from at a time, and is given back then.
#pragma once

#include <deque>
#include <vector>

#include "core/base/types.hpp"

namespace snowflk::sim::exhaustive {

/// States, one after the other: two bytes of length, and their bytes.
class Chunk {
 public:
  static constexpr std::size_t kBytesMax = 1U << 20U;

  [[nodiscard]] bool has_room(std::size_t size) const {
    return bytes_.size() + 2 + size <= kBytesMax;
  }
  void push(std::span<const u8> state);
  [[nodiscard]] u32 count() const { return count_; }
  [[nodiscard]] std::span<const u8> bytes() const { return bytes_; }
  /// Where each state begins and ends.
  [[nodiscard]] std::vector<std::span<const u8>> states() const;
  /// The chunk of these bytes, if they are one.
  static bool read(std::span<const u8> bytes, Chunk& chunk);

 private:
  std::vector<u8> bytes_;
  u32 count_ = 0;
};

class Frontier {
 public:
  [[nodiscard]] bool empty() const { return chunks_.empty(); }
  [[nodiscard]] u64 count() const { return count_; }
  [[nodiscard]] u64 bytes() const { return chunks_.size() * Chunk::kBytesMax; }
  void push(std::span<const u8> state);
  void push(Chunk chunk);
  /// REQUIRES: !empty().
  Chunk pop();
  [[nodiscard]] const std::deque<Chunk>& chunks() const { return chunks_; }

 private:
  std::deque<Chunk> chunks_;
  u64 count_ = 0;
};

}  // namespace snowflk::sim::exhaustive
