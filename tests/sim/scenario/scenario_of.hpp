// A scenario from what a test says of it.
#pragma once

#include "sim/scenario/run.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::scenario {

/// `members`: all of the file but its story. Ends the test if they make no scenario.
inline Scenario scenario_of(const std::string& members) {
  auto scenario = parse(R"({"story": "s", )" + members + "}");
  if (!scenario) FAIL(describe(members, scenario.error()));
  return *std::move(scenario);
}

}  // namespace snowflk::sim::scenario
