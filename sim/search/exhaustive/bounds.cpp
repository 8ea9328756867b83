#include "sim/search/exhaustive/bounds.hpp"

#include <array>

#include <fmt/format.h>

namespace snowflk::sim::exhaustive {
namespace {

struct Range {
  std::string_view name;
  u32 value;
  u32 least;
  u32 most;
};

std::array<Range, 9> ranges_of(const Bounds& b) {
  return {Range{"nodes", b.nodes, 2, kNodesMax},
          Range{"terms", b.terms, 1, kTermsMax},
          Range{"entries", b.entries, 0, kEntriesMax},
          Range{"crashes", b.crashes, 0, kFaultsMax},
          Range{"drops", b.drops, 0, kFaultsMax},
          Range{"duplicates", b.duplicates, 0, kFaultsMax},
          Range{"overtakes", b.overtakes, 0, kFaultsMax},
          Range{"heartbeats", b.heartbeats, 0, kFaultsMax},
          Range{"entries_per_message", b.entries_per_message, 1, kEntriesPerMessageMax}};
}

}  // namespace

std::optional<std::string> why_not(const Bounds& bounds) {
  for (const Range& range : ranges_of(bounds)) {
    if (range.value >= range.least && range.value <= range.most) continue;
    return fmt::format("{}: expected {} to {}, found {}", range.name, range.least, range.most,
                       range.value);
  }
  return std::nullopt;
}

std::string print(const Bounds& bounds) {
  std::string text;
  for (const Range& range : ranges_of(bounds)) {
    text += fmt::format("{}={} ", range.name, range.value);
  }
  return text + fmt::format("old_messages={} symmetry={}", bounds.old_messages ? "yes" : "no",
                            bounds.symmetry ? "yes" : "no");
}

}  // namespace snowflk::sim::exhaustive
