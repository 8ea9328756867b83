// Which drawn faults a failure needs at all: the same seed with classes of faults switched off.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "sim/search/trial.hpp"

namespace snowflk::sim::search {

/// A class of drawn faults, or what else makes a world unquiet. Each class draws from a stream of
/// its own: what is off changes no other's draws.
struct FaultClass {
  std::string_view name;  // as a run says which faults it may meet; "network", "node": all of it
  void (*switch_off)(WorldOptions& options);
};
std::span<const FaultClass> fault_classes();

/// Nothing: it was not on.
std::optional<WorldOptions> without_class(const WorldOptions& options, const FaultClass& gone);

/// `options` with as many classes off as still fail like `failure`.
WorldOptions simpler_options(const scenario::Scenario& scenario, const WorldOptions& options,
                             const Failure& failure, u32 jobs, u64& runs);

}  // namespace snowflk::sim::search
