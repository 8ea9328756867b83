// How far many seeds have come, on one line of a terminal's standard error that is written over.
// Nothing is printed where standard error is no terminal.
#pragma once

#include <chrono>
#include <string>

#include "core/base/types.hpp"

namespace snowflk::tools {

/// What a progress line says: "400 of 1000 seeds, 2 failed, 95/s, 6s left".
struct ProgressState {
  u64 seeds = 0;
  u64 done = 0;
  u64 done_here = 0;  // of them, by this process: what the rate is of
  u64 failed = 0;
  std::chrono::milliseconds elapsed{0};  // of this process
};
std::string progress_text(const ProgressState& state);

class Progress {
 public:
  /// `done_before`: of `seeds`, by an earlier process.
  Progress(u64 seeds, u64 done_before);
  /// At most ten times a second, and when all is done.
  void show(u64 done, u64 failed);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  u64 seeds_;
  u64 done_before_;
  bool wanted_;
  bool shown_ = false;
  Clock::time_point begun_ = Clock::now();
  Clock::time_point last_;
};

}  // namespace snowflk::tools
