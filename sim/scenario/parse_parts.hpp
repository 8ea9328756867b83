// Parts of the parser that steps and expectations share. Every value here has been judged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace snowflk::sim::scenario {

NodeRef node_ref(std::string_view text);
NodeRef node_ref(const Value& value);

/// A text, an integer as decimal digits, or nothing for null.
Scalar scalar(const Value& value);

/// The claims of an expectation that stands at `path`.
std::vector<Claim> claims_of(const Value& expectation, const std::string& path);

}  // namespace snowflk::sim::scenario
