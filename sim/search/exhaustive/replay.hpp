// The way to something broken, done again step by step with the nodes' own names, to be told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/search/exhaustive/search.hpp"
#include "sim/search/exhaustive/stepper.hpp"

namespace snowflk::sim::exhaustive {

struct ReplayStep {
  Action action;  // nodes by their own names, from 0
  SmallWorld before;
  SmallWorld after;
  std::vector<Sent> sent;
};

struct Replay {
  std::vector<ReplayStep> steps;
  std::string property;  // "assertion", if that is what failed
  std::string sentence;
};

/// Nothing, if the way is not one with the nodes' own names: states that differed by them alone
/// were taken for one, and the core does not treat the nodes alike.
std::optional<Replay> replay(const Bounds& bounds, const Finding& finding);
/// "node 1 stands for election in term 2, for node 3 would vote for it"
std::string telling(const ReplayStep& step);

}  // namespace snowflk::sim::exhaustive
