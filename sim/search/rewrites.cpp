#include "sim/search/rewrites.hpp"

#include <algorithm>
#include <utility>

#include "sim/search/step_parts.hpp"

namespace snowflk::sim::search {

using scenario::NodeRef;
using scenario::Scenario;
using scenario::Step;
using scenario::Verb;

namespace {

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

std::vector<Recording> coarser_within(const Recording& recording, std::size_t from,
                                      std::size_t to) {
  std::vector<Recording> coarser;
  const auto offer = [&](auto is_gone, std::optional<Step> instead) {
    Recording changed = recording;
    auto& script = changed.scenario.script;
    const auto begin = script.begin() + static_cast<std::ptrdiff_t>(from);
    const auto end = script.begin() + static_cast<std::ptrdiff_t>(to);
    if (instead) instead->not_before = std::prev(end)->not_before;
    const auto kept = std::remove_if(begin, end, is_gone);
    const auto rest = script.erase(kept, end);
    if (instead) script.insert(rest, *std::move(instead));
    if (script.size() < recording.scenario.script.size()) coarser.push_back(std::move(changed));
  };
  offer([](const Step& step) { return step.verb == Verb::propose; }, std::nullopt);
  for (u32 second = 2; second <= recording.scenario.nodes; ++second) {
    for (u32 first = 1; first < second; ++first) {
      const scenario::LinkRef link{.from = {.number = first, .name = {}},
                                   .to = {.number = second, .name = {}}};
      const auto is_gone = [&](const Step& step) { return is_between(step, link); };
      Step exchange = step_of(Verb::exchange, first, VirtualTime{});
      exchange.nodes.push_back(link.to);
      offer(is_gone, std::move(exchange));
      offer(is_gone, std::nullopt);
    }
  }
  return coarser;
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
