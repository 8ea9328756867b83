#include "sim/search/explain_drawn.hpp"

#include "sim/search/simpler_options.hpp"

namespace snowflk::sim::search {
namespace {

class DrawnExplainer {
 public:
  DrawnExplainer(const scenario::Scenario& scenario, const Failure& failure)
      : scenario_(scenario), failure_(failure) {}

  DrawnExplanation run(const WorldOptions& options, u32 jobs) {
    for (const FaultClass& gone : fault_classes()) {
      const auto without = without_class(options, gone);
      if (!without) continue;
      explanation_.without.push_back({.name = gone.name, .failure = failure_of(*without)});
    }
    const WorldOptions enough =
        simpler_options(scenario_, options, failure_, jobs, explanation_.runs);
    for (const FaultClass& kept : fault_classes()) {
      if (without_class(enough, kept)) explanation_.enough.push_back(kept.name);
    }
    explanation_.decided_at = decided_at(options);
    return std::move(explanation_);
  }

 private:
  Failure failure_of(const WorldOptions& options) {
    explanation_.runs += 1;
    return try_out(Recording{.scenario = scenario_, .options = options}).failure;
  }

  bool fails_with_faults_for(WorldOptions options, Duration chaos) {
    options.chaos = chaos;
    return failure_of(options).is_like(failure_);
  }

  /// In whole milliseconds, by halves.
  Duration decided_at(const WorldOptions& options) {
    if (fails_with_faults_for(options, Duration{0})) return Duration{0};
    i64 passes_ms = 0;
    i64 fails_ms = (options.chaos.value + milliseconds(1).value - 1) / milliseconds(1).value;
    while (fails_ms - passes_ms > 1) {
      const i64 middle_ms = passes_ms + (fails_ms - passes_ms) / 2;
      const bool fails = fails_with_faults_for(options, milliseconds(middle_ms));
      (fails ? fails_ms : passes_ms) = middle_ms;
    }
    return milliseconds(fails_ms);
  }

  const scenario::Scenario& scenario_;
  const Failure& failure_;
  DrawnExplanation explanation_;
};

}  // namespace

DrawnExplanation explain_drawn(const scenario::Scenario& scenario, const WorldOptions& options,
                               const Failure& failure, u32 jobs) {
  return DrawnExplainer{scenario, failure}.run(options, jobs);
}

}  // namespace snowflk::sim::search
