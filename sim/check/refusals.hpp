// A node may refuse to take part only if the world has spoilt its disk. And the certificate that
// excuses a cluster which cannot converge: which nodes refuse, and what was done to each.
#pragma once

#include <string>

#include "sim/check/step_view.hpp"
#include "sim/world.hpp"

namespace snowflk::sim {

/// Whether the node found its directory unfit, and said so.
bool refuses(const World& world, NodeId node);

/// A node that refuses although no bit of its disk was ever turned.
Finding unexcused_refusal(const World& world);

/// Why no majority can be had, from what the world did: "nodes 1 and 3 of 3 refuse: 2 bits of the
/// disk of node 1 were turned ...". Empty: a majority can be had, or a refusal is without excuse.
std::string no_majority_certificate(const World& world);

}  // namespace snowflk::sim
