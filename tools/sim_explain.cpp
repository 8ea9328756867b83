// `snowflk sim explain`: which steps of a failing schedule are needed, and which decided it; of a
// seed that fails, which classes of faults, and until when.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/quantity.hpp"
#include "core/trace/json.hpp"
#include "sim/scenario/write.hpp"
#include "sim/search/explain.hpp"
#include "sim/search/explain_drawn.hpp"
#include "sim/search/shrink.hpp"
#include "tools/commands.hpp"
#include "tools/failed_run.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

using sim::search::DrawnExplanation;
using sim::search::Explanation;
using sim::search::Failure;
using sim::search::Recording;

struct ExplainArguments {
  std::string file;
  std::string seed;
  unsigned jobs = 1;
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

/// Of a long step its beginning: values of kilobytes say little.
std::string beginning_of(const std::string& text) {
  constexpr std::size_t kShown = 160;
  if (text.size() <= kShown) return text;
  std::size_t end = kShown;
  while (end > 0 && (static_cast<u8>(text[end]) & 0xC0U) == 0x80U) end -= 1;  // no part of a letter
  return fmt::format("{}... ({} bytes)", text.substr(0, end), text.size());
}

std::string as_text(const Loaded& loaded, const Failure& failure, const Explanation& explanation) {
  std::string text = fmt::format("{} does not hold: {}\n\n", failure.property, failure.sentence);
  text += fmt::format("{:>4}  {:<16} {}\n", "step", "without it", "what it does");
  for (const auto& [at, without] : explanation.without) {
    const sim::scenario::Step& step = loaded.scenario.script[at];
    text += fmt::format(
        "{:>4}  {:<16} {}{}{}\n", at + 1, fate_without(without, failure),
        beginning_of(step_text(loaded, at)), sim::search::is_fault(step) ? "   a fault" : "",
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

std::string drawn_as_text(const Failure& failure, const DrawnExplanation& explanation) {
  std::string text = fmt::format("{} does not hold: {}\n\n", failure.property, failure.sentence);
  text += fmt::format("{:<20} {}\n", "class of faults", "without it");
  u64 needed = 0;
  for (const auto& [name, without] : explanation.without) {
    text += fmt::format("{:<20} {}\n", name, fate_without(without, failure));
    if (!without.is_like(failure)) needed += 1;
  }
  const std::string enough =
      explanation.enough.empty() ? "none" : fmt::format("{}", fmt::join(explanation.enough, ", "));
  text += fmt::format("\nwith these alone it fails alike: {}\n", enough);
  text += explanation.decided_at == Duration{0}
              ? "with no time for faults at all it fails alike\n"
              : fmt::format(
                    "with faults up to {} it fails alike, with those of a millisecond less "
                    "it does not\n",
                    snowflk::print(explanation.decided_at));
  text += fmt::format("classes={} needed={} enough={} decided_at={} runs={}\n",
                      explanation.without.size(), needed, explanation.enough.size(),
                      snowflk::print(explanation.decided_at), explanation.runs);
  return text;
}

std::string drawn_as_json(const Failure& failure, const DrawnExplanation& explanation) {
  std::string out;
  trace::JsonWriter json{out};
  json.begin_object().member("property", failure.property).member("sentence", failure.sentence);
  json.key("classes").begin_array();
  for (const auto& [name, without] : explanation.without) {
    json.begin_object().member("class", name);
    json.member("without", fate_without(without, failure)).end_object();
  }
  json.end_array().key("enough").begin_array();
  for (const std::string_view name : explanation.enough) json.value(name);
  json.end_array().member("decided_at_ns", explanation.decided_at.value).end_object();
  return out + "\n";
}

/// A run whose faults are drawn: class by class.
Exit explain_seed(const FailedRun& failed, const Recording& recording, const Failure& failure,
                  const ExplainArguments& arguments) {
  const DrawnExplanation explanation = sim::search::explain_drawn(
      failed.loaded.scenario, recording.options, failure, arguments.jobs);
  Output out;
  out.write(arguments.json ? drawn_as_json(failure, explanation)
                           : drawn_as_text(failure, explanation));
  return out.finish(Exit::pass);
}

/// A schedule: step by step.
Exit explain_steps(const FailedRun& failed, const Recording& recording, const Failure& failure,
                   bool json) {
  const auto& scenario = failed.loaded.scenario;
  const Explanation explanation = sim::search::explain(recording, failure);
  Output out;
  if (json) {
    out.line(as_json(failed.loaded, failure, explanation));
    return out.finish(Exit::pass);
  }
  out.write(as_text(failed.loaded, failure, explanation));
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

Exit run(const ExplainArguments& arguments) {
  const auto failed = load_failed_run(arguments.file, arguments.seed);
  if (!failed) return failed.error();
  const auto& scenario = failed->loaded.scenario;
  const Recording recording{.scenario = scenario,
                            .options = sim::scenario::run_options(scenario, failed->seed)};
  const Failure failure = sim::search::try_out(recording).failure;
  if (failure.none()) return refuse(failed->origin + " passes");
  if (cannot_go_on(failure)) return refuse("nothing of the core fails: " + failure.sentence);
  if (scenario.script.empty()) return explain_seed(*failed, recording, failure, arguments);
  return explain_steps(*failed, recording, failure, arguments.json);
}

}  // namespace

void add_sim_explain(CLI::App& sim, Action& action) {
  auto* command = sim.add_subcommand(
      "explain", "Say which steps of a failing schedule, or faults of a seed, are needed");
  const auto arguments = std::make_shared<ExplainArguments>();
  command
      ->add_option("FILE", arguments->file,
                   "A scenario with a script that fails, or what a failed run left")
      ->required();
  command->add_option("--seed", arguments->seed, "The seed that fails");
  command->add_option("--jobs", arguments->jobs, "Of a seed: how many processes try runs")
      ->check(CLI::Range(1U, 1024U));
  command->add_flag("--json", arguments->json, "A JSON object instead of text");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace snowflk::tools
