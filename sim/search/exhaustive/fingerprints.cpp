#include "sim/search/exhaustive/fingerprints.hpp"

namespace snowflk::sim::exhaustive {

Fingerprint fingerprint_of(std::span<const u8> bytes) {
  const Bytes as_they_are = std::as_bytes(bytes);
  const u64 low = hash64(as_they_are, 0xc2b2ae3d27d4eb4fULL);
  return Fingerprint{.high = hash64(as_they_are, 0x165667b19e3779f9ULL), .low = low == 0 ? 1 : low};
}

u64 Fingerprints::bytes() const {
  u64 sum = 0;
  for (const Shard& shard : shards_) sum += shard.bytes();
  return sum;
}

std::size_t Fingerprints::Shard::slot_of(const Fingerprint& print) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = print.low & mask;
  while (slots_[at].low != 0 && slots_[at] != print) at = (at + 1) & mask;
  return at;
}

bool Fingerprints::Shard::insert(const Fingerprint& print) {
  if (count_ * 4 >= slots_.size() * 3) grow();
  Fingerprint& slot = slots_[slot_of(print)];
  if (slot == print) return false;
  slot = print;
  count_ += 1;
  return true;
}

void Fingerprints::Shard::grow() {
  std::vector<Fingerprint> before(slots_.empty() ? 64 : slots_.size() * 2);
  before.swap(slots_);
  for (const Fingerprint& print : before) {
    if (print.low != 0) slots_[slot_of(print)] = print;
  }
}

}  // namespace snowflk::sim::exhaustive
