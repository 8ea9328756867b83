#include "tools/failed_run.hpp"

#include <fmt/format.h>

#include "sim/chain/chain_file.hpp"
#include "sim/random.hpp"
#include "sim/swarm.hpp"
#include "tools/output.hpp"
#include "tools/read_file.hpp"

namespace snowflk::tools {
namespace {

std::unexpected<Exit> refuse(const std::string& sentence) {
  complain(sentence);
  return std::unexpected(Exit::usage);
}

/// A trace, or a chain file, has its scenario and its seed in its first line.
OrExit<FailedRun> of_recording(const std::string& file, const sim::trace_file::Identity& identity) {
  auto loaded = load_text(identity.scenario, identity.scenario_text);
  if (!loaded) return std::unexpected(loaded.error());
  loaded->scenario.generator = identity.generator;  // where the file does not say, the newest then
  if (identity.generator < 1 || identity.generator > sim::kGeneratorVersion ||
      (loaded->scenario.swarm && !sim::draws(identity.generator, loaded->scenario.mode))) {
    return refuse(fmt::format("{}: recorded by generator {}, this build has 1 to {}", file,
                              identity.generator, sim::kGeneratorVersion));
  }
  return FailedRun{.loaded = *std::move(loaded), .seed = identity.seed, .origin = {}};
}

/// Of the last line.
std::optional<sim::trace_file::Ending> ending_in(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return sim::trace_file::parse_ending(text.substr(text.rfind('\n') + 1));
}

}  // namespace

OrExit<FailedRun> load_failed_run(const std::string& file, const std::string& seed) {
  auto text = read_file(file);
  if (!text) {
    complain(text.error().sentence);
    return std::unexpected(text.error().exit);
  }
  OrExit<FailedRun> run = std::unexpected(Exit::usage);
  const std::string_view first = std::string_view{*text}.substr(0, text->find('\n'));
  auto identity = sim::trace_file::parse_header(first);
  if (!identity) identity = sim::trace_file::parse_header(first, sim::chain::kSchema);
  if (identity && !seed.empty()) {
    return refuse(fmt::format("{}: it was recorded with seed {}: --seed is of a scenario", file,
                              identity->seed));
  }
  if (identity) {
    run = of_recording(file, *identity);
    if (run) run->recorded = ending_in(*text);
  } else {
    const std::size_t begin = text->find_first_not_of(" \t\r\n");
    if (begin == std::string::npos || (*text)[begin] != '{') {
      return refuse(file + ": neither a scenario, nor a trace, nor a chain file");
    }
    auto loaded = load_text(file, *std::move(text));
    if (!loaded) return std::unexpected(loaded.error());
    run = FailedRun{.loaded = *std::move(loaded), .seed = 0, .origin = {}};
    run->seed = run->loaded.scenario.seed;
  }
  if (run && !seed.empty()) {
    const auto number = parse_seed(seed);
    if (!number) return refuse("--seed: " + number.error());
    run->seed = *number;
  }
  if (run) run->origin = fmt::format("seed {} of {}", run->seed, run->loaded.name);
  return run;
}

}  // namespace snowflk::tools
