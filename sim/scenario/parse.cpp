// From judged values to a Scenario. What forms.cpp cannot say of one value alone is judged here,
// and of a step in parse_step.cpp: names before their use, options that fit together.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/hash.hpp"
#include "sim/scenario/forms.hpp"
#include "sim/scenario/parse_detours.hpp"
#include "sim/scenario/parse_parts.hpp"
#include "sim/scenario/parse_step.hpp"
#include "sim/scenario/reference.hpp"

namespace snowflk::sim::scenario {
namespace {

constexpr u64 kHashKey = 0x7363656e6172696fULL;

/// The scenario's form, with all members judged but the script and what is expected in the end:
/// those need the names that the script gives.
std::optional<Fault> check_head(const Value& file, Names& names) {
  if (file.kind != ValueKind::object) return check(file, scenario_form(), "$", names);
  const Value* nodes = file.find("nodes");
  const bool counted = nodes != nullptr && nodes->kind == ValueKind::integer &&
                       nodes->integer >= 1 && nodes->integer <= 9;
  names.nodes = counted ? static_cast<u32>(nodes->integer) : 3;
  Value head = file;
  for (std::size_t at = 0; at < head.items.size(); ++at) {
    if (head.keys[at] != "script" && head.keys[at] != "expect") continue;
    head.items.erase(head.items.begin() + static_cast<std::ptrdiff_t>(at));
    head.keys.erase(head.keys.begin() + static_cast<std::ptrdiff_t>(at));
    at -= 1;
  }
  return check(head, scenario_form(), "$", names);
}

void add_start(const Value& file, Scenario& scenario) {
  const Value* start = file.find("start");
  if (start == nullptr) return;
  scenario.start.resize(scenario.nodes);
  for (std::size_t at = 0; at < start->items.size(); ++at) {
    const u32 node = *parse_node_number(start->keys[at]);
    const Value& state = start->items[at];
    StartingLog& log = scenario.start[node - 1];
    if (const Value* terms = state.find("log")) {
      for (const Value& term : terms->items) {
        log.entry_terms.push_back(Term{static_cast<u64>(term.integer)});
      }
    }
    if (!log.entry_terms.empty()) log.term = log.entry_terms.back();
    if (const Value* term = state.find("term")) log.term = Term{static_cast<u64>(term->integer)};
    if (const Value* vote = state.find("vote")) log.voted_for = NodeId{node_ref(*vote).number};
    if (const Value* commit = state.find("commit")) {
      log.commit_index = LogIndex{static_cast<u64>(commit->integer)};
    }
  }
}

void add_versions(const Value& file, Scenario& scenario) {
  const Value* versions = file.find("versions");
  if (versions == nullptr) return;
  scenario.versions.resize(scenario.nodes);
  for (std::size_t at = 0; at < versions->items.size(); ++at) {
    const u32 node = *parse_node_number(versions->keys[at]);
    scenario.versions[node - 1] = versions->items[at].integer;
  }
}

void add_head(const Value& file, Scenario& scenario) {
  scenario.story = text_of(file, "story");
  if (const Value* nodes = file.find("nodes")) scenario.nodes = static_cast<u32>(nodes->integer);
  if (const Value* seed = file.find("seed")) scenario.seed = static_cast<u64>(seed->integer);
  scenario.swarm = flag_of(file, "swarm", false);
  if (const Value* version = file.find("generator")) {
    scenario.generator = static_cast<u32>(version->integer);
  }
  scenario.property = text_of(file, "property");
  for (const ViolationKind kind :
       {ViolationKind::safety, ViolationKind::liveness, ViolationKind::linearizability}) {
    if (text_of(file, "verdict") == name_of(kind)) scenario.verdict = kind;
  }
  for (const Mode mode : {Mode::lite, Mode::swarm, Mode::beyond}) {
    if (text_of(file, "mode") == name_of(mode)) scenario.mode = mode;
  }
  scenario.heal = flag_of(file, "heal", true);
  scenario.recorded = flag_of(file, "recorded", false);
  scenario.under_way = flag_of(file, "under_way", false);
  for (const Value* word : items_of(file.find("by_hand"))) scenario.by_hand.push_back(word->text);
  add_start(file, scenario);
  add_versions(file, scenario);
}

/// Who draws, and what: of those that stand there, whether they fit together.
std::optional<Fault> wrong_draw(const Value& file, const Scenario& scenario) {
  for (const std::string_view key : {"mode", "generator"}) {
    const Value* value = file.find(key);
    if (value == nullptr || scenario.swarm) continue;
    return Fault{
        .line = value->line,
        .path = fmt::format("$.{}", key),
        .text = fmt::format("\"{}\" says how a swarm draws: it needs \"swarm\": true", key)};
  }
  if (draws(scenario.generator, scenario.mode)) return std::nullopt;
  return Fault{.line = file.find("generator")->line,
               .path = "$.generator",
               .text = fmt::format("generator {} knows no mode \"{}\"", scenario.generator,
                                   name_of(scenario.mode))};
}

std::optional<Fault> add_script(const Value& file, Names& names, Scenario& scenario) {
  const Value* script = file.find("script");
  if (script == nullptr) return std::nullopt;
  if (script->kind != ValueKind::list) {
    return Fault{.line = script->line,
                 .path = "$.script",
                 .text = fmt::format("expected a list, found {}", name_of(script->kind))};
  }
  for (std::size_t at = 0; at < script->items.size(); ++at) {
    auto step = parse_step(script->items[at], fmt::format("$.script[{}]", at), names);
    if (!step) return step.error();
    scenario.script.push_back(*std::move(step));
  }
  return std::nullopt;
}

std::optional<Fault> add_expect(const Value& file, const Names& names, Scenario& scenario) {
  const Value* expect = file.find("expect");
  if (expect == nullptr) return std::nullopt;
  if (auto wrong = check(*expect, expectation_form(), "$.expect", names)) return wrong;
  scenario.expect = claims_of(*expect, "$.expect");
  return std::nullopt;
}

// What no key alone can say: of which group it is wrong is found by giving each group alone to the
// gate of worlds.
Fault wrong_together(const Scenario& scenario, const WorldOptions& options, std::string why) {
  const Value& file = scenario.file;
  const Value* start = file.find("start");
  for (std::size_t at = 0; start != nullptr && at < start->items.size(); ++at) {
    const u32 node = *parse_node_number(start->keys[at]);
    if (!invalid_start(scenario.start[node - 1], scenario.nodes)) continue;
    return Fault{.line = start->items[at].line,
                 .path = fmt::format("$.start.{}", start->keys[at]),
                 .text = std::move(why)};
  }
  const auto wrong_alone = [&](auto group) {
    WorldOptions alone;
    alone.nodes = options.nodes;
    alone.*group = options.*group;
    return invalid(alone).has_value();
  };
  for (const auto& [name, wrong] : {std::pair{"network", wrong_alone(&WorldOptions::network)},
                                    std::pair{"disk", wrong_alone(&WorldOptions::disk)},
                                    std::pair{"clock", wrong_alone(&WorldOptions::clock)},
                                    std::pair{"faults", wrong_alone(&WorldOptions::faults)},
                                    std::pair{"workload", wrong_alone(&WorldOptions::workload)},
                                    std::pair{"node", wrong_alone(&WorldOptions::node)}}) {
    const Value* group = file.find(name);
    if (!wrong || group == nullptr) continue;
    return Fault{.line = group->line, .path = fmt::format("$.{}", name), .text = std::move(why)};
  }
  return Fault{.line = file.line, .path = "$", .text = std::move(why)};
}

}  // namespace

std::expected<Scenario, Fault> parse(std::string_view bytes) {
  auto file = parse_json(bytes);
  if (!file) return std::unexpected(file.error());
  Names names;
  Scenario scenario;
  if (auto wrong = check_head(*file, names)) return std::unexpected(*wrong);
  add_head(*file, scenario);
  if (auto wrong = wrong_draw(*file, scenario)) return std::unexpected(*wrong);
  if (!scenario.property.empty() && !scenario.verdict) {
    return std::unexpected(Fault{.line = file->find("property")->line,
                                 .path = "$.property",
                                 .text = "a run that passes breaks no property: \"verdict\" says "
                                         "how it must end"});
  }
  auto detours = parse_detours(*file);
  if (!detours) return std::unexpected(detours.error());
  scenario.detours = *std::move(detours);
  if (auto wrong = add_script(*file, names, scenario)) return std::unexpected(*wrong);
  if (auto wrong = add_expect(*file, names, scenario)) return std::unexpected(*wrong);
  scenario.file = *std::move(file);
  scenario.hash = hash64(as_bytes(bytes), kHashKey);
  const WorldOptions options = options_of(scenario, quiet_options(scenario));
  if (auto why = invalid(options)) {
    return std::unexpected(wrong_together(scenario, options, *std::move(why)));
  }
  return scenario;
}

}  // namespace snowflk::sim::scenario
