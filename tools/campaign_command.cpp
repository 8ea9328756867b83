// `snowflk sim campaign`: a million seeds over many machines. docs/CAMPAIGNS.md is its manual.
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tools/build_id.hpp"
#include "tools/campaign_report.hpp"
#include "tools/campaign_results.hpp"
#include "tools/campaign_run.hpp"
#include "tools/campaign_summary.hpp"
#include "tools/commands.hpp"
#include "tools/cores.hpp"
#include "tools/output.hpp"
#include "tools/sim_campaign.hpp"

namespace snowflk::tools {
namespace {

constexpr u64 kSeedsByDefault = 1'000'000;

struct RunArguments {
  std::string scenario;  // empty: random worlds
  SwarmWords swarm;
  std::string seeds;
  u64 count = 0;
  std::string shard;
  std::string shards;
  std::string name;
  std::string out;
  std::string budget;
  std::string twice = "5%";
  u64 failures_max = 0;
  bool fail_fast = false;
  bool print_directory = false;
  bool ledger = false;
  unsigned jobs = 0;  // 0: a worker for each core
  bool json = false;
};

const char* environment(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here sets the environment.
  return std::getenv(name);
}

std::string environment_or(const char* name, const char* otherwise) {
  const char* const value = environment(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

std::unexpected<Exit> usage(const std::string& sentence) {
  complain(sentence);
  return std::unexpected(Exit::usage);
}

/// A name becomes a directory's.
bool is_plain_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.starts_with('.') && name.size() <= 100 && std::ranges::all_of(name, plain);
}

OrExit<sim::SeedRange> all_seeds(const RunArguments& arguments) {
  if (arguments.seeds.empty()) {
    const u64 count = arguments.count == 0 ? kSeedsByDefault : arguments.count;
    return sim::SeedRange{.first = 1, .last = count};
  }
  const auto seeds = parse_seeds(arguments.seeds);
  if (!seeds) return usage("--seeds: " + seeds.error());
  return *seeds;
}

OrExit<Shard> wanted_shard(const RunArguments& arguments) {
  ShardRequest request{.shard = arguments.shard,
                       .shards = {},
                       .seeds_said = !arguments.seeds.empty() || arguments.count != 0};
  if (!arguments.shards.empty()) {
    const auto shards = parse_seed(arguments.shards);
    if (!shards) return usage("--shards: expected how many there are, found " + arguments.shards);
    request.shards = *shards;
  }
  const auto shard = find_shard(request, environment);
  if (!shard) return usage(shard.error());
  return *shard;
}

OrExit<ShardIdentity> identity_of(const RunArguments& arguments, const Loaded& loaded) {
  const auto seeds = all_seeds(arguments);
  if (!seeds) return std::unexpected(seeds.error());
  const auto shard = wanted_shard(arguments);
  if (!shard) return std::unexpected(shard.error());
  if (!seeds_of(*seeds, *shard)) {
    return usage(
        fmt::format("{} shards of {} seeds: some would have none", shard->count, size_of(*seeds)));
  }
  const auto twice = twice_ppm_of(arguments.twice);
  if (!twice) return std::unexpected(twice.error());
  ShardIdentity identity{
      .campaign = arguments.name,
      .build = std::string{build_id()},
      .generator = loaded.scenario.generator,
      .scenario = loaded.name,
      .mode = loaded.scenario.swarm ? std::string{name_of(loaded.scenario.mode)} : "scenario",
      .scenario_hash = loaded.scenario.hash,
      .seeds = *seeds,
      .shard = *shard,
      .twice_ppm = *twice,
      .ledger = arguments.ledger ? static_cast<u32>(sim::scenario::ledger_ways().size()) : 0};
  if (!is_plain_name(arguments.name)) {
    return usage("--name: expected up to 100 letters, digits, dots and dashes, found \"" +
                 arguments.name.substr(0, 40) + "\"");
  }
  if (arguments.name.empty()) identity.campaign = campaign_name(identity);
  return identity;
}

OrExit<ShardOptions> options_of(const RunArguments& arguments) {
  const auto budget = budget_of(arguments.budget);
  if (!budget) return std::unexpected(budget.error());
  ShardOptions options{.out = arguments.out,
                       .jobs = arguments.jobs == 0 ? usable_cores() : arguments.jobs,
                       .budget = *budget,
                       .failures_max = {},
                       .json = arguments.json};
  if (options.out.empty()) options.out = environment_or("TEST_UNDECLARED_OUTPUTS_DIR", "campaigns");
  if (arguments.failures_max != 0) options.failures_max = arguments.failures_max;
  if (arguments.fail_fast) options.failures_max = 1;
  return options;
}

/// Bazel takes a test that does not touch this file for one that knows nothing of shards. False: it
/// cannot be touched, and that has been complained of.
bool tell_bazel() {
  const char* const file = environment("TEST_SHARD_STATUS_FILE");
  if (file == nullptr || *file == '\0' || std::ofstream{file, std::ios::app}) return true;
  complain(
      fmt::format("TEST_SHARD_STATUS_FILE: {}: {}", file, std::generic_category().message(errno)));
  return false;
}

Exit run(const RunArguments& arguments) {
  const auto loaded =
      arguments.scenario.empty() ? swarm_of(arguments.swarm) : load_scenario(arguments.scenario);
  if (!loaded) return loaded.error();
  const auto identity = identity_of(arguments, *loaded);
  if (!identity) return identity.error();
  const auto options = options_of(arguments);
  if (!options) return options.error();
  if (arguments.print_directory) {
    Output out;
    out.line((std::filesystem::path{options->out} / identity->campaign).string());
    return out.finish(Exit::pass);
  }
  if (!tell_bazel()) return Exit::environment;
  return run_shard(*loaded, *identity, *options);
}

/// CLI's own names the largest number there is, in 309 digits.
std::string not_at_least_one(const std::string& text) {
  const auto number = parse_seed(text);
  if (number && *number > 0) return {};
  return fmt::format("expected a whole number of at least 1, found \"{}\"", text.substr(0, 40));
}

void add_run(CLI::App& campaign, Action& action) {
  const CLI::Validator at_least_one{not_at_least_one, ""};
  auto* command = campaign.add_subcommand("run", "Run a shard of seeds, or go on with it");
  const auto arguments = std::make_shared<RunArguments>();
  RunArguments& to = *arguments;
  auto* scenario =
      command->add_option("SCENARIO", to.scenario, "A file; random worlds if left out");
  add_swarm_options(*command, to.swarm);
  for (const char* option : {"--mode", "--generator"}) {
    command->get_option(option)->excludes(scenario);
  }
  auto* seeds = command->add_option("--seeds", to.seeds,
                                    "The seeds of all shards: 1..1000000, if not said otherwise");
  command->add_option("--count", to.count, "The same as --seeds 1..COUNT")
      ->excludes(seeds)
      ->check(at_least_one);
  command->add_option("--shard", to.shard, "Which part of them: 0/4 is the first of four");
  command->add_option("--shards", to.shards,
                      "How many parts, where a scheduler tells which one this is");
  command->add_option("--name", to.name, "What its directory is called");
  command->add_option("--out", to.out, "Where that directory is: campaigns, if not said otherwise");
  command->add_option("--budget", to.budget, "Stop after this time, to be resumed: 30m");
  command->add_option("--twice", to.twice, "The share of seeds that is run twice, to compare");
  command->add_flag("--ledger", to.ledger,
                    "Count which class of faults met which phase of the protocol");
  auto* most = command->add_option("--max-failures", to.failures_max, "Stop after so many failures")
                   ->check(at_least_one);
  command->add_flag("--fail-fast", to.fail_fast, "Stop after the first failure")->excludes(most);
  command->add_option("--jobs", to.jobs, "Workers; as many as cores, if not said otherwise")
      ->check(CLI::Range(1U, 1024U));
  command->add_flag("--json", to.json, "JSON objects instead of text");
  command->add_flag("--print-directory", to.print_directory,
                    "Say where this campaign's shards leave their results, and run nothing");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

struct MergeArguments {
  std::vector<std::string> from;
  std::string into;
};

OrExit<Merged> merge_of(const std::vector<std::string>& from) {
  Merged merged;
  for (const std::string& path : from) {
    if (const auto problem = read_into(path, merged)) {
      complain(problem->sentence);
      return std::unexpected(problem->exit);
    }
  }
  if (merged.shards().empty()) {
    complain("none of the shards has results yet");
    return std::unexpected(Exit::unfinished);
  }
  if (const u64 dropped = merged.drop_old_builds(); dropped > 0) {
    complain(
        fmt::format("results of {} builds are left out: {} builds are kept", dropped, kBuildsMax));
  }
  return merged;
}

Exit merge(const MergeArguments& arguments) {
  const auto merged = merge_of(arguments.from);
  if (!merged) return merged.error();
  if (const auto problem = write_renamed(arguments.into, to_text(*merged))) {
    complain(problem->sentence);
    return problem->exit;
  }
  Output out;
  out.write(summary_of(*merged));
  return out.finish(exit_of(*merged));
}

Exit report(const MergeArguments& arguments) {
  const auto merged = merge_of(arguments.from);
  if (!merged) return merged.error();
  std::string into = arguments.into;
  if (into.empty()) {
    const std::filesystem::path first{arguments.from.front()};
    into = (std::filesystem::is_directory(first) ? first : first.parent_path()) / "report.html";
  }
  if (const auto problem = write_renamed(into, html_report(*merged))) {
    complain(problem->sentence);
    return problem->exit;
  }
  Output out;
  out.line(into);
  return out.finish(Exit::pass);
}

void add_merge(CLI::App& campaign, Action& action) {
  auto* command = campaign.add_subcommand("merge", "What many shards found, together");
  const auto arguments = std::make_shared<MergeArguments>();
  arguments->into = "merged.ndjson";
  command->add_option("DIR", arguments->from, "Directories of results, and merged files")
      ->required();
  command->add_option("--into", arguments->into,
                      "The file to write: merged.ndjson, if not said otherwise");
  command->callback([arguments, &action] { action = [arguments] { return merge(*arguments); }; });
}

void add_report(CLI::App& campaign, Action& action) {
  auto* command = campaign.add_subcommand("report", "One page of HTML of what shards found");
  const auto arguments = std::make_shared<MergeArguments>();
  command->add_option("DIR", arguments->from, "Directories of results, and merged files")
      ->required();
  command->add_option("--into", arguments->into,
                      "The page to write: report.html in the first DIR, if not said otherwise");
  command->callback([arguments, &action] { action = [arguments] { return report(*arguments); }; });
}

}  // namespace

void add_sim_campaign(CLI::App& sim, Action& action) {
  auto* campaign = sim.add_subcommand("campaign", "A million seeds, over many machines");
  campaign->require_subcommand(1);
  add_run(*campaign, action);
  add_merge(*campaign, action);
  add_report(*campaign, action);
}

}  // namespace snowflk::tools
