// Rewrites of what a schedule says of disks.
#include <algorithm>
#include <utility>

#include "sim/search/rewrites.hpp"
#include "sim/search/step_parts.hpp"

namespace snowflk::sim::search {

using scenario::Step;
using scenario::Verb;

namespace {

/// After which of the steps before `crash` the disk of `node` did nothing any more.
std::size_t last_done_before(const std::vector<Step>& script, std::size_t crash, u32 node) {
  for (std::size_t at = crash; at > 0; --at) {
    if (is_at(script[at - 1], Verb::finish, node)) return at;
    if (is_at(script[at - 1], Verb::restart, node)) return at;
  }
  return 0;
}

/// What stands for a failed operation that nobody drives by hand: the disk is full from then on, or
/// the next write fails (whichever of its operations does, the node halts).
Step as_order(const Step& finish) {
  Step order = finish;
  const bool full = finish.text == name_of(bitcask::DiskError::no_space);
  order.verb = full ? Verb::fill : Verb::fail;
  if (!full) order.word = name_of(DiskActionKind::write);
  order.text.clear();
  order.lane.clear();
  return order;
}

/// Operations that are done, and none of which fails, so many from `at` on.
std::size_t finishes_from(const std::vector<Step>& script, std::size_t at, u32 node) {
  std::size_t end = at;
  while (end < script.size() && is_at(script[end], Verb::finish, node) &&
         script[end].text.empty()) {
    end += 1;
  }
  return end - at;
}

/// So many of the steps from `at` on become one.
Recording with_one_finish(const Recording& recording, std::size_t at, std::size_t count) {
  const std::vector<Step>& before = recording.scenario.script;
  const bool is_one_lane =
      std::all_of(before.begin() + static_cast<std::ptrdiff_t>(at),
                  before.begin() + static_cast<std::ptrdiff_t>(at + count),
                  [&](const Step& step) { return step.lane == before[at].lane; });
  Recording shorter = without_steps(recording, at + 1, at + count);
  Step& all = shorter.scenario.script[at];
  all.all = true;
  all.word.clear();
  if (!is_one_lane) all.lane.clear();
  return shorter;
}

}  // namespace

Recording with_disk_by_itself(const Recording& recording, u32 node, bool holds) {
  Recording changed = recording;
  const std::vector<Step>& before = recording.scenario.script;
  std::vector<std::vector<Step>> inserted(before.size() + 1);  // before each step
  inserted[0].push_back(step_of(Verb::release_disk, node, VirtualTime{}));
  for (std::size_t at = 0; holds && at < before.size(); ++at) {
    if (!is_end(before[at].verb) || !is_at(before[at], before[at].verb, node)) continue;
    const std::size_t from = last_done_before(before, at, node);
    inserted[from].push_back(step_of(Verb::hold_disk, node, VirtualTime{}));
    inserted[at + 1].push_back(step_of(Verb::release_disk, node, VirtualTime{}));
  }
  auto& after = changed.scenario.script;
  after.clear();
  for (std::size_t at = 0; at <= before.size(); ++at) {
    for (Step& step : inserted[at]) after.push_back(std::move(step));
    if (at == before.size()) break;
    if (!is_at(before[at], Verb::finish, node)) {
      after.push_back(before[at]);
    } else if (!before[at].text.empty()) {
      after.push_back(as_order(before[at]));
    }
  }
  return changed;
}

Recording with_disk_held_from(const Recording& recording, u32 node, std::size_t from) {
  Recording changed = recording;
  auto& script = changed.scenario.script;
  std::vector<Step> steps;
  steps.push_back(step_of(Verb::release_disk, node, VirtualTime{}));
  for (std::size_t at = 0; at < script.size(); ++at) {
    if (at == from) steps.push_back(step_of(Verb::hold_disk, node, VirtualTime{}));
    if (at < from && is_at(script[at], Verb::finish, node) && script[at].text.empty()) continue;
    steps.push_back(script[at]);
  }
  script = std::move(steps);
  return changed;
}

Recording with_disk_released_from(const Recording& recording, u32 node, std::size_t from) {
  Recording changed = recording;
  auto& script = changed.scenario.script;
  std::vector<Step> steps{script.begin(), script.begin() + static_cast<std::ptrdiff_t>(from)};
  steps.push_back(step_of(Verb::release_disk, node, VirtualTime{}));
  for (std::size_t at = from; at < script.size(); ++at) {
    if (!is_at(script[at], Verb::finish, node)) {
      steps.push_back(script[at]);
    } else if (!script[at].text.empty()) {
      steps.push_back(as_order(script[at]));
    }
  }
  script = std::move(steps);
  return changed;
}

Recording with_disks_by_themselves(const Recording& recording, bool holds) {
  Recording changed = recording;
  for (u32 node = 1; node <= recording.scenario.nodes; ++node) {
    changed = with_disk_by_itself(changed, node, holds);
  }
  return changed;
}

Recording with_any_reads(const Recording& recording, std::size_t from, std::size_t to) {
  Recording changed = recording;
  for (std::size_t at = from; at < to; ++at) {
    Step& step = changed.scenario.script[at];
    if (step.verb != Verb::fail || step.word != name_of(DiskActionKind::read)) continue;
    step.text.clear();
    step.byte = 0;
    step.bytes = std::min<u64>(step.bytes, 1);
  }
  return changed;
}

Recording without_idle_releases(const Recording& recording) {
  Recording changed = recording;
  auto& script = changed.scenario.script;
  const auto first_other = std::ranges::find_if(
      script, [](const Step& step) { return step.verb != Verb::release_disk; });
  const auto released = static_cast<std::size_t>(first_other - script.begin());
  if (released < changed.scenario.nodes) return recording;
  script.erase(script.begin(), first_other);
  std::erase(changed.scenario.by_hand, "disks");
  return changed;
}

Recording with_all_finished(const Recording& recording) {
  Recording shorter = recording;
  for (std::size_t at = 0; at < shorter.scenario.script.size(); ++at) {
    if (auto with_one = with_finishes_at(shorter, at)) shorter = *std::move(with_one);
  }
  return shorter;
}

std::optional<Recording> with_finishes_at(const Recording& recording, std::size_t at) {
  const Step& first = recording.scenario.script[at];
  if (first.verb != Verb::finish || first.all) return std::nullopt;
  const std::size_t count = finishes_from(recording.scenario.script, at, first.nodes[0].number);
  if (count < 2) return std::nullopt;
  return with_one_finish(recording, at, count);
}

}  // namespace snowflk::sim::search
