// `snowflk sim run`: one scenario, for one seed as a story, or for many.
#include <memory>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/check/history_text.hpp"
#include "sim/random.hpp"
#include "sim/story/phrases.hpp"
#include "tools/build_id.hpp"
#include "tools/chain_run.hpp"
#include "tools/commands.hpp"
#include "tools/current_run.hpp"
#include "tools/failure_file.hpp"
#include "tools/output.hpp"
#include "tools/overwriting.hpp"
#include "tools/sim_campaign.hpp"
#include "tools/sim_watchers.hpp"

namespace snowflk::tools {
namespace {

/// More operations than this are counted in a story, not told one by one.
constexpr u32 kOperationsToldMax = 40;

struct RunArguments : SimArguments {
  std::string scenario;
  std::string tla;
  std::string chain;
  std::string history;
  bool legend = false;
};

sim::story::Style style_of(const Loaded& loaded, u64 seed) {
  const auto options = sim::scenario::run_options(loaded.scenario, seed);
  return sim::story::Style{.colour = colour_wanted(),
                           .every_operation = options.workload.operations <= kOperationsToldMax};
}

void print_title(const Loaded& loaded, u64 seed, Output& out) {
  out.line(fmt::format("scenario={} hash={:016x} seed={} build={} generator={}", loaded.name,
                       loaded.scenario.hash, seed, build_id(), loaded.scenario.generator));
  out.write(sim::story::wrapped(loaded.scenario.story));
  if (loaded.scenario.swarm) {
    out.write(sim::story::wrapped(
        "drawn: " +
        sim::scenario::phrase_drawn(sim::scenario::run_options(loaded.scenario, seed))));
  }
  out.line("");
}

/// Runs `seed` with `watcher`, and its trace if one is asked for. False: it could not be written.
bool run_traced_or_not(const Loaded& loaded, u64 seed, const RunArguments& arguments,
                       sim::scenario::Watcher* watcher, Finished& run) {
  if (!arguments.trace.empty()) {
    if (!run_traced(loaded, seed, arguments.trace, watcher, run)) return false;
    if (exit_of(run) != Exit::pass) run.failure_file = arguments.trace;
    return true;
  }
  if (!arguments.chain.empty()) {
    if (!run_chained(loaded, seed, arguments.chain, {}, watcher, run)) return false;
  } else {
    run = run_timed(loaded, seed, watcher);
  }
  const bool judged = exit_of(run) != Exit::pass && exit_of(run) != Exit::usage;
  if (judged && arguments.failures != "none") {
    leave_failure_file(loaded, arguments.failures, run);
  }
  return true;
}

bool told(const FileSink& sink) {
  if (sink.error() == 0) return true;
  complain(fmt::format("{}: {}", sink.path(), std::generic_category().message(sink.error())));
  return false;
}

/// The same, with its actions written for TLC if that is asked for.
bool run_with_actions(const Loaded& loaded, u64 seed, const RunArguments& arguments,
                      sim::scenario::Watcher* watcher, Finished& run) {
  if (arguments.tla.empty()) return run_traced_or_not(loaded, seed, arguments, watcher, run);
  FileSink sink{arguments.tla};
  if (sink.error() == 0) {
    TlaTracer tracer{sink, identity_of(loaded, seed),
                     sim::scenario::run_options(loaded.scenario, seed).nodes};
    Pair both{&tracer, watcher};
    if (!run_traced_or_not(loaded, seed, arguments, &both, run)) return false;
    sink.drain(true);
  }
  return told(sink);
}

/// What clients asked and were answered, for `sim check` and the checkers of others.
class HistoryWriter final : public sim::scenario::Watcher {
 public:
  explicit HistoryWriter(FileSink& sink) : sink_(&sink) {}
  void event(const sim::World&, const sim::StepRecord&) override {}
  void say(const sim::World&, std::string_view) override {}
  void ended(const sim::World& world) override {
    // This form alone has a word for every command.
    sink_->buffer() += *sim::write_history(world.history(), sim::HistoryForm::ndjson);
  }

