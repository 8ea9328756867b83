// Randomness as a function of (key, counter): a stream per purpose, none disturbs another.
//
// The n-th draw of a stream depends on the stream's key and on n alone, so a draw more in one place
// leaves every other stream unchanged. No floating point, no std:: distribution: both differ
// between libraries and machines.
#pragma once

#include "core/base/assert.hpp"
#include "core/base/hash.hpp"
#include "core/base/types.hpp"

namespace snowflk {

/// An exact probability or share: numerator / denominator. REQUIRES: denominator > 0.
struct Ratio {
  u64 numerator = 0;
  u64 denominator = 1;
  friend constexpr bool operator==(Ratio, Ratio) = default;
};

class Prng {
 public:
  Prng() = default;
  /// The stream of `stream` at `node` under `seed`. Equal arguments, equal draws.
  constexpr Prng(u64 seed, u64 node, u64 stream)
      : key_low_(mix64(seed ^ 0x243f6a8885a308d3ULL)),
        key_high_(mix64(mix64(node + 0x13198a2e03707344ULL) ^ (stream * 0x9e3779b97f4a7c15ULL))) {}

  /// 64 uniform bits.
  constexpr u64 next() {
    counter_ += 1;
    return mix64(mix64(key_low_ + counter_ * 0x9e3779b97f4a7c15ULL) ^ key_high_);
  }

  /// Uniform in [0, bound). REQUIRES: bound > 0. Unbiased: the uneven rest is drawn again.
  constexpr u64 below(u64 bound) {
    SNOWFLK_ASSERT(bound > 0);
    const u64 uneven = (0 - bound) % bound;  // 2^64 mod bound
    u64 draw = next();
    while (draw < uneven) draw = next();
    return draw % bound;
  }

  /// Uniform in [low, high]. REQUIRES: low <= high.
  constexpr Duration between(Duration low, Duration high) {
    SNOWFLK_ASSERT(low <= high);
    return Duration{low.value + static_cast<i64>(below(static_cast<u64>((high - low).value) + 1))};
  }

  /// True with the probability `ratio`, exactly.
  constexpr bool chance(Ratio ratio) {
    SNOWFLK_ASSERT(ratio.denominator > 0);
    return below(ratio.denominator) < ratio.numerator;
  }

  /// What is drawn from here on is another stream's: the `number`-th that leaves this one here.
  constexpr void fork(u64 number) {
    key_high_ = mix64(key_high_ ^ mix64(number + 0xa4093822299f31d0ULL));
  }

  friend constexpr bool operator==(const Prng&, const Prng&) = default;

 private:
  template <class>
  friend struct snowflk::StateOf;

  u64 key_low_ = 0;
  u64 key_high_ = 0;
  u64 counter_ = 0;
};

}  // namespace snowflk
