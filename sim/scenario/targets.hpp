// Whom a step of a script is about.
#pragma once

#include <utility>
#include <vector>

#include "sim/scenario/run_state.hpp"

namespace snowflk::sim::scenario {

/// The nodes that `step` names, in its order; of "all", every node.
std::vector<NodeId> nodes_of(const RunState& run, const Step& step);

/// Each pair, from and to, that the links of `step` name; without links, none.
std::vector<std::pair<NodeId, NodeId>> links_of(const RunState& run, const Step& step);

/// The file of a node that has this name. REQUIRES: one can have it; the parser has judged that.
bitcask::FileId file_named(std::string_view name);

}  // namespace snowflk::sim::scenario
