// `snowflk sim shrink`: a failed run becomes the smallest scenario that fails in the same way.
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/trace/json.hpp"
#include "sim/scenario/write.hpp"
#include "sim/search/record.hpp"
#include "sim/search/shrink.hpp"
#include "sim/search/simpler_options.hpp"
#include "sim/search/written.hpp"
#include "tools/commands.hpp"
#include "tools/failed_run.hpp"
#include "tools/failure_file.hpp"
#include "tools/output.hpp"
#include "tools/overwriting.hpp"
#include "tools/stop_signals.hpp"
#include "tools/write_whole.hpp"

namespace snowflk::tools {
namespace {

using sim::search::Failure;
using sim::search::Recording;
using sim::search::Trial;

struct ShrinkArguments {
  std::string file;
  std::string seed;
  std::string out;
  u64 runs = 20'000;
  unsigned jobs = 1;
  bool json = false;
};

/// Where the shrunk scenario goes if nothing is said: beside where the command is given.
std::string default_out(const FailedRun& run) {
  return file_name_of(run.loaded, run.seed) + ".min.json";
}

sim::search::ShrinkOptions options_of(const ShrinkArguments& arguments) {
  sim::search::ShrinkOptions options{.runs_max = arguments.runs,
                                     .jobs = std::max(1U, arguments.jobs),
                                     .progress = {},
                                     .stop_asked = StopSignals::asked};
  if (stderr_is_terminal()) {
    options.progress = [](std::string_view pass, std::size_t steps, u64 runs) {
      fmt::print(stderr, "\r\x1b[K{}: {} steps left after {} runs", pass, steps, runs);
    };
  }
  return options;
}

/// A file that was shrunk is a recording. Else: the run with as few drawn faults as it needs; or,
/// if that cannot be told, as it was.
std::expected<Recording, std::string> recorded(const FailedRun& failed, const Failure& failure,
                                               u32 jobs, u64& runs) {
  const auto& scenario = failed.loaded.scenario;
  const sim::WorldOptions drawn = sim::scenario::run_options(scenario, failed.seed);
  if (auto before = sim::search::recorded_before(scenario, drawn, failure, runs)) {
    return *std::move(before);
  }
  const auto simpler = sim::search::simpler_options(scenario, drawn, failure, jobs, runs);
  if (auto recording = sim::search::record_failure(scenario, simpler, failure, jobs, runs)) {
    return recording;
  }
  return sim::search::record_failure(scenario, drawn, failure, jobs, runs);
}

struct Told {
  std::string file;
  Failure failure;
  sim::search::Shrunk shrunk;
  Trial last;  // the run of the file as it was written
  u64 runs = 0;
};

/// Stopped, the file is whole, and what goes on with it.
Exit tell(const Told& told, bool json) {
  const Exit code = StopSignals::asked() && !told.shrunk.minimal ? Exit::unfinished : Exit::pass;
  const auto& scenario = told.shrunk.recording.scenario;
  const u64 faults = sim::search::count_faults(scenario);
  Output out;
  if (json) {
    std::string line;
    trace::JsonWriter{line}
        .begin_object()
        .member("file", told.file)
        .member("property", told.failure.property)
        .member("nodes", scenario.nodes)
        .member("steps", scenario.script.size())
        .member("faults", faults)
        .member("inputs", told.last.events)
        .member("runs", told.runs)
        .member("minimal", told.shrunk.minimal)
        .end_object();
    out.line(line);
    return out.finish(code);
  }
  if (code == Exit::unfinished) {
    out.line(fmt::format("stopped: by a signal (snowflk sim shrink {} goes on)", told.file));
  }
  out.line(fmt::format("{} does not hold: {}", told.failure.property, told.last.failure.sentence));
  out.line(fmt::format("the smallest that fails like it: {} (snowflk sim run {})", told.file,
                       told.file));
  out.line(fmt::format("shrunk nodes={} events={} faults={} inputs={} runs={} minimal={}",
                       scenario.nodes, scenario.script.size(), faults, told.last.events, told.runs,
                       told.shrunk.minimal ? "yes" : "no"));
  return out.finish(code);
}

Exit not_shrunk(const std::string& why) {
  complain(why);
  return Exit::usage;
}

/// As it will be in the file. Waits are from step to step there, and a message is the so-manieth
/// that waits: as that, more may be needless, or less.
void write_down(Told& told, sim::search::ShrinkOptions options) {
  options.runs_max -= std::min(options.runs_max, told.shrunk.runs);
  std::size_t before = SIZE_MAX;
  while (told.shrunk.recording.scenario.script.size() < before) {
    before = told.shrunk.recording.scenario.script.size();
    const Recording written = sim::search::with_round_waits(
        sim::search::as_written(told.shrunk.recording), told.failure, told.runs);
    told.shrunk = sim::search::shrink(written, told.failure, options);
    told.runs += told.shrunk.runs;
    options.runs_max -= std::min(options.runs_max, told.shrunk.runs);
  }
  told.shrunk.recording = sim::search::with_leaders_named(told.shrunk.recording);
}

Exit run(const ShrinkArguments& arguments) {
  if (const auto lost = overwriting({{"--out", arguments.out}}, arguments.file)) {
    return not_shrunk(*lost);
  }
  const auto failed = load_failed_run(arguments.file, arguments.seed);
  if (!failed) return failed.error();
  const StopSignals signals;
  const auto& scenario = failed->loaded.scenario;
  Told told;
  told.file = arguments.out.empty() ? default_out(*failed) : arguments.out;
  told.failure = sim::search::try_out(scenario, failed->seed).failure;
  told.runs = 1;
  if (told.failure.none()) return not_shrunk(fmt::format("{} passes", failed->origin));
  if (told.failure.kind == sim::ViolationKind::mistake) {
    return not_shrunk(fmt::format("{}: {}", failed->loaded.name, told.failure.sentence));
  }
  const auto options = options_of(arguments);
  const auto recording = recorded(*failed, told.failure, options.jobs, told.runs);
  if (!recording) return not_shrunk(fmt::format("{}: {}", failed->origin, recording.error()));
  told.shrunk = sim::search::shrink(*recording, told.failure, options);
  told.runs += told.shrunk.runs;
  write_down(told, options);
  if (options.progress) fmt::print(stderr, "\r\x1b[K");
  told.last = sim::search::try_out(told.shrunk.recording);
  const std::string text =
      sim::search::file_of(told.shrunk.recording, told.last.failure, failed->origin);
  const auto again = load_text(told.file, text);
  if (!again) return Exit::assertion;
  told.last = sim::search::try_out(again->scenario, again->scenario.seed);
  if (!told.last.failure.is_like(told.failure)) {
    return not_shrunk(fmt::format("{}: as a file it ends otherwise: {}", failed->origin,
                                  told.last.failure.sentence));
  }
  if (!write_whole(told.file, text)) return Exit::environment;
  return tell(told, arguments.json);
}

}  // namespace

void add_sim_shrink(CLI::App& sim, Action& action) {
  auto* command = sim.add_subcommand("shrink", "Make a failed run as small as it can be");
  const auto arguments = std::make_shared<ShrinkArguments>();
  command->add_option("FILE", arguments->file, "What a failed run left, or a scenario that fails")
      ->required();
  command->add_option("--seed", arguments->seed, "Of a scenario: the seed that fails");
  command->add_option("--out", arguments->out, "The scenario file that is written");
  command->add_option("--runs", arguments->runs,
                      "So many runs are tried at most, once the run is told as a schedule");
  command->add_option("--jobs", arguments->jobs, "How many processes try runs")
      ->check(CLI::Range(1U, 1024U));
  command->add_flag("--json", arguments->json, "A JSON object instead of text");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace snowflk::tools
