// Whether a command would write over what it reads, or one of its files over another.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace snowflk::tools {

/// A file that a command is told to write.
struct OutputFile {
  std::string_view option;  // that names it: "--trace"
  const std::string& path;  // empty or "-": none
};

/// Which of `outputs` is the file `input`, or that of an output before it, however each is spelled:
/// a sentence. Nothing: none is.
std::optional<std::string> overwriting(std::initializer_list<OutputFile> outputs,
                                       const std::string& input);

}  // namespace snowflk::tools
