#include "sim/scenario/reference.hpp"

#include <algorithm>
#include <charconv>

namespace snowflk::sim::scenario {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<u32> parse_node_number(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  u32 number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : UINT32_MAX;
}

std::optional<LinkText> parse_link(std::string_view text) {
  const auto arrow = text.find("->");
  if (arrow == std::string_view::npos) return std::nullopt;
  const bool both_ways = arrow > 0 && text[arrow - 1] == '<';
  LinkText link{.from = std::string{trimmed(text.substr(0, arrow - (both_ways ? 1 : 0)))},
                .to = std::string{trimmed(text.substr(arrow + 2))},
                .both_ways = both_ways};
  if (link.from.empty() || link.to.empty()) return std::nullopt;
  return link;
}

}  // namespace snowflk::sim::scenario
