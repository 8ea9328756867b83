// Files that people write and other programs leave: configuration, scenarios, traces, histories,
// results of campaigns. What is wrong is said in a sentence; what is right can be used.
#include <limits>

#include "real/config.hpp"
#include "sim/check/history_text.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/scenario/run.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace_file/trace_file.hpp"
#include "tests/fuzz/targets.hpp"
#include "tools/campaign_merge.hpp"
#include "tools/campaign_results.hpp"

namespace snowflk::fuzz {
namespace {

/// Each line of `text`, without its end.
template <class Visit>
void for_each_line(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    visit(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
}

}  // namespace

void server_config(Bytes input) {
  const std::string text{as_text(input)};
  real::Config config;
  if (const auto read = real::read_yaml(config, text, "node.yml"); !read) {
    SNOWFLK_ASSERT(!read.error().text.empty());
    return;
  }
  // What was given is shown as a text that gives the same.
  for (const real::Key& key : real::keys()) {
    if (!config.given(key.name)) continue;
    real::Config again;
    SNOWFLK_ASSERT(real::set(again, key, real::show(config, key)).has_value());
    SNOWFLK_ASSERT(real::show(again, key) == real::show(config, key));
  }
  if (const auto settled = real::settle(config); !settled) {
    SNOWFLK_ASSERT(!settled.error().text.empty());
  }
}

void scenario_file(Bytes input) {
  const auto scenario = sim::scenario::parse(as_text(input));
  if (!scenario) {
    SNOWFLK_ASSERT(!sim::scenario::describe("file.json", scenario.error()).empty());
    return;
  }
  for (const u64 seed : {u64{1}, scenario->seed}) {
    const sim::WorldOptions options = sim::scenario::run_options(*scenario, seed);
    SNOWFLK_ASSERT(options.nodes >= 1);
  }
}

void trace_file(Bytes input) {
  bool first = true;
  for_each_line(as_text(input), [&](std::string_view line) {
    SNOWFLK_ASSERT(!sim::trace_file::describe_event(line).empty());
    static_cast<void>(sim::trace_file::parse_ending(line));
    if (!std::exchange(first, false)) return;
    const auto identity = sim::trace_file::parse_header(line);
    if (!identity) {
      SNOWFLK_ASSERT(!identity.error().empty());
      return;
    }
    scenario_file(as_bytes(identity->scenario_text));
  });
}

void client_history(Bytes input) {
  const auto history = sim::read_history(as_text(input));
  if (!history) {
    SNOWFLK_ASSERT(history.error().line >= 1);
    SNOWFLK_ASSERT(!history.error().what.empty());
    return;
  }
  sim::LinearLimits limits;
  limits.steps_max = 2'000;
  limits.memo_slots_max = 1U << 10;
  const auto verdict = sim::judge_linearizable(*history, limits);
  for (const sim::OperationId id : verdict.operations) {
    SNOWFLK_ASSERT(!sim::describe(*history, id).empty());
  }
  // What can be written in a form is read back from it.
  for (const sim::HistoryForm form :
       {sim::HistoryForm::ndjson, sim::HistoryForm::knossos, sim::HistoryForm::porcupine}) {
    const auto text = sim::write_history(*history, form);
    if (!text) continue;
    const auto again = sim::read_history(*text);
    SNOWFLK_ASSERT(again.has_value());
    SNOWFLK_ASSERT(again->operations().size() == history->operations().size());
  }
}

void campaign_results(Bytes input) {
  const auto file = tools::parse_results("results.ndjson", as_text(input));
  if (!file) {
    SNOWFLK_ASSERT(file.error().exit == tools::Exit::usage);
  } else if (*file) {
    SNOWFLK_ASSERT((*file)->whole_bytes <= input.size());
    SNOWFLK_ASSERT((*file)->so_far.failed == (*file)->failures.size());
    SNOWFLK_ASSERT((*file)->so_far.excused == (*file)->weak.excused.size());
    SNOWFLK_ASSERT((*file)->so_far.undecided == (*file)->weak.undecided.size());
    if ((*file)->so_far.ran > 0) {
      SNOWFLK_ASSERT((*file)->so_far.ledger.size() == (*file)->ways.size());
    }
    static_cast<void>(tools::seeds_of((*file)->begin.identity));
  }
}

}  // namespace snowflk::fuzz
