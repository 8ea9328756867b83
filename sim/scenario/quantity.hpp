// Durations and probabilities as people write them, read exactly: no floating point anywhere.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/prng.hpp"
#include "core/base/types.hpp"

namespace snowflk::sim::scenario {

/// "250us", "1.5s", "2m", "1h"; units ns, us, ms, s, m, h. Nothing if it is not one, is not a whole
/// number of nanoseconds, or is longer than 10,000 hours.
std::optional<Duration> parse_duration(std::string_view text);

/// "1/400", "0.25", "25%", "0", "1". Nothing if it is not one, or is greater than 1.
std::optional<Ratio> parse_ratio(std::string_view text);

/// The shortest text that parse_duration reads as `duration`: "1.5s".
std::string print(Duration duration);

/// The word of `words` that takes the fewest edits from `word`; empty if none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> words);

}  // namespace snowflk::sim::scenario
