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
  return {step.newest ? numbers.back() : numbers.front()};
}

}  // namespace

bool do_with_messages(RunState& run, const Step& step) {
  const std::vector<u64> numbers = fitting(run, step);
  if (numbers.empty()) {
    return run.mistake(step, fmt::format("no such message waits: {}", telling(run, step)));
  }
  for (const u64 number : numbers) {
    if (step.verb == Verb::drop) {
      run.world.drop(number);
    } else {
      run.world.deliver(number, step.verb == Verb::duplicate);
    }
  }
  return true;
}

void do_hold(RunState& run, const Step& step) {
  for (const MessageFilter& filter : filters_of(run, step)) run.world.hold_messages(filter);
}

void do_release(RunState& run, const Step& step) {
  if (step.word == "any" && step.links.empty()) {
    run.world.stop_holding_all();
  } else {
    for (const MessageFilter& filter : filters_of(run, step)) run.world.stop_holding(filter);
  }
  Step all = step;
  all.all = true;
  for (const u64 number : fitting(run, all)) run.world.deliver(number);
}

}  // namespace snowflk::sim::scenario
