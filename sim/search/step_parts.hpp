// Steps and schedules as rewrites and the shrinker see them: made anew, and asked what they are.
#pragma once

#include <string_view>
#include <vector>

#include "sim/search/recorder.hpp"

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

/// So many disk operations of `node` are done by hand.
u64 count_finishes(const Recording& recording, u32 node);
bool drives_disk(const Recording& recording, u32 node);
bool drives_disks(const Recording& recording);

/// Some node is, or comes to be, of another version than ours.
bool has_versions(const Recording& recording);
u64 count_wakes(const Recording& recording);
/// From the beginning.
bool has_by_hand(const Recording& recording, std::string_view what);

/// Where something else happens than that a message arrives or a client asks; and both ends.
std::vector<std::size_t> turns(const Recording& recording);

}  // namespace snowflk::sim::search
