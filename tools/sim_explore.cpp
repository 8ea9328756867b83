// `snowflk sim explore`: searches what can happen, where `sim swarm` draws. One mode a file.
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/base/assert.hpp"
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

// ---- Which option is whose -------------------------------------------------------------------

using Strategies = unsigned;  // a bit for each
constexpr Strategies kExhaustive = 1;
constexpr Strategies kPriorities = 2;
constexpr Strategies kCrashPoints = 4;
constexpr Strategies kForks = 8;
constexpr Strategies kRuns = kPriorities | kCrashPoints | kForks;

constexpr std::pair<Strategies, std::string_view> kStrategies[] = {{kExhaustive, "exhaustive"},
                                                                   {kPriorities, "priorities"},
                                                                   {kCrashPoints, "crash-points"},
                                                                   {kForks, "forks"}};

struct Ownership {
  std::string_view option;
  Strategies of;
  bool kept = true;  // a search that was kept has its own
};
/// Those that are not here are of all strategies, and may be given to a search that was kept.
constexpr Ownership kOwners[] = {{"--nodes", kExhaustive},
                                 {"--terms", kExhaustive},
                                 {"--entries", kExhaustive},
                                 {"--crashes", kExhaustive},
                                 {"--drops", kExhaustive},
                                 {"--duplicates", kExhaustive},
                                 {"--overtakes", kExhaustive},
                                 {"--heartbeats", kExhaustive},
                                 {"--entries-per-message", kExhaustive},
                                 {"--old-messages", kExhaustive},
                                 {"--no-symmetry", kExhaustive},
                                 {"--memory", kExhaustive, false},
                                 {"--budget-states", kExhaustive, false},
                                 {"--scenario", kExhaustive, false},
                                 {"SCENARIO", kRuns},
                                 {"--seed", kRuns},
                                 {"--budget-runs", kRuns, false},
                                 {"--found", kRuns, false},
                                 {"--depth", kPriorities},
                                 {"--steps", kPriorities},
                                 {"--window", kPriorities},
                                 {"--choices", kCrashPoints},
                                 {"--samples", kCrashPoints},
                                 {"--forks-per-seed", kForks}};

Strategies chosen(const ExploreArguments& arguments) {
  if (arguments.exhaustive) return kExhaustive;
  if (arguments.priorities) return kPriorities;
  if (arguments.crash_points) return kCrashPoints;
  return arguments.forks ? kForks : 0;
}

/// "exhaustive"; of several "--priorities, --crash-points, --forks".
std::string names_of(Strategies strategies) {
  std::string names;
  for (const auto& [strategy, name] : kStrategies) {
    if ((strategies & strategy) == 0) continue;
    names += fmt::format("{}--{}", names.empty() ? "" : ", ", name);
  }
  return names;
}

/// Of an option that was given and would change nothing: what to say. Empty: there is none.
std::string idle_option(const CLI::App& command, Strategies strategy, bool resumes) {
  for (const Ownership& owner : kOwners) {
    const CLI::Option* option = command.get_option_no_throw(std::string{owner.option});
    SNOWFLK_ASSERT(option != nullptr);
    if (option->count() == 0) continue;
    if ((owner.of & strategy) == 0) {
      return fmt::format("{} has no {}: that is of {}", names_of(strategy), owner.option,
                         names_of(owner.of));
    }
    if (resumes && owner.kept) {
      return fmt::format("--resume: {} is that of the search that was kept, and cannot be given",
                         owner.option);
    }
  }
  return {};
}

// ---- Running one -----------------------------------------------------------------------------

/// Where a search is kept if nothing is said: each strategy has a place of its own, and what is
/// gone on with stays where it was.
std::string save_of(const ExploreArguments& arguments) {
  const ExhaustiveArguments& shared = arguments.of_exhaustive;
  if (!shared.save.empty()) return shared.save;
  if (!shared.resume.empty()) return shared.resume;
  return fmt::format("snowflk-explore-{}.search", names_of(chosen(arguments)).substr(2));
}

/// Options that all strategies have stand with the first of them.
ExploreRuns runs_of(const ExploreArguments& arguments) {
  ExploreRuns runs = arguments.of_runs;
  runs.budget = arguments.of_exhaustive.budget;
  runs.save = save_of(arguments);
  runs.resume = arguments.of_exhaustive.resume;
  runs.jobs = arguments.of_exhaustive.jobs;
  runs.json = arguments.of_exhaustive.json;
  return runs;
}

Exit run(const CLI::App& command, const ExploreArguments& arguments) {
  const Strategies strategy = chosen(arguments);
  if (strategy == 0) {
    complain(
        "sim explore needs to be told how: --exhaustive, --priorities, --crash-points or --forks "
        "(see --help)");
    return Exit::usage;
  }
  const bool resumes = !arguments.of_exhaustive.resume.empty();
  if (const std::string why = idle_option(command, strategy, resumes); !why.empty()) {
    complain(why);
    return Exit::usage;
  }
  if (strategy == kExhaustive) {
    ExhaustiveArguments of_exhaustive = arguments.of_exhaustive;
    of_exhaustive.save = save_of(arguments);
    return explore_exhaustive(of_exhaustive);
  }
  const ExploreRuns runs = runs_of(arguments);
  if (strategy == kCrashPoints) return explore_crash_points(runs, arguments.of_crash_points);
  if (strategy == kPriorities) return explore_priorities(runs, arguments.of_priorities);
  return explore_forks(runs, arguments.of_forks);
}

void add_run_options(CLI::App& command, ExploreArguments& arguments) {
  ExploreRuns& runs = arguments.of_runs;
  const auto option = [&](const char* name, auto& value, const char* what) {
    return command.add_option(name, value, what)->group("Strategies that try runs");
  };
  command.add_option("SCENARIO", runs.subject,
                     "What is run: a file, or swarm; short random worlds if left out");
  option("--seed", runs.seed, "The seed of the run, or the first of them");
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
  command->callback([arguments, command, &action] {
    action = [arguments, command] { return run(*command, *arguments); };
  });
}

}  // namespace snowflk::tools
