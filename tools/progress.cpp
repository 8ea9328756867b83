#include "tools/progress.hpp"

#include <fmt/format.h>

#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

constexpr std::chrono::milliseconds kBetween{100};

/// "45s", "12m 5s", "3h 20m".
std::string time_text(u64 seconds) {
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  return fmt::format("{}h {}m", seconds / 3600, seconds % 3600 / 60);
}

}  // namespace

std::string progress_text(const ProgressState& state) {
  std::string text =
      fmt::format("{} of {} seeds, {} failed", state.done, state.seeds, state.failed);
  const auto elapsed_ms = static_cast<u64>(state.elapsed.count());
  if (state.done_here == 0 || elapsed_ms == 0) return text;
  const u64 rate_tenths = state.done_here * 10'000 / elapsed_ms;
  text += rate_tenths < 100 ? fmt::format(", {}.{}/s", rate_tenths / 10, rate_tenths % 10)
                            : fmt::format(", {}/s", rate_tenths / 10);
  if (rate_tenths > 0) {
    text += fmt::format(", {} left", time_text((state.seeds - state.done) * 10 / rate_tenths));
  }
  return text;
}

Progress::Progress(u64 seeds, u64 done_before)
    : seeds_(seeds), done_before_(done_before), wanted_(stderr_is_terminal()) {}

void Progress::show(u64 done, u64 failed) {
  if (!wanted_) return;
  const Clock::time_point now = Clock::now();
  if (done != seeds_ && now - last_ < kBetween) return;
  last_ = now;
  shown_ = true;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - begun_);
  fmt::print(stderr, "\r\x1b[K{}",
             progress_text({.seeds = seeds_,
                            .done = done,
                            .done_here = done - done_before_,
                            .failed = failed,
                            .elapsed = elapsed}));
}

void Progress::clear() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
  shown_ = false;
  last_ = {};  // What stands there now is the caller's: the next may be shown at once.
}

}  // namespace snowflk::tools
