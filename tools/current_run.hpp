// Which run this thread is in, so that an assertion that fails can say how to repeat it.
#pragma once

#include <string>

namespace snowflk::tools {

class CurrentRun {
 public:
  /// For the lifetime of this object. One at a time in a thread.
  explicit CurrentRun(std::string repeat_command) { command() = std::move(repeat_command); }
  CurrentRun(const CurrentRun&) = delete;
  CurrentRun& operator=(const CurrentRun&) = delete;
  ~CurrentRun() { command().clear(); }

  /// Of this thread; empty: it is in none.
  static std::string& command() {
    thread_local std::string current;
    return current;
  }
};

}  // namespace snowflk::tools
