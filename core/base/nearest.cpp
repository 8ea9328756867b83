// Levenshtein's distance, with room for words that somebody may have meant.
#include "core/base/nearest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <utility>

#include "core/base/assert.hpp"

namespace snowflk {
namespace {

constexpr std::size_t kLongestWord = 64;  // beyond it nobody meant a word of ours

/// By rows. REQUIRES: neither is longer than kLongestWord.
std::size_t edits_between(std::string_view a, std::string_view b) {
  SNOWFLK_ASSERT(b.size() <= kLongestWord);
  std::array<std::size_t, kLongestWord + 1> row{};
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row.front(), i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known) {
  if (word.size() > kLongestWord) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t fewest = 0;
  for (const auto candidate : known) {
    if (candidate.size() > kLongestWord) continue;
    const std::size_t edits = edits_between(word, candidate);
    if (best && edits >= fewest) continue;
    best = candidate;
    fewest = edits;
  }
  if (best && fewest > std::max<std::size_t>(2, best->size() / 3)) return std::nullopt;
  return best;
}

}  // namespace snowflk
