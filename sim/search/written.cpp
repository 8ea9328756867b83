#include "sim/search/written.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/runner.hpp"
#include "sim/scenario/write.hpp"
#include "sim/search/rewrites.hpp"

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

/// Who leads when a run ends: "n3 leads term 2", a line each.
class Leaders final : public scenario::Watcher {
 public:
  void event(const World&, const StepRecord&) override {}
  void say(const World&, std::string_view) override {}
  void ended(const World& world) override {
    for (const NodeId node : world.nodes()) {
      const raft::Raft* raft = world.is_up(node) ? world.node(node).raft() : nullptr;
      if (raft == nullptr || raft->role() != raft::Role::leader) continue;
      said_ +=
          fmt::format("n{} leads term {}\n", node.value, raft->hard_state().current_term.value);
    }
  }
  [[nodiscard]] std::string take() { return std::move(said_); }

 private:
  std::string said_;
};

/// Likewise after each beginning of the script, from none of its steps to all; of a beginning that
/// ends in an assertion nothing.
std::vector<std::string> leaders_after_each(const Recording& recording) {
  const std::size_t steps = recording.scenario.script.size();
  std::vector<std::string> leaders(steps + 1);
  const auto work = [&](u64 done) {
    Recording beginning = without_steps(recording, done, steps);
    beginning.scenario.heal = false;
    Leaders watcher;
    static_cast<void>(scenario::run_in(beginning.scenario, beginning.options, &watcher));
    return watcher.take();
  };
  const auto keep = [&](const SeedResult& result) {
    if (result.status == RunStatus::finished) leaders[result.seed] = result.text;
    return true;
  };
  static_cast<void>(run_seeds(SeedRange{.first = 0, .last = steps}, 1, work, keep));
  return leaders;
}

/// The lines of `now` that are not among those of `before`, with a comma between two.
std::string new_lines(std::string_view now, std::string_view before) {
  std::string added;
  while (!now.empty()) {
    const std::string_view line = now.substr(0, now.find('\n') + 1);
    now.remove_prefix(line.size());
    if (before.find(line) != std::string_view::npos) continue;
    if (!added.empty()) added += ", ";
    added += line.substr(0, line.size() - 1);
  }
  return added;
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

Recording with_leaders_named(const Recording& recording) {
  constexpr std::size_t kStepsMax = 200;  // as many beginnings are run
  Recording named = recording;
  auto& script = named.scenario.script;
  if (script.size() > kStepsMax) return named;
  const std::vector<std::string> leaders = leaders_after_each(recording);
  for (std::size_t at = 0; at < script.size(); ++at) {
    const std::string added = new_lines(leaders[at + 1], leaders[at]);
    if (!added.empty()) script[at].note = fmt::format("With this, {}.", added);
  }
  return named;
}

std::string file_of(const Recording& recording, const Failure& failure, std::string_view origin) {
  Recording told = recording;
  const bool asserted = failure.property.starts_with("assertion: ");
  told.scenario.story =
      fmt::format("This schedule, shrunk from {}, broke {} when it was found: {}", origin,
                  asserted ? "an assertion" : failure.property, failure.sentence);
  // Holds on every core that is right: besides the checks, which judge every run.
  return scenario::write(told.scenario, told.options, R"({"leaders_per_term_max": 1})");
}

}  // namespace snowflk::sim::search
