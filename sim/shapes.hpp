// Shapes that a network can be cut into, beyond halves and single nodes: which links are cut.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "sim/cuts.hpp"
#include "sim/fault_words.hpp"

namespace snowflk::sim {

/// All nodes of a cluster in some order: the first so many of `ids`.
struct NodeOrder {
  std::array<u8, kNodesMax> ids{};
  u32 count = 0;
  [[nodiscard]] std::span<const u8> all() const { return std::span{ids}.first(count); }
};

/// The bridge, and who is left alone with a friend, is the first of `order`; the friend the second;
/// a ring goes round in that order. None: among so few nodes the shape cuts nothing.
std::vector<Cut> cuts_of(Shape shape, const NodeOrder& order);

}  // namespace snowflk::sim
