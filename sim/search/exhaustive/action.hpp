// What can happen in a small world: one thing at a time.
#pragma once

#include <string_view>
#include <vector>

#include "sim/search/exhaustive/small_world.hpp"

namespace snowflk::sim::exhaustive {

enum class ActionKind : u8 {
  campaign,       // the election timeout of `node` passes; the nodes of the mask `asked` answer
  heartbeat,      // the leader `node` says that it leads
  propose,        // a client's command comes to the leader `node`
  crash_losing,   // `node`, and what it has not synced is gone
  crash_keeping,  // `node`, but all that it has written was on the platter
  lose,           // to `node`, which is down, from `other`: the oldest message
  deliver,        // to `node` from `other`: the oldest message
  drop,           // likewise
  duplicate,      // likewise, and its double waits
  overtake,       // likewise, but the message at `position`
};

struct Action {
  ActionKind kind = ActionKind::campaign;
  u8 node = 0;
  u8 other = 0;
  u8 asked = 0;
  u8 position = 0;
  bool dooms = false;       // what `node` changes by it is not durable before it crashes
  bool steps_down = false;  // first, `node` notices that it has led without a majority for too long

  /// In 21 bits.
  [[nodiscard]] constexpr u32 packed() const {
    return static_cast<u32>(kind) | u32{node} << 4U | u32{other} << 7U | u32{asked} << 10U |
           u32{position} << 15U | u32{dooms} << 19U | u32{steps_down} << 20U;
  }
  static constexpr Action unpacked(u32 bits) {
    return Action{.kind = static_cast<ActionKind>(bits & 15U),
                  .node = static_cast<u8>(bits >> 4U & 7U),
                  .other = static_cast<u8>(bits >> 7U & 7U),
                  .asked = static_cast<u8>(bits >> 10U & 31U),
                  .position = static_cast<u8>(bits >> 15U & 15U),
                  .dooms = (bits >> 19U & 1U) != 0,
                  .steps_down = (bits >> 20U & 1U) != 0};
  }
  friend bool operator==(const Action&, const Action&) = default;
};
static_assert(kNodesMax <= 5);
static_assert(kLinkMax <= 15);

/// Sets `into` to all that may happen in `world`, in an order of its own.
void actions_of(const SmallWorld& world, const Bounds& bounds, std::vector<Action>& into);

}  // namespace snowflk::sim::exhaustive
