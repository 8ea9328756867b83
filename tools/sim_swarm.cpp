// `snowflk sim swarm`: random worlds, each drawn from its seed.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/swarm.hpp"
#include "tools/commands.hpp"
#include "tools/output.hpp"
#include "tools/sim_campaign.hpp"

namespace snowflk::tools {
namespace {

struct SwarmArguments : SimArguments {
  std::string mode = std::string{name_of(sim::Mode::swarm)};
  u32 generator = sim::kGeneratorVersion;
};

sim::Mode mode_of(std::string_view word) {
  if (word == name_of(sim::Mode::lite)) return sim::Mode::lite;
  if (word == name_of(sim::Mode::beyond)) return sim::Mode::beyond;
  return sim::Mode::swarm;
}

Exit run(const SwarmArguments& arguments) {
  const auto seeds = parse_seeds(arguments.seeds);
  if (!seeds) {
    complain("--seeds: " + seeds.error());
    return Exit::usage;
  }
  const sim::Mode mode = mode_of(arguments.mode);
  if (!sim::draws(arguments.generator, mode)) {
    complain(fmt::format("--generator: version {} knows no mode \"{}\"", arguments.generator,
                         arguments.mode));
    return Exit::usage;
  }
  return run_many(swarm_scenario(mode, arguments.generator), *seeds, arguments);
}

}  // namespace

void add_sim_swarm(CLI::App& sim, Action& action) {
  auto* command = sim.add_subcommand("swarm", "Run random worlds and judge them");
  const auto arguments = std::make_shared<SwarmArguments>();
  command->add_option("--seeds", arguments->seeds, "A range of seeds: 1..5000")->required();
  command
      ->add_option(
          "--mode", arguments->mode,
          "lite: small and mild; swarm: every fault within the bounds; beyond: safety alone")
      ->check(CLI::IsMember({"lite", "swarm", "beyond"}));
  command
      ->add_option("--generator", arguments->generator,
                   "Which version draws; the newest if left out")
      ->check(CLI::Range(1U, sim::kGeneratorVersion));
  command->add_option("--budget", arguments->budget, "Begin no seed after this time: 10m");
  add_common_options(*command, *arguments);
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace snowflk::tools
