// Many seeds on many cores: each in a worker process, so that an assertion or a crash in one run is
// one run's verdict; results come back in the order of the seeds, whoever was first.
//
// Owns no verdicts: what a run says is a string of its caller's.
#pragma once

#include <functional>
#include <string>

#include "core/base/types.hpp"

namespace snowflk::sim {

enum class RunStatus : u8 {
  finished,   // `text` is what the work returned
  assertion,  // `text`: the expression and where it stands
  crashed,    // `text`: by which signal, or with which status, the process ended
};
constexpr std::string_view name_of(RunStatus status) {
  switch (status) {
    case RunStatus::finished: return "finished";
    case RunStatus::assertion: return "assertion";
    case RunStatus::crashed: return "crashed";
  }
  return "?";
}

struct SeedResult {
  u64 seed = 0;
  RunStatus status = RunStatus::finished;
  std::string text;
};

struct SeedRange {
  u64 first = 1;
  u64 last = 1;  // included
  friend constexpr bool operator==(const SeedRange&, const SeedRange&) = default;
};

/// Runs `work` for each seed of `range` in `jobs` worker processes, and calls `emit` here for each
/// result, in the order of the seeds, until it returns false. `goes_on`, where there is one, is
/// asked between results, a few times a second; false ends it too, and seeds that are under way are
/// given up. False: no process could be started. REQUIRES: range.first <= range.last, jobs >= 1;
/// `work` touches nothing outside of it that it would be a pity to find as it was.
bool run_seeds(SeedRange range, u32 jobs, const std::function<std::string(u64 seed)>& work,
               const std::function<bool(const SeedResult&)>& emit,
               const std::function<bool()>& goes_on = {});

}  // namespace snowflk::sim
