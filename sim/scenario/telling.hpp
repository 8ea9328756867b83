// What a step of a script is called in a story and in errors.
#pragma once

#include <span>
#include <string>

#include "sim/scenario/run_state.hpp"

namespace snowflk::sim::scenario {

/// What the story says before `step`; empty for steps that show themselves.
std::string telling(const RunState& run, const Step& step);

/// Says where the logs of `nodes` stand, those that are equal in one line.
void say_logs(RunState& run, std::span<const NodeId> nodes);

}  // namespace snowflk::sim::scenario
