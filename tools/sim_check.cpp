// `snowflk sim check HISTORY`: is a recorded history linearizable? Of any system; docs/HISTORIES.md
// describes the forms that can be read and written.
#include <cstdio>
#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/check/history_text.hpp"
#include "sim/check/linearizability.hpp"
#include "tools/commands.hpp"
#include "tools/output.hpp"
#include "tools/overwriting.hpp"
#include "tools/read_file.hpp"

namespace snowflk::tools {
namespace {

struct CheckArguments {
  std::string file;
  bool json = false;
  std::string export_form;
  std::string export_file;
  u64 steps_max = sim::LinearLimits{}.steps_max;
};

std::optional<sim::HistoryForm> parse_form(std::string_view name) {
  for (const sim::HistoryForm form :
       {sim::HistoryForm::ndjson, sim::HistoryForm::knossos, sim::HistoryForm::porcupine}) {
    if (name_of(form) == name) return form;
  }
  return std::nullopt;
}

Exit export_history(const sim::History& history, const CheckArguments& arguments) {
  const auto form = parse_form(arguments.export_form);
  SNOWFLK_ASSERT(form);
  const auto text = sim::write_history(history, *form);
  if (!text) {
    complain(text.error());
    return Exit::usage;
  }
  if (arguments.export_file == "-") {
    Output out;
    out.write(*text);
    return out.finish(Exit::pass);
  }
  std::ofstream file{arguments.export_file, std::ios::binary};
  file << *text;
  file.flush();
  if (file) return Exit::pass;
  complain(fmt::format("{}: cannot be written", arguments.export_file));
  return Exit::environment;
}

Exit exit_of(sim::Judgement judgement) {
  switch (judgement) {
    case sim::Judgement::linearizable: return Exit::pass;
    case sim::Judgement::not_linearizable: return Exit::linearizability;
    case sim::Judgement::undecided: return Exit::unfinished;
  }
  return Exit::assertion;
}

std::string as_json(const sim::History& history, const sim::LinearVerdict& verdict) {
  nlohmann::ordered_json json;
  json["verdict"] = name_of(verdict.judgement);
  json["operations"] = history.operations().size();
  json["partitions"] = verdict.partitions;
  json["steps"] = verdict.steps;
  json["sentence"] = verdict.sentence;
  json["violating"] = nlohmann::ordered_json::array();
  for (const sim::OperationId id : verdict.operations) {
    json["violating"].push_back({{"operation", id.value},
                                 {"process", history.operation(id).process},
                                 {"text", describe(history, id)}});
  }
  using Json = nlohmann::ordered_json;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string as_text(const sim::History& history, const sim::LinearVerdict& verdict) {
  std::string out;
  if (!verdict.sentence.empty()) out += verdict.sentence + "\n";
  out += fmt::format("verdict={} operations={} keys={} steps={}", name_of(verdict.judgement),
                     history.operations().size(), verdict.partitions, verdict.steps);
  return out;
}

Exit run_check(const CheckArguments& arguments) {
  if (const auto lost = overwriting({{"--to", arguments.export_file}}, arguments.file)) {
    complain(*lost);
    return Exit::usage;
  }
  const auto text = read_file(arguments.file);
  if (!text) {
    complain(text.error().sentence);
    return text.error().exit;
  }
  const auto history = sim::read_history(*text);
  if (!history) {
    complain(fmt::format("{}:{}: {}", arguments.file, history.error().line, history.error().what));
    return Exit::usage;
  }
  if (!arguments.export_form.empty()) {
    const Exit exported = export_history(*history, arguments);
    if (exported != Exit::pass || arguments.export_file == "-") return exported;
  }
  sim::LinearLimits limits;
  limits.steps_max = arguments.steps_max;
  const sim::LinearVerdict verdict = judge_linearizable(*history, limits);
  Output out;
  out.line(arguments.json ? as_json(*history, verdict) : as_text(*history, verdict));
  return out.finish(exit_of(verdict.judgement));
}

}  // namespace

void add_sim_check(CLI::App& sim, Action& action) {
  auto arguments = std::make_shared<CheckArguments>();
  auto& check = *sim.add_subcommand("check", "Judge a recorded history for linearizability");
  check.add_option("HISTORY", arguments->file, "Events as NDJSON, EDN or a Jepsen log; - is stdin")
      ->required();
  check.add_flag("--json", arguments->json, "One JSON object instead of text");
  auto* form = check
                   .add_option("--export", arguments->export_form,
                               "Write the history as ndjson, knossos or porcupine, to --to")
                   ->check(CLI::IsMember({"ndjson", "knossos", "porcupine"}));
  check.add_option("--to", arguments->export_file, "The file to export to; - is stdout")
      ->needs(form);
  check.add_option("--steps", arguments->steps_max, "Give up (exit code 8) after so many steps");
  check.callback([&action, arguments] {
    if (arguments->export_file.empty()) arguments->export_file = "-";
    action = [arguments] { return run_check(*arguments); };
  });
}

}  // namespace snowflk::tools
