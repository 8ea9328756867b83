// Integers in text, by Redis' rules: the protocol's lengths and the values that INCR counts.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

#include "core/base/types.hpp"

namespace snowflk::wire {

/// The integer that `text` is, all of it: an optional minus, digits without a leading zero. No
/// blanks, no plus, no "-0"; nothing outside 64 bits.
inline std::optional<i64> parse_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty()) return std::nullopt;
  if (digits.front() == '0' && text != "0") return std::nullopt;
  i64 number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace snowflk::wire
