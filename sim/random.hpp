// The randomness of a world: one stream for each purpose, so that no draw disturbs another's.
//
// A stream is keyed by (seed, who, purpose). The numbers of the purposes are part of a generator
// version and never reused: a new purpose gets a new number, and golden digests of old seeds stay.
#pragma once

#include <bit>

#include "core/base/prng.hpp"

namespace snowflk::sim {

/// What a seed draws of a version stays for ever; what is to be drawn anew comes with a new
/// version.
inline constexpr u32 kGeneratorVersion = 6;

enum class Stream : u8 {
  schedule = 1,  // who is first of two events at one instant
  entropy = 2,   // what a booting node is given
  clock = 3,     // offset, drift, jumps
  loss = 10,     // per link, from here to delay_client
  duplicate = 11,
  reorder = 12,
  delay = 13,
  queue = 14,
  flip = 15,
  shuffle = 16,
  stream_delay = 17,  // per pair of peers
  client_delay = 18,  // per client
  straggler = 19,     // per link
  late_answer = 25,   // per link
  disk_latency = 20,  // per node, from here to rot
  disk_error = 21,
  disk_crash = 22,
  disk_writeback = 23,
  rot = 24,
  fault_time = 30,  // per class of faults, from here to fault_length
  fault_place = 31,
  fault_length = 32,
  restart = 33,       // per node
  client_think = 40,  // per client, from here to client_command
  client_node = 41,
  client_command = 42,
  client_value = 43,
  healing = 34,  // per run: who is left out of it
  swarm = 50,    // per run, from here on
  swarm_lite = 51,
  swarm_beyond = 52,
  swarm_second = 53,  // what generator version 2 adds
  swarm_third = 54,
  swarm_fourth = 55,
  swarm_fifth = 56,
  swarm_sixth = 57,
  priorities = 60,    // per run
  crash_points = 61,  // per event
};

/// The stream of `purpose` for `who` (a node, a link, a client: the caller's numbering).
constexpr Prng stream_of(u64 seed, u64 who, Stream purpose) {
  return Prng{seed, who, static_cast<u64>(purpose)};
}

inline constexpr u64 kMillion = 1'000'000;

/// True for `ppm` of a million draws. Draws nothing when `ppm` is 0: a class that is off costs
/// nothing.
constexpr bool happens(Prng& prng, u32 ppm) {
  return ppm != 0 && prng.chance(Ratio{.numerator = ppm, .denominator = kMillion});
}

/// A waiting time of mean `mean` without memory of octaves: the number of tails before a head,
/// plus a uniform part of one toss more; its own mean is 3/2. Integers only, at most 64 tosses, so
/// at most 44 times the mean. REQUIRES: 0 <= mean.
constexpr Duration geometric(Prng& prng, Duration mean) {
  SNOWFLK_ASSERT(mean.value >= 0);
  if (mean.value == 0) return Duration{0};
  const u64 tosses = prng.next();
  const u64 fraction = prng.next() >> 48;  // of 65536
  const u64 tails = static_cast<u64>(std::countr_zero(tosses | (1ULL << 63)));
  const u64 units = (tails << 16) + fraction;  // in 1/65536 of a toss; below 2^22
  constexpr u64 kUnitsPerMean = 3 * u64{32768};
  const u64 whole = static_cast<u64>(mean.value) / kUnitsPerMean * units;
  const u64 rest = static_cast<u64>(mean.value) % kUnitsPerMean * units / kUnitsPerMean;
  return Duration{static_cast<i64>(whole + rest)};
}

}  // namespace snowflk::sim
