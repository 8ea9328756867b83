#include "sim/scenario/telling.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/story/entries.hpp"

namespace snowflk::sim::scenario {
namespace {

std::string print_nodes(const RunState& run, const Step& step) {
  if (step.all && step.verb != Verb::finish) return "all";
  std::vector<std::string> names;
  for (const NodeRef& node : step.nodes) {
    names.push_back(run.bindings.print(run.bindings.node(node)));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string print_links(const Step& step) {
  std::vector<std::string> names;
  for (const LinkRef& link : step.links) {
    names.push_back(fmt::format("{} -> {}", print(link.from), print(link.to)));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// "before its next sync", of "before sync".
std::string at_next(std::string_view place) {
  const auto blank = place.find(' ');
  return fmt::format("{} its next {}", place.substr(0, blank), place.substr(blank + 1));
}

std::string print_target(const RunState& run, const Step& step) {
  if (step.links.empty()) return print_nodes(run, step);
  return step.nodes.empty() ? print_links(step)
                            : fmt::format("{}, {}", print_nodes(run, step), print_links(step));
}

std::string tell_message(const Step& step) {
  return fmt::format("{} {}{}{}{}", name_of(step.verb), step.word, step.links.empty() ? "" : " on ",
                     print_links(step),
                     step.flip ? fmt::format(", bit {} turned", *step.flip) : "");
}

/// `now` and `later` are what happens, with a subject to come: "killed", "will be killed".
std::string tell_end(const RunState& run, const Step& step, std::string_view now,
                     std::string_view later) {
  return step.word.empty()
             ? fmt::format("{} now: {}", now, print_nodes(run, step))
             : fmt::format("{} {}: {}", later, at_next(step.word), print_nodes(run, step));
}

std::string tell_finish(const RunState& run, const Step& step) {
  if (step.all) {
    return fmt::format("all that waits on the disk of {} is done{}", print_nodes(run, step),
                       step.lane.empty() ? "" : fmt::format(", in lane {}", step.lane));
  }
  return fmt::format("the oldest {} of {} that waits {}",
                     step.word.empty() ? "disk operation" : step.word, print_nodes(run, step),
                     step.text.empty() ? "is done" : fmt::format("fails: {}", step.text));
}

std::string tell_finish_read(const RunState& run, const Step& step) {
  const std::string which =
      step.number > 1 ? fmt::format("number {} of the reads", step.number) : "the oldest read";
  const std::string place =
      step.text.empty() ? "" : fmt::format(", of {} from byte {}", step.text, step.byte);
  return fmt::format("{} of {} is to be done{}", which, print_nodes(run, step), place);
}

std::string tell_fail(const RunState& run, const Step& step) {
  const std::string place =
      step.text.empty() ? "" : fmt::format(" from byte {} of {}", step.byte, step.text);
  if (step.bytes != 0) {
    return fmt::format("the next {}{} of {} will bring {} bytes", step.word, place,
                       print_nodes(run, step), step.bytes);
  }
  return fmt::format("the next {}{} of {} will fail", step.word, place, print_nodes(run, step));
}

std::string tell_rot(const RunState& run, const Step& step) {
  return step.text.empty() ? fmt::format("rot: entry {} of {}", step.number, print_nodes(run, step))
                           : fmt::format("rot: byte {} of {} of {}", step.byte, step.text,
                                         print_nodes(run, step));
}

std::string tell_blemish(const RunState& run, const Step& step) {
  if (!step.text.empty()) {
    return fmt::format("{}{}: byte {} of {} of {}{}", name_of(step.verb), step.once ? ", once" : "",
                       step.byte, step.text, print_nodes(run, step),
                       step.other_file.empty()
                           ? ""
                           : fmt::format(", and byte {} of {}", step.other_byte, step.other_file));
  }
  return fmt::format("{}: entry {} of {}{}", name_of(step.verb), step.number,
                     print_nodes(run, step),
                     step.other == 0 ? "" : fmt::format(", and entry {}", step.other));
}

}  // namespace

std::string telling(const RunState& run, const Step& step) {
  switch (step.verb) {
    case Verb::none:
    case Verb::run:
    case Verb::until:
    case Verb::expect:
    case Verb::by_hand:
    case Verb::upgrade:  // its event says more
    case Verb::propose: return {};
    case Verb::isolate: return fmt::format("cut off from everybody: {}", print_nodes(run, step));
    case Verb::cut: return fmt::format("cut: {}", print_target(run, step));
    case Verb::heal: return fmt::format("joined again: {}", print_target(run, step));
    case Verb::deliver:
    case Verb::drop:
    case Verb::duplicate:
    case Verb::hold:
    case Verb::release: return tell_message(step);
    case Verb::crash: return tell_end(run, step, "killed", "will be killed");
    case Verb::power_cut: return tell_end(run, step, "power is cut", "power will be cut");
    case Verb::finish: return tell_finish(run, step);
    case Verb::redraw: return fmt::format("what comes is drawn anew: {}", step.number);
    case Verb::finish_read: return tell_finish_read(run, step);
    case Verb::fail: return tell_fail(run, step);
    case Verb::give_up: return fmt::format("its client gives up: {}", step.word);
    case Verb::stream_up: return fmt::format("heard that it stands: stream {}", print_links(step));
    case Verb::stream_down: return fmt::format("heard that it fell: stream {}", print_links(step));
    case Verb::split: return fmt::format("split off: {}", print_nodes(run, step));
    case Verb::bridge: return fmt::format("two halves, between them {}", print_nodes(run, step));
    case Verb::ring: return fmt::format("a ring: {}", print_nodes(run, step));
    case Verb::jam: return fmt::format("jammed: {}", print_links(step));
    case Verb::lose_file: return fmt::format("lost: {} of {}", step.text, print_nodes(run, step));
    case Verb::bad_sector:
    case Verb::stale_read:
    case Verb::misdirected_read:
    case Verb::misdirected_write: return tell_blemish(run, step);
    case Verb::drift:
      return fmt::format("the clock of {} runs {} millionths fast", print_nodes(run, step),
                         step.amount);
    case Verb::jump:
      return fmt::format("the wall clock of {} jumps by {} ms", print_nodes(run, step),
                         step.amount / kNanosecondsPerMs);
    case Verb::lie: return fmt::format("syncs do nothing from now on: {}", print_nodes(run, step));
    case Verb::honest: return fmt::format("syncs are syncs again: {}", print_nodes(run, step));
    case Verb::rot: return tell_rot(run, step);
    case Verb::leave_out:
      return fmt::format("left out for good, {}: {}", step.word, print_nodes(run, step));
    case Verb::restart:
    case Verb::pause:
    case Verb::resume:
    case Verb::campaign:
    case Verb::wake:
    case Verb::exchange:
    case Verb::hold_disk:
    case Verb::release_disk:
    case Verb::wipe:
    case Verb::mend:
    case Verb::fill:
    case Verb::free: return fmt::format("{} {}", name_of(step.verb), print_nodes(run, step));
  }
  return {};
}

void say_logs(RunState& run, std::span<const NodeId> nodes) {
  std::vector<std::pair<std::string, std::string>> rows;  // a log, and whose it is
  for (const NodeId node : nodes) {
    const raft::Raft* raft = run.world.node(node).raft();
    if (!run.world.is_up(node) || raft == nullptr) continue;
    const std::string row = story::log_line(*raft);
    const auto found = std::ranges::find(rows, row, &decltype(rows)::value_type::first);
    if (found == rows.end()) {
      rows.emplace_back(row, fmt::format("n{}", node.value));
    } else {
      found->second += fmt::format(" n{}", node.value);
    }
  }
  for (const auto& [row, names] : rows) run.say(fmt::format("{}: {}", names, row));
}

}  // namespace snowflk::sim::scenario
