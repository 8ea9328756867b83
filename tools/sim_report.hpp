// How a run's end is told: the verdict line, the JSON object, the way to repeat it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/scenario/ledger.hpp"
#include "sim/scenario/run.hpp"
#include "sim/trace_file/trace_file.hpp"
#include "tools/exit_codes.hpp"
#include "tools/sim_options.hpp"

namespace snowflk::tools {

struct Finished {
  sim::scenario::RunResult result;
  u64 wall_ns = 0;
  bool twice = false;                  // it was run twice, to compare
  std::optional<Digest> other_digest;  // run again, it went another way: this is the other's
  bool copies_differ = false;  // run again from copies of its world, it came to another state
  std::string crash;           // not empty: the run ended in an assertion or a signal
  std::optional<sim::scenario::LedgerCounts> ledger;  // where one was asked for
  std::string failure_file;                           // empty: none was written
};

/// "pass", "safety", "liveness", "linearizability", "nondeterminism",
/// "assertion".
std::string_view verdict_of(const Finished& run);
Exit exit_of(const Finished& run);
/// The short name of what was broken; empty on a pass.
std::string property_of(const Finished& run);
std::string sentence_of(const Finished& run);

/// A word of a shell's command line, in quotes where it must be.
std::string shell_word(std::string_view word);
/// The one command that repeats it: "snowflk sim run FILE --seed 7".
std::string repeat_command(const Loaded& loaded, u64 seed);
/// Likewise of a run that failed: one that went two ways must be run twice.
std::string repeat_command(const Loaded& loaded, const Finished& run);
/// The line that says how to make a failure small, of a file that holds it; empty where that cannot
/// be: what is expected at the end of a run is no part of a schedule.
std::string shrink_line(std::string_view property, std::string_view file);
/// "verdict=pass seed=7 events=61234 virtual_s=60.0 digest=..."
std::string verdict_line(const Finished& run);
/// "faults seed=7: nodes=5 loss=1.20% ...; came: loss=12 ...": of a run whose faults are drawn.
std::string faults_line(const Loaded& loaded, const Finished& run);
/// The lines that stand before the verdict line of a run that failed; each with its end.
std::string failure_lines(const Loaded& loaded, const Finished& run);
std::string json_object(const Loaded& loaded, const Finished& run);

sim::trace_file::Identity identity_of(const Loaded& loaded, u64 seed);
sim::trace_file::Ending ending_of(const Finished& run);

}  // namespace snowflk::tools
