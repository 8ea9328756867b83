// Figure 3 of the paper, of a small world, and one sentence more: what is committed is stored on a
// majority, so that no crash takes it back.
//
// Leader Append-Only is asserted by the core itself (core/raft/invariants.cpp), after every step.
#pragma once

#include <optional>
#include <string>

#include "sim/search/exhaustive/small_world.hpp"

namespace snowflk::sim::exhaustive {

struct Broken {
  const char* property = "";  // named as the checks of sim/check are
  std::string sentence;
};

/// `node` has just become the leader of `term`. Notes it.
std::optional<Broken> became_leader(SmallWorld& world, u8 node, u8 term);
/// Node `at` has just done a step, and the others have not. Notes what it has committed.
std::optional<Broken> broken_by(SmallWorld& world, u8 nodes, u8 at);

}  // namespace snowflk::sim::exhaustive
