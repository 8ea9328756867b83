// `snowflk sim explore`: searches what can happen, where `sim swarm` draws. One mode a file.
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>

#include "tools/commands.hpp"
#include "tools/explore_crash_points.hpp"
#include "tools/explore_exhaustive.hpp"
#include "tools/explore_forks.hpp"
#include "tools/explore_priorities.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

struct ExploreArguments {
  bool exhaustive = false;
  bool crash_points = false;
  bool priorities = false;
  bool forks = false;
  ExhaustiveArguments of_exhaustive;
  ExploreRuns of_runs;
  sim::search::CrashLimits of_crash_points;
  PriorityArguments of_priorities;
  sim::search::ForkLimits of_forks;
};

/// Options that all strategies have stand with the first of them.
ExploreRuns runs_of(const ExploreArguments& arguments) {
  ExploreRuns runs = arguments.of_runs;
  runs.save = arguments.of_exhaustive.save;
  runs.resume = arguments.of_exhaustive.resume;
  runs.jobs = arguments.of_exhaustive.jobs;
  runs.json = arguments.of_exhaustive.json;
  return runs;
}

Exit run(const ExploreArguments& arguments) {
  if (arguments.exhaustive) return explore_exhaustive(arguments.of_exhaustive);
  if (arguments.crash_points) {
    return explore_crash_points(runs_of(arguments), arguments.of_crash_points);
  }
  if (arguments.priorities) return explore_priorities(runs_of(arguments), arguments.of_priorities);
  if (arguments.forks) return explore_forks(runs_of(arguments), arguments.of_forks);
  complain(
      "sim explore needs to be told how: --exhaustive, --priorities, --crash-points or --forks "
      "(see "
      "--help)");
  return Exit::usage;
}

void add_run_options(CLI::App& command, ExploreArguments& arguments) {
  ExploreRuns& runs = arguments.of_runs;
  const auto option = [&](const char* name, auto& value, const char* what) {
    return command.add_option(name, value, what)->group("Strategies that try runs");
  };
  command.add_option("SCENARIO", runs.subject,
                     "What is run: a file, or swarm; short random worlds if left out");
  option("--seed", runs.seed, "The seed of the run, or the first of them");
  option("--budget", runs.budget, "Stop after so much CPU time of all processes: 60s");
  option("--budget-runs", runs.runs_max, "Stop after so many runs; of --crash-points: points");
  option("--found", runs.found, "In which directory to leave what was found")
      ->capture_default_str();
  PriorityArguments& priorities = arguments.of_priorities;
  option("--depth", priorities.depth, "Of --priorities: one more than how often they change")
      ->capture_default_str()
      ->check(CLI::Range(1U, sim::kPriorityDepthMax));
  option("--steps", priorities.steps, "Of --priorities: so many events are scheduled so")
      ->capture_default_str()
      ->check(CLI::Range(u64{1}, kPriorityStepsMax));
  option("--window", priorities.window,
         "Of --priorities: how late they make things; drawn for each seed if left out");
  option("--forks-per-seed", arguments.of_forks.forks, "Of --forks: how many each seed has")
      ->capture_default_str()
      ->check(CLI::Range(1U, kForksOfSeedMax));
  sim::search::CrashLimits& limits = arguments.of_crash_points;
  option("--choices", limits.choices_max,
         "Of --crash-points: up to so many unsynced sectors, all subsets are tried")
      ->capture_default_str()
      ->check(CLI::Range(0U, kCrashChoicesMax));
  option("--samples", limits.samples, "Of --crash-points: so many subsets of more sectors")
      ->capture_default_str()
      ->check(CLI::Range(2U, kCrashSamplesMax));
}

}  // namespace

void add_sim_explore(CLI::App& sim, Action& action) {
  auto* command = sim.add_subcommand("explore", "Search what can happen; see docs/EXPLORE.md");
  const auto arguments = std::make_shared<ExploreArguments>();
  std::vector<CLI::Option*> strategies;
  const auto strategy = [&](const char* name, bool& flag, const char* what) {
    auto* option = command->add_flag(name, flag, what)->group("Strategies");
    for (CLI::Option* other : strategies) option->excludes(other);
    strategies.push_back(option);
  };
  strategy("--exhaustive", arguments->exhaustive, "All states of a small world");
  strategy("--priorities", arguments->priorities, "Many runs, scheduled by random priorities");
  strategy("--crash-points", arguments->crash_points, "All crashes at all effects of one run");
  strategy("--forks", arguments->forks, "Many runs, and other futures of their rare states");
  add_exhaustive_options(*command, arguments->of_exhaustive);
  add_run_options(*command, *arguments);
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace snowflk::tools
