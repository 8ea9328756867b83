#include "sim/search/exhaustive/small_world.hpp"

#include <algorithm>

namespace snowflk::sim::exhaustive {
namespace {

SmallWorld empty_world(const Bounds& bounds) {
  SmallWorld world;
  world.entries = static_cast<u8>(bounds.entries);
  world.drops = static_cast<u8>(bounds.drops);
  world.duplicates = static_cast<u8>(bounds.duplicates);
  world.overtakes = static_cast<u8>(bounds.overtakes);
  world.heartbeats = static_cast<u8>(bounds.heartbeats);
  world.leader_of.fill(kNobody);
  return world;
}

/// Deals `left` crashes out to nodes from `node` on, none more than `most`.
void deal(SmallWorld world, u8 nodes, u32 node, u32 most, u32 left, std::vector<SmallWorld>& into) {
  if (left == 0) return into.push_back(world);
  if (node == nodes) return;
  for (u32 share = std::min(most, left); share > 0; --share) {
    world.nodes[node].crashes = static_cast<u8>(share);
    deal(world, nodes, node + 1, share, left - share, into);
  }
}

}  // namespace

std::vector<SmallWorld> first_worlds(const Bounds& bounds) {
  std::vector<SmallWorld> worlds;
  deal(empty_world(bounds), bounds.nodes, 0, bounds.crashes, bounds.crashes, worlds);
  return worlds;
}

}  // namespace snowflk::sim::exhaustive
