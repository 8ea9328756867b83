// Parts of the parser that steps and expectations share. Every value here has been judged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace snowflk::sim::scenario {

NodeRef node_ref(std::string_view text);
NodeRef node_ref(const Value& value);

/// What a member of an object says; `otherwise`, or an empty text, if it is not there.
bool flag_of(const Value& object, std::string_view key, bool otherwise);
std::string text_of(const Value& object, std::string_view key);

/// The items of a list, or the one value that stands for a list of one; none of null.
std::vector<const Value*> items_of(const Value* value);

/// A text, an integer as decimal digits, or nothing for null.
Scalar scalar(const Value& value);

/// The claims of an expectation that stands at `path`.
std::vector<Claim> claims_of(const Value& expectation, const std::string& path);

}  // namespace snowflk::sim::scenario
