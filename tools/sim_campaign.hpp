// Running many seeds for the command: what `sim run --seeds` and `sim swarm` share.
#pragma once

#include <optional>
#include <string>

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
  unsigned jobs = 1;
  bool json = false;
};

/// The options that both subcommands have.
void add_common_options(CLI::App& command, SimArguments& arguments);

/// Runs all seeds, prints a line for each and a summary. What is wrong with the arguments is
/// complained of.
Exit run_many(const Loaded& loaded, const sim::SeedRange& seeds, const SimArguments& arguments);

}  // namespace snowflk::tools
