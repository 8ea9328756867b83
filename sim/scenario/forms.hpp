// The tables of a scenario file: every object, key and word there is, once.
#pragma once

#include <span>
#include <string_view>

#include "sim/scenario/form.hpp"
#include "sim/scenario/scenario.hpp"

namespace snowflk::sim::scenario {

const Form& scenario_form();
const Form& step_form();
const Form& expectation_form();

/// A verb of the script, and the keys that may stand beside it.
struct VerbRule {
  Verb verb = Verb::none;
  std::span<const std::string_view> beside;
};
std::span<const VerbRule> verb_rules();

/// An option's field as a scenario writes it: "loss_ppm" is the share "loss", "delay_min_ns" the
/// duration "delay_min".
constexpr std::string_view key_of_field(std::string_view field) {
  for (const std::string_view unit : {std::string_view{"_ppm"}, std::string_view{"_ns"}}) {
    if (field.ends_with(unit)) field.remove_suffix(unit.size());
  }
  return field;
}

}  // namespace snowflk::sim::scenario
