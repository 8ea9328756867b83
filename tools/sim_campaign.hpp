// Running many seeds for the command: what `sim run --seeds` and `sim swarm` share.
#pragma once

#include <optional>
#include <string>

#include "sim/swarm.hpp"
#include "tools/campaign.hpp"

namespace CLI {
class App;
}

namespace snowflk::tools {

/// What the command line says of how to run and what to print.
struct SimArguments {
  std::string seed;            // empty: not said
  std::string seeds;           // "A..B"; empty: not said
  std::string budget;          // a duration; empty: none
  std::string trace;           // a file; empty: none
  std::string failures = ".";  // a directory, or "none"
  std::string twice = "5%";    // a share
  unsigned jobs = 1;
  std::string ledger;  // a file; empty: none
  bool json = false;
  bool quiet = false;  // nothing of seeds that pass
};

/// Which random worlds.
struct SwarmWords {
  std::string mode = std::string{name_of(sim::Mode::swarm)};
  u32 generator = sim::kGeneratorVersion;
};
void add_swarm_options(CLI::App& command, SwarmWords& words);
/// What is wrong with them is complained of.
OrExit<Loaded> swarm_of(const SwarmWords& words);

/// The options that both subcommands have.
void add_common_options(CLI::App& command, SimArguments& arguments);

/// Of `--twice` and `--budget`. What is wrong is complained of.
OrExit<u32> twice_ppm_of(const std::string& text);
OrExit<std::optional<std::chrono::nanoseconds>> budget_of(const std::string& text);

/// Runs all seeds, prints a line for each and a summary. What is wrong with the arguments is
/// complained of.
Exit run_many(const Loaded& loaded, const sim::SeedRange& seeds, const SimArguments& arguments);

}  // namespace snowflk::tools
