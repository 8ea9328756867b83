// What a scenario file says of detours (detours.hpp). Every value here has been judged.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "sim/scenario/detours.hpp"
#include "sim/scenario/json.hpp"

namespace snowflk::sim::scenario {

std::expected<Detours, Fault> parse_detours(const Value& file);

/// Why these are no choices of what a power cut leaves; nothing if they are, or empty.
std::optional<std::string> wrong_choices(std::string_view keep);

}  // namespace snowflk::sim::scenario
