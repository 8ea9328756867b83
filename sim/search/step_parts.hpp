// Steps as rewrites see them: made anew, and asked what they are.
#pragma once

#include "sim/scenario/scenario.hpp"

namespace snowflk::sim::search {

inline scenario::Step step_of(scenario::Verb verb, u32 node, VirtualTime at) {
  scenario::Step step;
  step.verb = verb;
  step.nodes.push_back(scenario::NodeRef{.number = node, .name = {}});
  step.not_before = at;
  return step;
}

inline bool is_at(const scenario::Step& step, scenario::Verb verb, u32 node) {
  return step.verb == verb && !step.nodes.empty() && step.nodes[0].number == node;
}

/// The step ends the process of its nodes, or their machines.
inline bool is_end(scenario::Verb verb) {
  using scenario::Verb;
  return verb == Verb::crash || verb == Verb::power_cut || verb == Verb::upgrade;
}

}  // namespace snowflk::sim::search
