// Durations and decimals as people write them, read exactly: no floating point anywhere.
//
// Both drivers are told times in text, the simulator by scenarios and the server by its
// configuration: one reading for both. What a scenario or a key allows, its reader says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/types.hpp"

namespace snowflk {

/// A decimal number, as an exact fraction.
struct Decimal {
  u64 numerator = 0;
  u64 denominator = 1;  // a power of ten
};

/// "7", "0.25": digits, and digits on both sides of a point. Nothing if it is not that, or has more
/// than 18 digits.
std::optional<Decimal> parse_decimal(std::string_view text);

/// "250us", "1.5s", "2m", "1h"; units ns, us, ms, s, m, h. Nothing if it is not one, is not a whole
/// number of nanoseconds, or is longer than `longest`. REQUIRES: longest is not negative.
std::optional<Duration> parse_duration(std::string_view text, Duration longest);

/// The shortest text that parse_duration reads as `duration`: "1.5s". A negative one, which nothing
/// reads, has a minus.
std::string print(Duration duration);

}  // namespace snowflk
