// Durations and probabilities as scenarios write them, read exactly.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/prng.hpp"
#include "core/base/types.hpp"

namespace snowflk::sim::scenario {

/// As core/base/quantity.hpp reads it; nothing if it is longer than 10,000 hours.
std::optional<Duration> parse_duration(std::string_view text);

/// "1/400", "0.25", "25%", "0", "1". Nothing if it is not one, or is greater than 1.
std::optional<Ratio> parse_ratio(std::string_view text);

}  // namespace snowflk::sim::scenario
