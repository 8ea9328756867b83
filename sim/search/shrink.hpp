// Makes a recording that fails small: the fewest nodes, steps and differences from a quiet world
// that still fail in the same way.
//
// Delta debugging over the steps of the schedule (Zeller and Hildebrandt, "Simplifying and
// Isolating Failure-Inducing Input"), and then changes that a reader would make: disks that nobody
// need drive by hand, fewer nodes, no waiting, an exchange in place of its single messages. Each
// is kept only if the run still fails like the first. The budget counts runs, not seconds, and the
// first candidate in order wins: the result is the same on every machine, with however many jobs.
#pragma once

#include <functional>
#include <string_view>

#include "sim/search/trial.hpp"

namespace snowflk::sim::search {

struct ShrinkOptions {
  u64 runs_max = 20'000;
  u32 jobs = 1;
  /// Told after each pass: what it was, and how many steps are left. May be empty.
  std::function<void(std::string_view pass, std::size_t steps, u64 runs)> progress = {};
  /// Asked after each run; what is smallest when it says yes is the answer. May be empty.
  std::function<bool()> stop_asked = {};
};

struct Shrunk {
  Recording recording;
  u64 runs = 0;
  bool minimal = false;  // no single step can go; else the budget or a wish to stop ended it
};

/// REQUIRES: `recording` fails like `failure`.
Shrunk shrink(const Recording& recording, const Failure& failure, const ShrinkOptions& options);

/// Whether a step is a fault: a crash, a cut, a failed operation, rot, a full disk, a message
/// twice.
bool is_fault(const scenario::Step& step);
u64 count_faults(const scenario::Scenario& scenario);

}  // namespace snowflk::sim::search
