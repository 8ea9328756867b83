#include "sim/search/explain.hpp"

#include "sim/search/rewrites.hpp"

namespace snowflk::sim::search {
namespace {

/// The first steps alone; then all is healed, and the cluster has its time to come to rest.
Recording healed_after(const Recording& recording, std::size_t steps) {
  Recording healed = without_steps(recording, steps, recording.scenario.script.size());
  healed.scenario.heal = true;
  return healed;
}

}  // namespace

Explanation explain(const Recording& recording, const Failure& failure) {
  Explanation explanation;
  const std::size_t steps = recording.scenario.script.size();
  for (std::size_t at = 0; at < steps; ++at) {
    const Trial trial = try_out(without_steps(recording, at, at + 1));
    explanation.without.push_back({.step = at, .failure = trial.failure});
  }
  for (std::size_t at = 0; at < steps && explanation.decided_at == SIZE_MAX; ++at) {
    const Trial trial = try_out(healed_after(recording, at + 1));
    explanation.runs += 1;
    if (trial.failure.is_like(failure)) explanation.decided_at = at;
  }
  explanation.runs += steps;
  return explanation;
}

}  // namespace snowflk::sim::search
