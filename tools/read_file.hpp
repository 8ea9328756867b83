// A whole file, or standard input, as text; and what to say where there is none.
#pragma once

#include <expected>
#include <string>

#include "tools/exit_codes.hpp"

namespace snowflk::tools {

struct FileProblem {
  Exit exit = Exit::usage;  // usage: no such file, a directory; environment: it broke while reading
  std::string sentence;     // "FILE: what is wrong"
};

/// `-` is standard input.
std::expected<std::string, FileProblem> read_file(const std::string& path);

}  // namespace snowflk::tools
