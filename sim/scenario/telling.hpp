// What a step of a script is called in a story and in errors.
#pragma once

#include <string>

#include "sim/scenario/run_state.hpp"

namespace snowflk::sim::scenario {

/// What the story says before `step`; empty for steps that show themselves.
std::string telling(const RunState& run, const Step& step);

}  // namespace snowflk::sim::scenario
