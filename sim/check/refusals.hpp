// A node may refuse to take part only if the world has spoilt its disk, and where it says so.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/check/step_view.hpp"
#include "sim/world.hpp"

namespace snowflk::sim {

/// Whether the node found its directory unfit, and said so.
bool refuses(const World& world, NodeId node);

/// The node's own sentence. REQUIRES: it refuses.
std::string refusal_reason(const World& world, NodeId node);

/// What was done to the disk of the node at the place for which it refuses: of all harm the part
/// that can have led to this refusal. Empty: the refusal has no excuse. REQUIRES: it refuses.
std::vector<Harm> excuses(const World& world, NodeId node);

/// A node that refuses although nothing was done there.
Finding unexcused_refusal(const World& world);

/// "a bit turned at byte 4711 of seg-0000000000000001.log; ...", the first few of many.
std::string phrase_harms(std::span<const Harm> harms);

}  // namespace snowflk::sim
