// `snowflk sim explore`: searches what can happen, where `sim swarm` draws. One mode a file.
#include <memory>

#include <CLI/CLI.hpp>

#include "tools/commands.hpp"
#include "tools/explore_exhaustive.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

struct ExploreArguments {
  bool exhaustive = false;
  ExhaustiveArguments of_exhaustive;
};

Exit run(const ExploreArguments& arguments) {
  if (arguments.exhaustive) return explore_exhaustive(arguments.of_exhaustive);
  complain("sim explore needs to be told how: --exhaustive (see --help)");
  return Exit::usage;
}

}  // namespace

void add_sim_explore(CLI::App& sim, Action& action) {
  auto* command = sim.add_subcommand("explore", "Search what can happen; see docs/EXPLORE.md");
  const auto arguments = std::make_shared<ExploreArguments>();
  command->add_flag("--exhaustive", arguments->exhaustive, "All states of a small world");
  add_exhaustive_options(*command, arguments->of_exhaustive);
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace snowflk::tools
