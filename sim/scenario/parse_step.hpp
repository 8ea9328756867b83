// From the judged value of a step to the step.
#pragma once

#include <expected>
#include <string>

#include "sim/scenario/form.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/scenario.hpp"

namespace snowflk::sim::scenario {

/// The step that stands at `path`, or the first thing that is wrong with it. `names`: those that
/// the steps before it gave; what it names itself is added.
std::expected<Step, Fault> parse_step(const Value& value, const std::string& path, Names& names);

}  // namespace snowflk::sim::scenario
