// Kinds of faults that records name, and those know who bring them about.
#pragma once

#include <string_view>

#include "core/base/types.hpp"

namespace snowflk::sim {

/// What a network can be cut into, beyond halves and single nodes (sim/shapes.hpp).
enum class Shape : u8 {
  bridge,      // two halves that do not see each other, and one node that sees both
  ring,        // each node sees its two neighbours
  one_friend,  // one node, such as the leader, sees a single other; the others see each other
};
inline constexpr unsigned kShapeCount = 3;
constexpr std::string_view name_of(Shape shape) {
  switch (shape) {
    case Shape::bridge: return "bridge";
    case Shape::ring: return "ring";
    case Shape::one_friend: return "one_friend";
  }
  return "?";
}

/// How a place of a disk reads as it was not written (sim/blemishes.hpp).
enum class BlemishKind : u8 {
  bad_sector,         // a latent sector error: reads fail until it is written again
  stale_read,         // the place reads as before its last write
  misdirected_read,   // the place reads as another one of its kind
  misdirected_write,  // what was written there lies at another place, and lacks here
};
constexpr std::string_view name_of(BlemishKind kind) {
  switch (kind) {
    case BlemishKind::bad_sector: return "bad_sector";
    case BlemishKind::stale_read: return "stale_read";
    case BlemishKind::misdirected_read: return "misdirected_read";
    case BlemishKind::misdirected_write: return "misdirected_write";
  }
  return "?";
}

/// What becomes of a node that is left out when all else is healed: for good.
enum class LastingFault : u8 {
  none,
  down,          // its process has ended, and nobody starts it
  isolated,      // no peer hears of it, nor it of them
  deaf,          // it hears of no peer
  mute,          // no peer hears of it
  frozen,        // its process stands still; connections stand
  disk_full,     // its disk has no space
  disk_stalled,  // its disk ends nothing that it begins
};
inline constexpr unsigned kLastingFaultCount = 7;  // and none
constexpr std::string_view name_of(LastingFault fault) {
  switch (fault) {
    case LastingFault::none: return "none";
    case LastingFault::down: return "down";
    case LastingFault::isolated: return "isolated";
    case LastingFault::deaf: return "deaf";
    case LastingFault::mute: return "mute";
    case LastingFault::frozen: return "frozen";
    case LastingFault::disk_full: return "disk_full";
    case LastingFault::disk_stalled: return "disk_stalled";
  }
  return "?";
}
/// "n3 ...": what stands after its name.
constexpr std::string_view phrase_of(LastingFault fault) {
  switch (fault) {
    case LastingFault::none: return "takes part";
    case LastingFault::down: return "is down for good";
    case LastingFault::isolated: return "is cut off for good";
    case LastingFault::deaf: return "hears no peer any more";
    case LastingFault::mute: return "is heard by no peer any more";
    case LastingFault::frozen: return "is frozen for good";
    case LastingFault::disk_full: return "has no disk space any more";
    case LastingFault::disk_stalled: return "has a disk that ends nothing any more";
  }
  return "?";
}

}  // namespace snowflk::sim
