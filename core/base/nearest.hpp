// The known word that is nearest to a mistyped one.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace snowflk {

/// The first of `known` with the fewest edits from `word`; nothing if none is near enough that one
/// may have been meant (a third of its letters, and at least two edits, are forgiven).
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known);

}  // namespace snowflk
