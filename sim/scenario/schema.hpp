// The scenario format as a JSON Schema (draft 2020-12), made from the tables of forms.cpp.
#pragma once

#include <string>

namespace snowflk::sim::scenario {

/// What docs/scenario.schema.json holds; ends in a newline.
std::string schema();

/// The tables of docs/SCENARIOS.md, in Markdown; ends in a newline.
std::string reference_tables();

}  // namespace snowflk::sim::scenario
