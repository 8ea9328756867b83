// Which drawn faults a failure needs at all: the same seed with classes of faults switched off.
#pragma once

#include "sim/search/trial.hpp"

namespace snowflk::sim::search {

/// `options` with as many classes off as still fail like
/// `failure`. Each class draws from a stream of its own: what is off changes no other's draws.
WorldOptions simpler_options(const scenario::Scenario& scenario, const WorldOptions& options,
                             const Failure& failure, u32 jobs, u64& runs);

}  // namespace snowflk::sim::search
