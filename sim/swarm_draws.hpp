// How the swarm draws: a strength evenly over octaves, a class of faults on or off.
//
// Frozen with the first generator version that uses them: what a seed draws rests on every call.
#pragma once

#include <algorithm>

#include "sim/random.hpp"
#include "sim/swarm.hpp"

namespace snowflk::sim {

/// A number in [low, high], its octave drawn first. REQUIRES: 0 < low <= high.
inline u64 octaves(Prng& prng, u64 low, u64 high) {
  u64 octave_count = 1;
  while (low << octave_count <= high) octave_count += 1;
  const u64 floor = low << prng.below(octave_count);
  const u64 ceiling = std::min(high, floor * 2 - 1);
  return floor + prng.below(ceiling - floor + 1);
}

inline Duration octaves(Prng& prng, Duration low, Duration high) {
  const u64 drawn = octaves(prng, static_cast<u64>(low.value), static_cast<u64>(high.value));
  return Duration{static_cast<i64>(drawn)};
}

// The draws of a class that is off are made all the same, so that the others stay as they are.
inline Duration maybe_every(Prng& prng, Duration low, Duration high) {
  const bool on = prng.chance({1, 2});
  const Duration drawn = octaves(prng, low, high);
  return on ? drawn : Duration{0};
}

inline u32 maybe_ppm(Prng& prng, u32 low, u32 high) {
  const bool on = prng.chance({1, 2});
  const u32 drawn = static_cast<u32>(octaves(prng, low, high));
  return on ? drawn : 0;
}

/// Few and mild faults in a small world that is soon over.
WorldOptions draw_lite(u64 seed);

}  // namespace snowflk::sim
