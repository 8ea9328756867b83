// A scenario as the text of a file: one line a step, as people write them.
#pragma once

#include <string>

#include "sim/scenario/scenario.hpp"

namespace snowflk::sim::scenario {

/// `scenario`, and what `options` say otherwise than quiet_options(): as parse() reads it. What
/// a step has in memory only (not_before, frame) is left out: see with_written_steps().
/// REQUIRES: no step has claims, and `scenario.expect` is empty; `expect` is the text of what is
/// expected in the end, an object.
std::string write(const Scenario& scenario, const WorldOptions& options, std::string_view expect);

/// One step as it stands in such a file. REQUIRES: it has no claims, or is written without them.
std::string write_step(const Step& step);

}  // namespace snowflk::sim::scenario
