// Forks from states with rare features: a run is copied where it has come into something seldom
// seen, and what follows is drawn anew.
//
// A feature is what a state looks like from afar: who leads, how terms and logs stand to each
// other, whose disk is behind, who is cut off; the same whatever the nodes are called. A family is
// one seed's run and all forks of it and of its forks; families know of each other only what was
// seen before.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "sim/check/violation.hpp"
#include "sim/scenario/run.hpp"

namespace snowflk::sim::search {

/// Of which feature how often a run has come into it.
using FeatureCounts = std::map<u64, u64>;

/// REQUIRES: nothing of it is under way.
u64 feature_of(const World& world);

struct ForkLimits {
  u32 forks = 32;  // of one family
  u32 kept = 32;   // states that are kept to be forked from, at one time
};

struct ForkFinding {
  std::vector<scenario::ForkPoint> forks;
  Violation violation;
};

struct Family {
  u64 states = 0;  // whose feature was other than the one before
  u64 forks = 0;
  u64 events = 0;
  FeatureCounts seen;
  std::optional<ForkFinding> finding;  // the first; nothing was tried after it
};

/// The run, and its forks. `before`: what was seen by others. `about_to` is told of each run before
/// it goes on: it may end in an assertion. REQUIRES: the scenario has no script.
Family explore_family(const scenario::Scenario& scenario, const WorldOptions& options,
                      const FeatureCounts& before, const ForkLimits& limits,
                      const std::function<void(const std::vector<scenario::ForkPoint>&)>& about_to);

}  // namespace snowflk::sim::search
