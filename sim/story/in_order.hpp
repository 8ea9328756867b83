#pragma once

#include <algorithm>
#include <functional>
#include <vector>

namespace snowflk::sim::story {

/// Sorts by `time`, and leaves those of equal times as they stand. For the few lines that wait
/// together: quadratic. Not std::stable_sort, whose buffer one of our two compilers calls
/// deprecated.
template <typename Line, typename Time>
void put_in_order(std::vector<Line>& lines, Time time) {
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    const auto place =
        std::ranges::upper_bound(lines.begin(), line, std::invoke(time, *line), {}, time);
    std::rotate(place, line, line + 1);
  }
}

}  // namespace snowflk::sim::story
