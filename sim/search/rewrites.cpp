#include "sim/search/rewrites.hpp"

#include <algorithm>
#include <utility>

namespace snowflk::sim::search {

using scenario::NodeRef;
using scenario::Scenario;
using scenario::Step;
using scenario::Verb;

namespace {

Step step_of(Verb verb, u32 node, VirtualTime at) {
  Step step;
  step.verb = verb;
  step.nodes.push_back(NodeRef{.number = node, .name = {}});
  step.not_before = at;
  return step;
}

bool is_at(const Step& step, Verb verb, u32 node) {
  return step.verb == verb && !step.nodes.empty() && step.nodes[0].number == node;
}

/// The step ends the process of its nodes, or their machines.
bool is_end(Verb verb) {
  return verb == Verb::crash || verb == Verb::power_cut || verb == Verb::upgrade;
}

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

bool touches(const Step& step, u32 node) {
  const auto is_node = [&](const NodeRef& ref) { return ref.number == node; };
  return std::ranges::any_of(step.nodes, is_node) ||
         std::ranges::any_of(step.links, [&](const scenario::LinkRef& link) {
           return is_node(link.from) || is_node(link.to);
         });
}

/// Those with higher numbers move down by one.
void renumber(NodeRef& ref, u32 gone) {
  if (ref.number > gone) ref.number -= 1;
}

Recording without_node(const Recording& recording, u32 node) {
  Recording smaller = recording;
  Scenario& scenario = smaller.scenario;
  std::erase_if(scenario.script, [&](const Step& step) { return touches(step, node); });
  for (Step& step : scenario.script) {
    for (NodeRef& ref : step.nodes) renumber(ref, node);
    for (scenario::LinkRef& link : step.links) {
      renumber(link.from, node);
      renumber(link.to, node);
    }
    if (step.frame != 0) step.frame = 1;  // no message names the same nodes any more
  }
  if (node <= scenario.start.size()) {
    scenario.start.erase(scenario.start.begin() + static_cast<std::ptrdiff_t>(node - 1));
  }
  if (node <= scenario.versions.size()) {
    scenario.versions.erase(scenario.versions.begin() + static_cast<std::ptrdiff_t>(node - 1));
  }
  scenario.nodes -= 1;
  smaller.options.nodes = scenario.nodes;
  smaller.options.start = scenario.start;
  smaller.options.versions = scenario.versions;
  return smaller;
}

bool is_between(const Step& step, const scenario::LinkRef& link) {
  if (step.verb != Verb::deliver || step.links.size() != 1) return false;
  const scenario::LinkRef& other = step.links[0];
  return other == link || (other.from == link.to && other.to == link.from);
}

}  // namespace

Recording without_steps(const Recording& recording, std::size_t from, std::size_t to) {
  Recording shorter = recording;
  auto& script = shorter.scenario.script;
  script.erase(script.begin() + static_cast<std::ptrdiff_t>(from),
               script.begin() + static_cast<std::ptrdiff_t>(to));
  return shorter;
}

Recording without_step_but_its_wait(const Recording& recording, std::size_t at) {
  Recording shorter = without_steps(recording, at, at + 1);
  if (at == shorter.scenario.script.size()) return shorter;
  Step& next = shorter.scenario.script[at];
  next.not_before = std::max(next.not_before, recording.scenario.script[at].not_before);
  next.after = next.after + recording.scenario.script[at].after;
  return shorter;
}

Recording without_waits(const Recording& recording, std::size_t from, std::size_t to) {
  Recording hasty = recording;
  for (std::size_t at = from; at < to; ++at) {
    hasty.scenario.script[at].not_before = VirtualTime{};
    hasty.scenario.script[at].after = Duration{0};
  }
  return hasty;
}

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

std::vector<Recording> smaller_clusters(const Recording& recording) {
  std::vector<Recording> smaller;
  if (recording.scenario.nodes <= 1) return smaller;
  const u32 nodes = recording.scenario.nodes;
  for (u32 node = nodes; node >= 1; --node) smaller.push_back(without_node(recording, node));
  // Of an odd number two must go for a majority to become smaller.
  for (u32 second = nodes; nodes > 2 && second >= 2; --second) {
    for (u32 first = second - 1; first >= 1; --first) {
      smaller.push_back(without_node(without_node(recording, second), first));
    }
  }
  return smaller;
}

std::vector<Recording> quieter_worlds(const Recording& recording) {
  const WorldOptions quiet = scenario::quiet_options(recording.scenario);
  std::vector<Recording> quieter(5, recording);
  quieter[0].options.node = quiet.node;
  quieter[0].options.clock = quiet.clock;
  quieter[0].options.disk = quiet.disk;
  quieter[1].options.node = quiet.node;
  quieter[1].options.clock = quiet.clock;
  quieter[2].options.disk = quiet.disk;
  quieter[2].options.clock = quiet.clock;
  quieter[3].options.clock = quiet.clock;
  quieter[4].options.node = quiet.node;
  return quieter;
}

std::optional<Recording> with_exchange_at(const Recording& recording, std::size_t at) {
  const auto& script = recording.scenario.script;
  const Step& first = script[at];
  if (first.verb != Verb::deliver || first.links.size() != 1) return std::nullopt;
  const scenario::LinkRef link = first.links[0];
  Recording shorter = recording;
  auto& steps = shorter.scenario.script;
  steps.resize(at);
  Step exchange = step_of(Verb::exchange, link.from.number, first.not_before);
  exchange.nodes.push_back(link.to);
  steps.push_back(std::move(exchange));
  std::size_t next = at + 1;
  for (; next < script.size() && script[next].verb == Verb::deliver; ++next) {
    if (!is_between(script[next], link)) steps.push_back(script[next]);
  }
  steps.insert(steps.end(), script.begin() + static_cast<std::ptrdiff_t>(next), script.end());
  if (steps.size() >= script.size()) return std::nullopt;
  return shorter;
}

Recording with_short_words(const Recording& recording, std::size_t from, std::size_t to,
                           std::size_t bytes) {
  Recording changed = recording;
  for (std::size_t at = from; at < to; ++at) {
    auto& words = changed.scenario.script[at].words;
    if (changed.scenario.script[at].verb != Verb::propose) continue;
    for (std::size_t word = 1; word < words.size(); ++word) {
      words[word].resize(std::min(words[word].size(), bytes));
    }
  }
  return changed;
}

Recording with_wakes_if_due(const Recording& recording) {
  Recording patient = recording;
  for (Step& step : patient.scenario.script) step.if_due = step.verb == Verb::wake;
  return patient;
}

Recording without_early_wakes(const Recording& recording,
                              std::span<const std::size_t> passed_over) {
  Recording fewer = recording;
  auto& script = fewer.scenario.script;
  for (const std::size_t at : passed_over) {
    if (script[at].verb == Verb::wake) script[at].verb = Verb::none;
  }
  std::erase_if(script, [](const Step& step) { return step.verb == Verb::none; });
  for (Step& step : script) step.if_due = false;
  return fewer;
}

Recording with_reads_by_themselves(const Recording& recording) {
  Recording changed = recording;
  std::erase(changed.scenario.by_hand, "reads");
  std::erase_if(changed.scenario.script,
                [](const Step& step) { return step.verb == Verb::finish_read; });
  return changed;
}

Recording with_streams_by_themselves(const Recording& recording) {
  Recording changed = recording;
  std::erase(changed.scenario.by_hand, "streams");
  std::erase_if(changed.scenario.script, [](const Step& step) {
    return step.verb == Verb::stream_up || step.verb == Verb::stream_down;
  });
  return changed;
}

Recording with_timers_from(const Recording& recording, std::size_t from) {
  Recording changed = recording;
  auto& script = changed.scenario.script;
  std::vector<std::string> by_hand = recording.scenario.by_hand;
  std::erase(by_hand, "timers");
  const auto begin = script.begin() + static_cast<std::ptrdiff_t>(from);
  script.erase(
      std::remove_if(begin, script.end(), [](const Step& step) { return step.verb == Verb::wake; }),
      script.end());
  if (from == 0) {
    changed.scenario.by_hand = std::move(by_hand);
    return changed;
  }
  Step release;
  release.verb = Verb::by_hand;
  release.words = std::move(by_hand);
  release.not_before = recording.scenario.script[from - 1].not_before;
  script.insert(script.begin() + static_cast<std::ptrdiff_t>(from), std::move(release));
  return changed;
}

Recording with_all_under_way_at(const Recording& recording, std::size_t at) {
  Recording changed = recording;
  changed.scenario.script[at].lane.clear();
  return changed;
}

Recording with_nothing_under_way(const Recording& recording) {
  Recording changed = recording;
  for (Step& step : changed.scenario.script) {
    if (is_end(step.verb)) step.lane.clear();
  }
  changed.scenario.under_way = changed.options.disk.waiting_is_under_way = false;
  return changed;
}

Recording without_upgrades(const Recording& recording) {
  Recording changed = recording;
  for (Step& step : changed.scenario.script) {
    if (step.verb != Verb::upgrade) continue;
    step.verb = Verb::crash;
    step.amount = 0;
  }
  return changed;
}

Recording without_starting_versions(const Recording& recording) {
  Recording changed = recording;
  changed.scenario.versions.clear();
  changed.options.versions.clear();
  return changed;
}

Recording with_newest_messages(const Recording& recording) {
  Recording changed = recording;
  for (Step& step : changed.scenario.script) {
    if (step.verb == Verb::deliver || step.verb == Verb::duplicate) step.ordinal = 0;
  }
  return changed;
}

Recording with_leader_asked(const Recording& recording, std::size_t from, std::size_t to) {
  Recording changed = recording;
  for (std::size_t at = from; at < to; ++at) {
    Step& step = changed.scenario.script[at];
    if (step.verb == Verb::propose) step.nodes.clear();
  }
  return changed;
}

Recording with_campaign_at(const Recording& recording, std::size_t at) {
  Recording changed = recording;
  changed.scenario.script[at].verb = Verb::campaign;
  return changed;
}

}  // namespace snowflk::sim::search
