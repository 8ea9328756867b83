#include "sim/search/trial.hpp"

#include <charconv>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/runner.hpp"

namespace snowflk::sim::search {
namespace {

using scenario::RunResult;

/// What a worker says: a line each, the sentence last, for it may have lines of its own.
std::string encode(const RunResult& result) {
  const Violation none;
  const Violation& violation = result.violation ? *result.violation : none;
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", violation.property,
                     static_cast<unsigned>(violation.kind), violation.rule, result.events,
                     result.steps_done, fmt::join(result.steps_passed_over, ","),
                     violation.sentence);
}

std::string_view take_until(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return taken;
}

u64 number_of(std::string_view digits) {
  u64 number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

Trial decode(std::string_view text) {
  Trial trial;
  trial.failure.property = take_until(text, '\n');
  trial.failure.kind = static_cast<ViolationKind>(number_of(take_until(text, '\n')));
  trial.failure.rule = take_until(text, '\n');
  trial.events = number_of(take_until(text, '\n'));
  trial.steps_done = number_of(take_until(text, '\n'));
  std::string_view steps = take_until(text, '\n');
  while (!steps.empty()) trial.passed_over.push_back(number_of(take_until(steps, ',')));
  trial.failure.sentence = text;
  return trial;
}

Trial trial_of(const SeedResult& result) {
  if (result.status == RunStatus::finished) return decode(result.text);
  Trial trial;
  if (result.status == RunStatus::assertion) {
    // Where it stands changes with the code; what it says is the property.
    const std::string expression = result.text.substr(0, result.text.rfind(" ("));
    trial.failure = {.property = "assertion: " + expression, .sentence = result.text};
  } else {
    trial.failure = {.property = "crash: " + result.text, .sentence = result.text};
  }
  return trial;
}

Trial one(const std::function<RunResult()>& run) {
  Trial trial;
  static_cast<void>(run_seeds(
      SeedRange{.first = 0, .last = 0}, 1, [&](u64) { return encode(run()); },
      [&](const SeedResult& result) {
        trial = trial_of(result);
        return false;
      }));
  return trial;
}

}  // namespace

std::optional<Found> first_like(const Failure& wanted, u64 count,
                                const std::function<Recording(u64)>& make, u32 jobs, u64& runs,
                                const std::function<bool()>& stop_asked) {
  if (count == 0) return std::nullopt;
  std::optional<Found> found;
  const auto work = [&](u64 index) {
    const Recording recording = make(index);
    return encode(scenario::run_in(recording.scenario, recording.options, nullptr));
  };
  const auto judge = [&](const SeedResult& result) {
    runs += 1;
    Trial trial = trial_of(result);
    if (!trial.failure.is_like(wanted)) return !stop_asked || !stop_asked();
    found = Found{.index = result.seed, .trial = std::move(trial)};
    return false;
  };
  static_cast<void>(run_seeds(SeedRange{.first = 0, .last = count - 1}, jobs, work, judge));
  return found;
}

Trial try_out(const Recording& recording) {
  return one([&] { return scenario::run_in(recording.scenario, recording.options, nullptr); });
}

Trial try_out(const scenario::Scenario& scenario, u64 seed) {
  return one([&] { return scenario::run(scenario, seed, nullptr); });
}

}  // namespace snowflk::sim::search
