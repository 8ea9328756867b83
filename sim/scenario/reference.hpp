// How a script refers to nodes and links, in text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/types.hpp"

namespace snowflk::sim::scenario {

inline constexpr std::string_view kAnyNode = "*";
inline constexpr std::string_view kAllNodes = "all";
inline constexpr u64 kMillionths = 1'000'000;

/// One direction, or both, between two ends: numbers, names, or kAnyNode.
struct LinkText {
  std::string from;
  std::string to;
  bool both_ways = false;
};

/// "12": 12. Nothing if `text` is no decimal number; one too large for 32 bits is UINT32_MAX.
std::optional<u32> parse_node_number(std::string_view text);

/// "1->2", "1<->2"; blanks around the arrow are allowed. Nothing if it is not one.
std::optional<LinkText> parse_link(std::string_view text);

}  // namespace snowflk::sim::scenario