 private:
  FileSink* sink_;
};

/// The same, with the clients' history written if that is asked for.
bool run_watched(const Loaded& loaded, u64 seed, const RunArguments& arguments,
                 sim::scenario::Watcher* watcher, Finished& run) {
  if (arguments.history.empty()) return run_with_actions(loaded, seed, arguments, watcher, run);
  FileSink sink{arguments.history};
  if (sink.error() == 0) {
    HistoryWriter writer{sink};
    Pair both{&writer, watcher};
    if (!run_with_actions(loaded, seed, arguments, &both, run)) return false;
    sink.drain(true);
  }
  return told(sink);
}

/// The option that has - for a file; empty: none.
std::string_view on_standard_output(const RunArguments& arguments) {
  if (arguments.trace == "-") return "--trace";
  if (arguments.chain == "-") return "--chain";
  if (arguments.history == "-") return "--history";
  return arguments.tla == "-" ? "--tla" : "";
}

Exit run_one(const Loaded& loaded, u64 seed, const RunArguments& arguments) {
  if (const auto option = on_standard_output(arguments); !option.empty()) {
    complain(
        fmt::format("{}: expected a file, found -: the story and the verdict stand on standard "
                    "output",
                    option));
    return Exit::usage;
  }
  // In a process of its own, so that a crash is told as an object too.
  if (arguments.json && arguments.trace.empty() && arguments.tla.empty() &&
      arguments.chain.empty() && arguments.history.empty()) {
    return run_many(loaded, sim::SeedRange{.first = seed, .last = seed}, arguments);
  }
  Output out;
  Finished run;
  if (arguments.json) {
    if (!run_watched(loaded, seed, arguments, nullptr, run)) return Exit::environment;
    out.line(json_object(loaded, run));
    return out.finish(exit_of(run));
  }
  if (arguments.legend) out.line(sim::story::legend());
  print_title(loaded, seed, out);
  StoryTeller teller{style_of(loaded, seed), out};
  const CurrentStory told_until_then{out};
  if (!run_watched(loaded, seed, arguments, &teller, run)) return Exit::environment;
  teller.finish();
  out.line("");
  if (loaded.scenario.swarm) {
    out.write(sim::story::wrapped("came: " + sim::scenario::phrase_fired(run.result.faults)));
  }
  out.write(failure_lines(loaded, run));
  if (!run.result.missed.empty()) out.line("the run shows nothing here: " + run.result.missed);
  out.line(verdict_line(run));
  return out.finish(exit_of(run));
}

Exit usage(const std::string& sentence) {
  complain(sentence);
  return Exit::usage;
}

Exit run(const RunArguments& arguments) {
  const auto loaded = load_scenario(arguments.scenario);
  if (!loaded) return loaded.error();
  const auto lost = overwriting({{"--trace", arguments.trace},
                                 {"--chain", arguments.chain},
                                 {"--tla", arguments.tla},
                                 {"--history", arguments.history}},
                                arguments.scenario);
  if (lost) return usage(*lost);
  if (arguments.seeds.empty()) {
    const auto seed = arguments.seed.empty() ? loaded->scenario.seed : parse_seed(arguments.seed);
    return seed ? run_one(*loaded, *seed, arguments) : usage("--seed: " + seed.error());
  }
  const auto seeds = parse_seeds(arguments.seeds);
  if (!seeds) return usage("--seeds: " + seeds.error());
  if (!arguments.trace.empty()) return usage("--trace is for one seed: say --seed N");
  if (!arguments.tla.empty()) return usage("--tla is for one seed: say --seed N");
  if (!arguments.chain.empty()) return usage("--chain is for one seed: say --seed N");
  if (!arguments.history.empty()) return usage("--history is for one seed: say --seed N");
  return run_many(*loaded, *seeds, arguments);
}

}  // namespace

void add_sim_run(CLI::App& sim, Action& action) {
  auto* command = sim.add_subcommand("run", "Run a scenario and judge it");
  const auto arguments = std::make_shared<RunArguments>();
  command->add_option("SCENARIO", arguments->scenario, "A file; see docs/SCENARIOS.md")->required();
  auto* seed = command->add_option("--seed", arguments->seed, "One seed, told as a story");
  command->add_option("--seeds", arguments->seeds, "A range of seeds: 1..50")->excludes(seed);
  auto* trace = command->add_option("--trace", arguments->trace,
                                    "Write every event with its cause to this file");
  command
      ->add_option(
          "--chain", arguments->chain,
          "Write digests of what happens and of all state to this file; see docs/BISECT.md")
      ->excludes(trace);
  command->add_option("--tla", arguments->tla,
                      "Write the actions of Raft's specification to this file; see docs/TRACES.md");
  command->add_option("--history", arguments->history,
                      "Write what clients asked and were answered to this file; see "
                      "docs/HISTORIES.md");
  command->add_flag("--legend", arguments->legend, "Say first what the columns mean");
  add_common_options(*command, *arguments);
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace snowflk::tools
