// The gate for steps that break a place on a disk: an entry of a log, or a byte of a file.
#pragma once

#include <optional>

#include "sim/scenario/json.hpp"
#include "sim/scenario/scenario.hpp"

namespace snowflk::sim::scenario {

/// What is wrong with where `step` is to break something; nothing of a step that breaks no place.
/// `value`: the step as it was read.
std::optional<Fault> wrong_place(const Value& value, const Step& step);

/// Likewise of a `finish_read`.
std::optional<Fault> wrong_read(const Value& value, const Step& step);

/// Likewise of a `fail`, which may say what a read is of.
std::optional<Fault> wrong_failing_read(const Value& value, const Step& step);

}  // namespace snowflk::sim::scenario
