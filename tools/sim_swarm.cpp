// `snowflk sim swarm`: random worlds, each drawn from its seed.
#include <memory>

#include <CLI/CLI.hpp>

#include "tools/commands.hpp"
#include "tools/output.hpp"
#include "tools/sim_campaign.hpp"

namespace snowflk::tools {
namespace {

struct SwarmArguments : SimArguments {
  SwarmWords swarm;
};

Exit run(const SwarmArguments& arguments) {
  const auto seeds = parse_seeds(arguments.seeds);
  if (!seeds) {
    complain("--seeds: " + seeds.error());
    return Exit::usage;
  }
  const auto loaded = swarm_of(arguments.swarm);
  return loaded ? run_many(*loaded, *seeds, arguments) : loaded.error();
}

}  // namespace

void add_sim_swarm(CLI::App& sim, Action& action) {
  auto* command = sim.add_subcommand("swarm", "Run random worlds and judge them");
  const auto arguments = std::make_shared<SwarmArguments>();
  command->add_option("--seeds", arguments->seeds, "A range of seeds: 1..5000")->required();
  add_swarm_options(*command, arguments->swarm);
  command->add_option("--budget", arguments->budget, "Begin no seed after this time: 10m");
  command->add_option("--ledger", arguments->ledger,
                      "Where to count which class of faults met which phase of the protocol");
  add_common_options(*command, *arguments);
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace snowflk::tools
