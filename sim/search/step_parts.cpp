#include "sim/search/step_parts.hpp"

#include <algorithm>

namespace snowflk::sim::search {

using scenario::Step;
using scenario::Verb;

u64 count_finishes(const Recording& recording, u32 node) {
  return static_cast<u64>(std::ranges::count_if(recording.scenario.script, [&](const Step& step) {
    return step.verb == Verb::finish && step.nodes[0].number == node;
  }));
}

bool drives_disk(const Recording& recording, u32 node) {
  return count_finishes(recording, node) > 0;
}

bool drives_disks(const Recording& recording) {
  for (u32 node = 1; node <= recording.scenario.nodes; ++node) {
    if (drives_disk(recording, node)) return true;
  }
  return false;
}

bool has_versions(const Recording& recording) {
  return !recording.scenario.versions.empty() ||
         std::ranges::find(recording.scenario.script, Verb::upgrade, &Step::verb) !=
             recording.scenario.script.end();
}

u64 count_wakes(const Recording& recording) {
  return static_cast<u64>(std::ranges::count(recording.scenario.script, Verb::wake, &Step::verb));
}

std::vector<std::size_t> turns(const Recording& recording) {
  const auto& script = recording.scenario.script;
  std::vector<std::size_t> at{0};
  for (std::size_t step = 1; step < script.size(); ++step) {
    const Verb verb = script[step].verb;
    if (verb != Verb::deliver && verb != Verb::propose) at.push_back(step);
  }
  at.push_back(script.size());
  return at;
}

bool has_by_hand(const Recording& recording, std::string_view what) {
  const std::vector<std::string>& by_hand = recording.scenario.by_hand;
  return std::ranges::find(by_hand, what) != by_hand.end();
}

}  // namespace snowflk::sim::search
