// The server's log: lines on standard error.
//
// The library that writes them is seen by log.cpp alone: it is all in its headers, and every file
// that reads them compiles all of it.
#pragma once

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/base/types.hpp"

namespace snowflk::real {

enum class LogLevel : u8 { trace, debug, info, warn, error };

/// Starts the log: from `level` on ("trace" to "error", or "off"), with the node's number.
void start_log(std::string_view level, NodeId self);

/// Whether lines of `level` are written.
bool logs(LogLevel level);
void log_line(LogLevel level, std::string_view line);

template <class... Args>
void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (logs(level)) log_line(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace snowflk::real
