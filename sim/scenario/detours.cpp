#include "sim/scenario/detours.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/quantity.hpp"

namespace snowflk::sim::scenario {

Trap trap_of(const CrashPoint& point) {
  const bool power = point.crash == CrashKind::machine;
  return Trap{.node = point.node,
              .effect = point.effect,
              .nth = point.nth,
              .before = point.before,
              .crash = point.crash,
              .unsynced = power ? Unsynced::chosen : Unsynced::drawn,
              .kept = point.keep};
}

std::string write(const CrashPoint& point) {
  std::string text =
      fmt::format(R"("crash_point": {{"event": {}, "node": {}, "at": "{} {}")", point.event,
                  point.node.value, point.before ? "before" : "after", point.effect);
  if (point.nth > 1) text += fmt::format(R"(, "nth": {})", point.nth);
  if (point.crash == CrashKind::machine) text += fmt::format(R"(, "keep": "{}")", point.keep);
  return text + "}";
}

std::string write(const std::vector<ForkPoint>& forks) {
  std::vector<std::string> items;
  items.reserve(forks.size());
  for (const ForkPoint& fork : forks) {
    items.push_back(fmt::format(R"({{"event": {}, "seed": {}}})", fork.event, fork.seed));
  }
  return fmt::format(R"("forks": [{}])", fmt::join(items, ", "));
}

std::string write(const PriorityOptions& priorities) {
  return fmt::format(R"("priorities": {{"depth": {}, "steps": {}, "window": "{}"}})",
                     priorities.depth, priorities.steps, snowflk::print(priorities.window));
}

}  // namespace snowflk::sim::scenario
