// Trying runs out: whether one fails in the same way as another, in worker processes, so that an
// assertion or a crash is an answer too.
//
// Owns what "the same way" means: the same check spoke, or the same assertion.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/run.hpp"
#include "sim/search/recorder.hpp"

namespace snowflk::sim::search {

/// How a run failed. Two failures are of one kind if their properties and rules are equal.
struct Failure {
  std::string property;  // of a check; "assertion: EXPRESSION"; "crash: SIGNAL"; empty: it passed
  ViolationKind kind = ViolationKind::safety;  // of a check; of the others safety
  std::string sentence;
  std::string rule = {};  // of a check that speaks for several

  [[nodiscard]] bool none() const { return property.empty(); }
  /// A mistake of the script is no failure of the core.
  [[nodiscard]] bool is_like(const Failure& other) const {
    return !none() && property == other.property && kind == other.kind && rule == other.rule;
  }
};

/// What is known of a run that was tried out.
struct Trial {
  Failure failure;
  u64 events = 0;  // these three are 0 or empty if an assertion ended the run
  std::size_t steps_done = 0;
  std::vector<std::size_t> passed_over;
};

/// Runs `make(0)`, `make(1)` ... `make(count - 1)`, on `jobs` cores, and stops at the first, in
/// this order, that fails like `wanted`: which, and how. Nothing if none does or no process could
/// be started, or once `stop_asked` (it may be empty) says so after a run. `runs` counts those up
/// to it: equal on every machine, with however many jobs.
struct Found {
  u64 index = 0;
  Trial trial;
};
std::optional<Found> first_like(const Failure& wanted, u64 count,
                                const std::function<Recording(u64)>& make, u32 jobs, u64& runs,
                                const std::function<bool()>& stop_asked = {});

/// One run.
Trial try_out(const Recording& recording);
/// One run of a scenario as `sim run` runs it.
Trial try_out(const scenario::Scenario& scenario, u64 seed);

}  // namespace snowflk::sim::search
