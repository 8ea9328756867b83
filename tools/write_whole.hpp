// A file that is there whole or not at all.
#pragma once

#include <string>
#include <string_view>

namespace snowflk::tools {

/// Writes `text` beside `path` and renames it there; what is there and no regular file is written
/// to as it is. False: it could not; that has been complained of, and a regular file that was there
/// before still is.
bool write_whole(const std::string& path, std::string_view text);

}  // namespace snowflk::tools
