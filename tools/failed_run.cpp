#include "tools/failed_run.hpp"

#include <fmt/format.h>

#include "sim/trace_file/trace_file.hpp"
#include "tools/output.hpp"
#include "tools/read_file.hpp"

namespace snowflk::tools {
namespace {

std::unexpected<Exit> refuse(const std::string& sentence) {
  complain(sentence);
  return std::unexpected(Exit::usage);
}

/// A trace has its scenario and its seed in its first line.
OrExit<FailedRun> of_trace(const sim::trace_file::Identity& identity) {
  auto loaded = load_text(identity.scenario, identity.scenario_text);
  if (!loaded) return std::unexpected(loaded.error());
  return FailedRun{.loaded = *std::move(loaded), .seed = identity.seed, .origin = {}};
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
  if (const auto identity = sim::trace_file::parse_header(first)) {
    run = of_trace(*identity);
  } else {
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
