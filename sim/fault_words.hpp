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

}  // namespace snowflk::sim
