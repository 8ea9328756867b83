// The set of states that were seen, as 128-bit fingerprints of their bytes.
//
// Two states of n with the same fingerprint would be taken for one; that there are such is less
// likely than n^2 / 2^129. The set is in shards: threads may insert into different ones at a time,
// and ask all of them while nobody inserts.
#pragma once

#include <array>
#include <vector>

#include "core/base/hash.hpp"

namespace snowflk::sim::exhaustive {

struct Fingerprint {
  u64 high = 0;
  u64 low = 0;  // zero: none
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};
Fingerprint fingerprint_of(std::span<const u8> bytes);

class Fingerprints {
 public:
  static constexpr u32 kShards = 64;

  [[nodiscard]] static u32 shard_of(const Fingerprint& print) {
    return static_cast<u32>(print.high >> 58U);
  }
  [[nodiscard]] bool contains(const Fingerprint& print) const {
    return shards_[shard_of(print)].contains(print);
  }
  /// Whether it is new.
  bool insert(const Fingerprint& print) { return shards_[shard_of(print)].insert(print); }
  [[nodiscard]] u64 bytes() const;
  /// Calls visit(print) for each, in an order of their own.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Shard& shard : shards_) shard.for_each(visit);
  }

 private:
  class Shard {
   public:
    [[nodiscard]] bool contains(const Fingerprint& print) const {
      return !slots_.empty() && slots_[slot_of(print)] == print;
    }
    bool insert(const Fingerprint& print);
    [[nodiscard]] u64 bytes() const { return slots_.capacity() * sizeof(Fingerprint); }
    template <class Visit>
    void for_each(Visit visit) const {
      for (const Fingerprint& print : slots_) {
        if (print.low != 0) visit(print);
      }
    }

   private:
    /// Where it is, or the free slot where it belongs.
    [[nodiscard]] std::size_t slot_of(const Fingerprint& print) const;
    void grow();

    std::vector<Fingerprint> slots_;  // a power of two of them
    std::size_t count_ = 0;
  };
  std::array<Shard, kShards> shards_;
};

}  // namespace snowflk::sim::exhaustive
