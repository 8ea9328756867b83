// A file that is there whole or not at all.
#pragma once

#include <string>
#include <string_view>

namespace snowflk::tools {

/// Writes `text` beside `path` and renames it there. False: it could not; that has been complained
/// of, and what was there before still is.
bool write_whole(const std::string& path, std::string_view text);

}  // namespace snowflk::tools
