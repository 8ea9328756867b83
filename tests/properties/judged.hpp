// A property of generated worlds: every world is run in a process of its own, so that an assertion
// of the core is one world's failure, and shrinks like any other.
//
// Of a world that fails, the scenario stays in the build directory under failures/, and the failure
// says how to run it alone; RapidCheck overwrites it on the way down to the smallest.
#pragma once

#include <functional>
#include <string>

#include "sim/check/step_view.hpp"
#include "sim/options.hpp"
#include "sim/world.hpp"

namespace snowflk::sim {

/// The promise that a world of these options broke, in a sentence; empty: none.
using Judge = std::function<std::string(const WorldOptions& options)>;

/// Fails the test case unless all of `cases` generated worlds keep what `judge` looks for. `name`
/// is that of the scenario file.
void check_worlds(const std::string& sentence, const std::string& name, int cases,
                  const Judge& judge);

/// How long a world still runs when its faults are over.
inline constexpr Duration kCalm = seconds(2);

/// Runs a world, its faults and `kCalm` of healing, and shows each step of a node to `check`: the
/// first thing that it finds, alone of all checks.
template <class Check>
std::string watched_by(const WorldOptions& options, Check check) {
  World world{options};
  const VirtualTime chaos_ends{options.chaos.value};
  for (const VirtualTime limit : {chaos_ends, chaos_ends + kCalm}) {
    while (const auto record = world.step(limit)) {
      if (!record->stepped) continue;
      if (const Finding finding = check.observe(world.view(*record))) {
        return finding->property + ": " + finding->sentence;
      }
    }
    if (limit == chaos_ends) world.heal();
  }
  return {};
}

}  // namespace snowflk::sim
