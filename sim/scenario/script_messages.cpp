// The verbs of a script that move single messages.
#include "sim/scenario/script_messages.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/scenario/targets.hpp"
#include "sim/scenario/telling.hpp"

namespace snowflk::sim::scenario {
namespace {

std::vector<MessageFilter> filters_of(const RunState& run, const Step& step) {
  const std::string kind = step.word == "any" ? std::string{} : step.word;
  std::vector<MessageFilter> filters;
  for (const auto& [from, to] : links_of(run, step)) {
    filters.push_back(MessageFilter{.from = from, .to = to, .kind = kind});
  }
  if (step.links.empty()) filters.push_back(MessageFilter{.from = {}, .to = {}, .kind = kind});
  return filters;
}

/// Of those that fit, the oldest that is byte for byte the recorded one; else the one that was sent
/// as the so-manieth of its kind; else the newest, for most arrive soon after they were sent.
u64 the_recorded(const RunState& run, const Step& step, std::span<const u64> numbers) {
  const auto held = run.world.held_messages();
  const auto number_of = [&](auto is_meant) -> std::optional<u64> {
    for (const HeldMessage& message : held) {
      if (std::ranges::find(numbers, message.number) == numbers.end()) continue;
      if (is_meant(message)) return message.number;
    }
    return std::nullopt;
  };
  if (const auto equal = number_of(
          [&](const HeldMessage& message) { return frame_hash(message.bytes) == step.frame; })) {
    return *equal;
  }
  const auto counted =
      number_of([&](const HeldMessage& message) { return message.ordinal == step.ordinal; });
  return counted.value_or(numbers.back());
}

/// The numbers of the held messages that fit, oldest first.
std::vector<u64> fitting(const RunState& run, const Step& step) {
  const std::vector<MessageFilter> filters = filters_of(run, step);
  std::vector<u64> numbers;
  for (const HeldMessage& message : run.world.held_messages()) {
    const bool fits = std::ranges::any_of(filters, [&](const MessageFilter& filter) {
      return filter.matches(message.from, message.to, message.kind);
    });
    if (fits) numbers.push_back(message.number);
  }
  if (step.all || numbers.empty()) return numbers;
  if (step.frame != 0) return {the_recorded(run, step, numbers)};
  if (step.number > numbers.size()) return {};
  if (step.number != 0) return {numbers[step.number - 1]};
  return {step.newest ? numbers.back() : numbers.front()};
}

/// The two whose messages are meant; three or more: between any two of them.
bool is_among(std::span<const NodeId> nodes, const HeldMessage& message) {
  return std::ranges::find(nodes, message.from) != nodes.end() &&
         std::ranges::find(nodes, message.to) != nodes.end();
}

void note_picked(RunState& run, const Step& step, u64 number) {
  if (!run.scenario->recorded || step.all) return;
  Step all = step;
  all.all = true;
  const std::vector<u64> numbers = fitting(run, all);
  const auto place = std::ranges::find(numbers, number) - numbers.begin();
  const auto held = run.world.held_messages();
  const auto picked = std::ranges::find(held, number, &HeldMessage::number);
  run.picked.push_back(PickedMessage{.step = run.steps_done - 1,
                                     .place = static_cast<u64>(place) + 1,
                                     .of = numbers.size(),
                                     .frame = frame_hash(picked->bytes),
                                     .ordinal = picked->ordinal});
}

}  // namespace

bool do_with_messages(RunState& run, const Step& step) {
  const std::vector<u64> numbers = fitting(run, step);
  if (numbers.empty()) {
    return run.mistake(step, fmt::format("no such message waits: {}", telling(run, step)));
  }
  note_picked(run, step, numbers.front());
  for (const u64 number : numbers) {
    if (step.verb == Verb::drop) {
      run.hands().drop(number);
    } else {
      run.hands().deliver(number, step.verb == Verb::duplicate, step.flip);
    }
  }
  return true;
}

// Each message that arrives may bring another: a bound holds, for a core may be broken in any way.
bool do_exchange(RunState& run, const Step& step) {
  constexpr int kMessagesMax = 1000;
  const std::vector<NodeId> nodes = nodes_of(run, step);
  for (int count = 0; count < kMessagesMax; ++count) {
    const auto held = run.world.held_messages();
    const auto next = std::ranges::find_if(
        held, [&](const HeldMessage& message) { return is_among(nodes, message); });
    if (next == held.end()) {
      return count > 0 || run.mistake(step, "no message waits between these nodes");
    }
    run.hands().deliver(next->number);
    if (!run.settle()) return false;
    if (run.scenario->recorded && !come_to_rest(run)) return false;
  }
  return true;
}

void do_hold(RunState& run, const Step& step) {
  for (const MessageFilter& filter : filters_of(run, step)) run.hands().hold_messages(filter);
}

void do_release(RunState& run, const Step& step) {
  if (step.word == "any" && step.links.empty()) {
    run.hands().stop_holding_all();
  } else {
    for (const MessageFilter& filter : filters_of(run, step)) run.hands().stop_holding(filter);
  }
  Step all = step;
  all.all = true;
  for (const u64 number : fitting(run, all)) run.hands().deliver(number);
}

bool do_hear_stream(RunState& run, const Step& step) {
  const bool up = step.verb == Verb::stream_up;
  for (const auto& [peer, node] : links_of(run, step)) {
    if (!run.world.is_up(node)) {
      return run.mistake(step, fmt::format("{} is down", run.bindings.print(node)));
    }
    if (run.hands().hear_stream(node, peer, up)) continue;
    return run.mistake(
        step, fmt::format("{} cannot hear that its stream with {} {}", run.bindings.print(node),
                          run.bindings.print(peer), up ? "stands" : "fell"));
  }
  return true;
}

}  // namespace snowflk::sim::scenario
