// A way to something broken as a scenario: docs/SCENARIOS.md's exact script, for real nodes with
// disks and a network, which `sim run` runs.
#pragma once

#include <expected>
#include <string>

#include "sim/search/exhaustive/replay.hpp"

namespace snowflk::sim::exhaustive {

/// The file's text; or what no script can say, in a sentence.
std::expected<std::string, std::string> scenario_of(const Bounds& bounds, const Replay& replay);

}  // namespace snowflk::sim::exhaustive
