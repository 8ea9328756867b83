// `snowflk sim explain`: which steps of a failing schedule are needed, and which decided it.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/trace/json.hpp"
#include "sim/scenario/write.hpp"
#include "sim/search/explain.hpp"
#include "sim/search/shrink.hpp"
#include "tools/commands.hpp"
#include "tools/failed_run.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

using sim::search::Explanation;
using sim::search::Failure;
using sim::search::Recording;

struct ExplainArguments {
  std::string file;
  std::string seed;
  bool json = false;
};

/// The script asks for what cannot be, so that the run says nothing of the core.
bool cannot_go_on(const Failure& failure) {
  return failure.kind == sim::ViolationKind::mistake && !failure.none();
}

/// What the run is without a step, in a few words.
std::string_view fate_without(const Failure& without, const Failure& failure) {
  if (without.none()) return "passes";
  if (cannot_go_on(without)) return "cannot go on";
  return without.is_like(failure) ? "fails alike" : "fails otherwise";
}

/// Without its note. What a step waits for or expects is told in the words of the file.
std::string step_text(const Loaded& loaded, std::size_t at) {
  sim::scenario::Step step = loaded.scenario.script[at];
  step.note.clear();
  if (step.claims.empty()) return sim::scenario::write_step(step);
  auto own = nlohmann::ordered_json::parse(loaded.text)["script"][at];
  own.erase("note");
  return own.dump();
}

std::string as_text(const Loaded& loaded, const Failure& failure, const Explanation& explanation) {
  std::string text = fmt::format("{} does not hold: {}\n\n", failure.property, failure.sentence);
  text += fmt::format("{:>4}  {:<16} {}\n", "step", "without it", "what it does");
  for (const auto& [at, without] : explanation.without) {
    const sim::scenario::Step& step = loaded.scenario.script[at];
    text += fmt::format(
        "{:>4}  {:<16} {}{}{}\n", at + 1, fate_without(without, failure), step_text(loaded, at),
        sim::search::is_fault(step) ? "   a fault" : "",
        at == explanation.decided_at ? "   decides: healed from here on, it fails" : "");
  }
  return text;
}

std::string as_json(const Loaded& loaded, const Failure& failure, const Explanation& explanation) {
  std::string out;
  trace::JsonWriter json{out};
  json.begin_object().member("property", failure.property).member("sentence", failure.sentence);
  json.key("steps").begin_array();
  for (const auto& [at, without] : explanation.without) {
    const sim::scenario::Step& step = loaded.scenario.script[at];
    json.begin_object().key("step").raw(step_text(loaded, at));
    json.member("without", fate_without(without, failure));
    json.member("fault", sim::search::is_fault(step));
    json.member("decides", at == explanation.decided_at).end_object();
  }
  json.end_array().end_object();
  return out;
}

Exit refuse(const std::string& why) {
  complain(why);
  return Exit::usage;
}

Exit run(const ExplainArguments& arguments) {
  const auto failed = load_failed_run(arguments.file, arguments.seed);
  if (!failed) return failed.error();
  const auto& scenario = failed->loaded.scenario;
  if (scenario.script.empty()) {
    return refuse(fmt::format(
        "{} has no script whose steps could be left out: snowflk sim shrink makes one of it",
        failed->loaded.name));
  }
  const Recording recording{.scenario = scenario,
                            .options = sim::scenario::run_options(scenario, failed->seed)};
  const Failure failure = sim::search::try_out(recording).failure;
  if (failure.none()) return refuse(failed->origin + " passes");
  if (cannot_go_on(failure)) return refuse("nothing of the core fails: " + failure.sentence);
  const Explanation explanation = sim::search::explain(recording, failure);
  Output out;
  if (arguments.json) {
    out.line(as_json(failed->loaded, failure, explanation));
    return out.finish(Exit::pass);
  }
  out.write(as_text(failed->loaded, failure, explanation));
  u64 needed = 0;
  u64 supporting = 0;
  for (const auto& [at, without] : explanation.without) {
    if (cannot_go_on(without)) {
      supporting += 1;
    } else if (!without.is_like(failure)) {
      needed += 1;
    }
  }
  out.line(fmt::format(
      "steps={} needed={}{} faults={} decided_at={} runs={}", scenario.script.size(), needed,
      supporting == 0 ? "" : fmt::format(" cannot_go_on_without={}", supporting),
      sim::search::count_faults(scenario),
      explanation.decided_at == SIZE_MAX ? scenario.script.size() : explanation.decided_at + 1,
      explanation.runs));
  return out.finish(Exit::pass);
}

}  // namespace

void add_sim_explain(CLI::App& sim, Action& action) {
  auto* command = sim.add_subcommand("explain", "Say which steps of a failing schedule are needed");
  const auto arguments = std::make_shared<ExplainArguments>();
  command->add_option("FILE", arguments->file, "A scenario with a script that fails")->required();
  command->add_option("--seed", arguments->seed, "The seed that fails");
  command->add_flag("--json", arguments->json, "A JSON object instead of text");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace snowflk::tools
