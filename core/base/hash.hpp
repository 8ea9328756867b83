// Hashes that are the same everywhere: a 64-bit mixer, a keyed hash of bytes, a 128-bit digest.
//
// Not cryptographic. The mixer is the finaliser of SplitMix64 (Steele, Lea, Flood 2014); bytes are
// read as little-endian words, so the machine's byte order does not matter.
#pragma once

#include <bit>
#include <cstring>

#include "core/base/types.hpp"

namespace snowflk {

constexpr u64 mix64(u64 x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  x ^= x >> 31;
  return x;
}

inline u64 load_le64(const std::byte* at) {
  u64 word = 0;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// A hash of `bytes` under `key`.
inline u64 hash64(Bytes bytes, u64 key) {
  u64 state = mix64(key + 0x9e3779b97f4a7c15ULL) ^ bytes.size();
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    state = std::rotl((state ^ load_le64(bytes.data() + at)) * 0x9fb21c651e98df25ULL, 29);
  }
  u64 tail = 0;
  for (unsigned shift = 0; at < bytes.size(); ++at, shift += 8) {
    tail |= std::to_integer<u64>(bytes[at]) << shift;
  }
  return mix64((state ^ tail) * 0x9fb21c651e98df25ULL);
}

/// A 128-bit chain: the digest of a run. Equal chains of equal words are equal; order matters.
struct Digest {
  u64 high = 0x6a09e667f3bcc908ULL;
  u64 low = 0xbb67ae8584caa73bULL;

  constexpr void add(u64 word) {
    high = std::rotl((high ^ word) * 0x9fb21c651e98df25ULL, 31) + low;
    low = std::rotl((low + word) * 0xd6e8feb86659fd93ULL, 27) ^ high;
  }
  void add(Bytes bytes) {
    add(bytes.size());
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) add(load_le64(bytes.data() + at));
    u64 tail = 0;
    for (unsigned shift = 0; at < bytes.size(); ++at, shift += 8) {
      tail |= std::to_integer<u64>(bytes[at]) << shift;
    }
    add(tail);
  }
  /// The chain's value with all bits mixed, for printing and comparing.
  [[nodiscard]] constexpr Digest finished() const {
    return Digest{mix64(high ^ std::rotl(low, 32)), mix64(low + 0x9e3779b97f4a7c15ULL * high)};
  }
  friend constexpr bool operator==(const Digest&, const Digest&) = default;
};

}  // namespace snowflk
