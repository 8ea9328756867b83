// Which run this thread is in, so that an assertion that fails can say how to repeat it.
#pragma once

#include <string>

#include "tools/output.hpp"

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

/// Where this thread's run is told: what was told when an assertion fails is worth reading.
class CurrentStory {
 public:
  /// For the lifetime of this object.
  explicit CurrentStory(Output& out) { output() = &out; }
  CurrentStory(const CurrentStory&) = delete;
  CurrentStory& operator=(const CurrentStory&) = delete;
  ~CurrentStory() { output() = nullptr; }

  /// Null: nowhere.
  static Output*& output() {
    thread_local Output* current = nullptr;
    return current;
  }
};

}  // namespace snowflk::tools
