#include "sim/search/written.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/scenario/write.hpp"

namespace snowflk::sim::search {

using scenario::Step;
using scenario::Verb;

namespace {

/// The same steps, the last without effect on any node: with it an assertion may break.
Recording without_last_effect(const Recording& recording) {
  Recording probe = recording;
  probe.scenario.heal = false;
  if (probe.scenario.script.empty()) return probe;
  Step& last = probe.scenario.script.back();
  const bool moves = last.verb == Verb::deliver || last.verb == Verb::duplicate;
  last.verb = moves ? Verb::drop : Verb::none;
  return probe;
}

void say_which(Step& step, const scenario::PickedMessage& picked) {
  step.frame = 0;
  step.newest = false;
  step.number = 0;
  if (picked.place == 1) return;
  step.newest = picked.place == picked.of;
  if (!step.newest) step.number = picked.place;
}

Duration rounded_up(Duration wait, Duration unit) {
  return Duration{(wait.value + unit.value - 1) / unit.value * unit.value};
}

}  // namespace

Recording as_written(const Recording& recording) {
  const Recording probe = without_last_effect(recording);
  const auto result = scenario::run_in(probe.scenario, probe.options, nullptr);
  Recording written = recording;
  auto& script = written.scenario.script;
  for (std::size_t at = 0; at < std::min(script.size(), result.steps_began.size()); ++at) {
    const Duration wait = script[at].not_before - result.steps_began[at];
    script[at].after = std::max(script[at].after, std::max(wait, Duration{0}));
    script[at].not_before = VirtualTime{};
  }
  for (const scenario::PickedMessage& picked : result.picked) {
    say_which(script[picked.step], picked);
  }
  return written;
}

Recording with_round_waits(const Recording& recording, const Failure& failure, u64& runs) {
  const auto rounded = [&](u64 index) {
    constexpr Duration kUnits[] = {milliseconds(100), milliseconds(10), milliseconds(1),
                                   microseconds(1)};
    Recording round = recording;
    for (Step& step : round.scenario.script) step.after = rounded_up(step.after, kUnits[index]);
    return round;
  };
  const auto found = first_like(failure, 4, rounded, 1, runs);
  return found ? rounded(found->index) : recording;
}

std::string file_of(const Recording& recording, const Failure& failure, std::string_view origin) {
  Recording told = recording;
  told.scenario.story = fmt::format("Broken by this schedule, which was shrunk from {}: {} ({})",
                                    origin, failure.sentence, failure.property);
  // Holds on every core that is right: besides the checks, which judge every run.
  return scenario::write(told.scenario, told.options, R"({"leaders_per_term_max": 1})");
}

}  // namespace snowflk::sim::search
