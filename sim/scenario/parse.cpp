// From judged values to a Scenario. What forms.cpp cannot say of one value alone is judged here:
// one verb a step, names before their use, options that fit together.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "core/base/hash.hpp"
#include "core/bitcask/disk.hpp"
#include "core/kv/command.hpp"
#include "sim/scenario/forms.hpp"
#include "sim/scenario/parse_detours.hpp"
#include "sim/scenario/parse_parts.hpp"
#include "sim/scenario/parse_places.hpp"
#include "sim/scenario/quantity.hpp"
#include "sim/scenario/reference.hpp"

namespace snowflk::sim::scenario {
namespace {

constexpr Duration kWithinDefault = seconds(10);
constexpr u64 kHashKey = 0x7363656e6172696fULL;

bool flag(const Value& object, std::string_view key, bool otherwise) {
  const Value* value = object.find(key);
  return value == nullptr ? otherwise : value->boolean;
}

std::string text(const Value& object, std::string_view key) {
  const Value* value = object.find(key);
  return value == nullptr ? std::string{} : value->text;
}

Duration duration(const Value& object, std::string_view key, Duration otherwise) {
  const Value* value = object.find(key);
  return value == nullptr ? otherwise : *parse_duration(value->text);
}

/// The items of a list, or the one value that stands for a list of one.
std::vector<const Value*> some(const Value* value) {
  std::vector<const Value*> items;
  if (value == nullptr) return items;
  if (value->kind != ValueKind::list) return {value};
  for (const Value& item : value->items) items.push_back(&item);
  return items;
}

bool is_all(const Value& value) { return value.kind == ValueKind::text && value.text == kAllNodes; }

void add_nodes(const Value* value, Step& step) {
  for (const Value* item : some(value)) {
    if (is_all(*item)) {
      step.all = true;
    } else {
      step.nodes.push_back(node_ref(*item));
    }
  }
}

void add_links(const Value* value, Step& step) {
  for (const Value* item : some(value)) {
    const auto link = parse_link(item->text);
    SNOWFLK_ASSERT(link.has_value());
    const NodeRef from = node_ref(link->from);
    const NodeRef to = node_ref(link->to);
    step.links.push_back(LinkRef{.from = from, .to = to});
    if (link->both_ways) step.links.push_back(LinkRef{.from = to, .to = from});
  }
}

void add_places(const Value& value, Step& step) {
  for (const Value* item : some(&value)) {
    const bool link = item->kind == ValueKind::text && parse_link(item->text).has_value();
    link ? add_links(item, step) : add_nodes(item, step);
  }
}

void add_until(const Value& condition, Step& step) {
  if (condition.kind == ValueKind::text) {
    step.word = condition.text;
  } else {
    step.claims = claims_of(condition, step.path + ".until");
  }
}

/// What stands at the verb's own key.
void add_verb_value(const Value& value, Step& step) {
  switch (step.verb) {
    case Verb::none: return;
    case Verb::run: step.span = *parse_duration(value.text); return;
    case Verb::until: add_until(value, step); return;
    case Verb::give_up: step.word = value.text; return;
    case Verb::redraw: step.number = static_cast<u64>(value.integer); return;
    case Verb::cut:
    case Verb::stream_up:
    case Verb::stream_down:
    case Verb::jam: add_links(&value, step); return;
    case Verb::heal: add_places(value, step); return;
    case Verb::isolate:
    case Verb::crash:
    case Verb::power_cut:
    case Verb::restart:
    case Verb::pause:
    case Verb::resume:
    case Verb::campaign:
    case Verb::wake:
    case Verb::exchange:
    case Verb::hold_disk:
    case Verb::release_disk:
    case Verb::finish:
    case Verb::finish_read:
    case Verb::fail:
    case Verb::rot:
    case Verb::split:
    case Verb::bridge:
    case Verb::ring:
    case Verb::wipe:
    case Verb::leave_out:
    case Verb::upgrade:
    case Verb::lose_file:
    case Verb::bad_sector:
    case Verb::stale_read:
    case Verb::misdirected_read:
    case Verb::misdirected_write:
    case Verb::mend:
    case Verb::lie:
    case Verb::honest:
    case Verb::drift:
    case Verb::jump:
    case Verb::fill:
    case Verb::free: add_nodes(&value, step); return;
    case Verb::by_hand:
    case Verb::propose:
      for (const Value& word : value.items) step.words.push_back(scalar(word).value_or(""));
      return;
    case Verb::deliver:
    case Verb::drop:
    case Verb::duplicate:
    case Verb::hold:
    case Verb::release: step.word = value.text; return;
    case Verb::expect: step.claims = claims_of(value, step.path + ".expect"); return;
  }
}

void add_modifiers(const Value& value, Step& step) {
  step.after = duration(value, "after", Duration{0});
  step.within = duration(value, "within", kWithinDefault);
  step.note = text(value, "note");
  step.as = text(value, "as");
  step.lane = text(value, value.find("under_way") != nullptr ? "under_way" : "lane");
  step.text = text(value, "unsynced");
  step.keep = text(value, "keep");
  if (value.find("error") != nullptr) step.text = text(value, "error");
  if (value.find("file") != nullptr) step.text = text(value, "file");
  add_links(value.find("link"), step);
  add_nodes(value.find("to"), step);
  for (const std::string_view key : {"at", "how"}) {
    if (value.find(key) != nullptr) step.word = text(value, key);
  }
  if (value.find("operation") != nullptr) step.word = text(value, "operation");
  if (flag(value, "all", false)) step.all = true;
  step.newest = flag(value, "newest", false);
  for (const std::string_view key : {"entry", "number"}) {
    if (const Value* number = value.find(key)) step.number = static_cast<u64>(number->integer);
  }
  if (const Value* byte = value.find("byte")) step.byte = static_cast<u64>(byte->integer);
  if (const Value* bytes = value.find("bytes")) step.bytes = static_cast<u64>(bytes->integer);
  if (const Value* bit = value.find("flip")) step.flip = static_cast<u64>(bit->integer);
  if (const Value* other = value.find("other")) step.other = static_cast<u64>(other->integer);
  step.other_file = text(value, "other_file");
  if (const Value* byte = value.find("other_byte")) {
    step.other_byte = static_cast<u64>(byte->integer);
  }
  step.once = flag(value, "once", false);
  for (const std::string_view key : {"ppm", "version"}) {
    if (const Value* amount = value.find(key)) step.amount = amount->integer;
  }
  if (const Value* amount = value.find("ms")) step.amount = amount->integer * kNanosecondsPerMs;
  if (const Value* amount = value.find("ns")) step.amount += amount->integer;
  for (const std::string_view key : {"file", "order"}) {
    if (value.find(key) != nullptr) step.text = text(value, key);
  }
}

std::optional<Fault> wrong_verb(const Value& value, const std::string& path, Step& step) {
  const auto at = [&](std::string key, std::string why) {
    return Fault{.line = value.line, .path = path + std::move(key), .text = std::move(why)};
  };
  const VerbRule* rule = nullptr;
  for (const VerbRule& candidate : verb_rules()) {
    if (value.find(name_of(candidate.verb)) == nullptr) continue;
    if (rule != nullptr) {
      return at("", fmt::format("a step has one verb, here are two: \"{}\" and \"{}\"",
                                name_of(rule->verb), name_of(candidate.verb)));
    }
    rule = &candidate;
  }
  if (rule != nullptr) step.verb = rule->verb;
  for (const std::string& key : value.keys) {
    if (key == "after" || key == "note" || key == name_of(step.verb)) continue;
    if (rule == nullptr) return at("", fmt::format("\"{}\" stands beside no verb", key));
    if (std::ranges::find(rule->beside, key) != rule->beside.end()) continue;
    return at("." + key, fmt::format("\"{}\" cannot stand beside \"{}\"", key, name_of(step.verb)));
  }
  if (value.keys.empty()) return at("", "a step needs a verb, such as \"run\" or \"expect\"");
  return std::nullopt;
}

/// Why `words` are no command of the store, in its own words.
std::optional<std::string> no_command(const std::vector<std::string>& words) {
  const std::vector<std::string_view> views{words.begin(), words.end()};
  std::vector<std::byte> payload;
  const auto encoded = kv::encode_command(views, payload);
  if (encoded) return std::nullopt;
  return fmt::format("expected a command of the store; it answers: {}", encoded.error().text);
}

struct Need {
  Verb verb;
  std::string_view key;
  std::string_view what;
};
constexpr std::array kNeeds{
    Need{Verb::lose_file, "file", "its name, such as \"meta.0\""},
    Need{Verb::leave_out, "how", "in which fault they stay, such as \"down\""},
    Need{Verb::upgrade, "version", "by how many it is ahead of this one, or behind if negative"},
    Need{Verb::drift, "ppm", "by how many millionths it runs fast, or slow if negative"},
    Need{Verb::jump, "ms", "by how many milliseconds, back if negative"}};

std::optional<Fault> lacks_what_it_needs(const Value& value, const Step& step) {
  const std::string_view verb = name_of(step.verb);
  const auto at = [&](std::string why) {
    return Fault{
        .line = value.line, .path = fmt::format("{}.{}", step.path, verb), .text = std::move(why)};
  };
  for (const Need& need : kNeeds) {
    if (need.verb != step.verb || value.find(need.key) != nullptr) continue;
    return at(fmt::format("\"{}\" needs \"{}\", {}", verb, need.key, need.what));
  }
  if (step.verb == Verb::lose_file && !bitcask::parse_file_name(step.text)) {
    return at(
        fmt::format("\"{}\" is no file of a node, such as \"meta.0\"", step.text.substr(0, 40)));
  }
  return std::nullopt;
}

Fault fault_beside(const Value& value, const Step& step, std::string_view key, std::string why) {
  return Fault{
      .line = value.line, .path = fmt::format("{}.{}", step.path, key), .text = std::move(why)};
}

bool is_reply(const Names& names, const std::string& name) {
  return std::ranges::find(names.of_replies, name) != names.of_replies.end();
}

/// Of what a step names for those after it.
std::optional<Fault> wrong_name(const Value& value, const Step& step, const Names& names) {
  const auto fault = [&](std::string why) {
    return fault_beside(value, step, "as", std::move(why));
  };
  if (step.as.empty()) return std::nullopt;
  if (step.verb == Verb::until && step.word != "leader") {
    return fault("only a leader can be named: \"until\": \"leader\"");
  }
  if (parse_node_number(step.as) || step.as == kAllNodes || step.as == kAnyNode) {
    return fault(fmt::format("\"{}\" cannot be a name", step.as));
  }
  if (step.verb == Verb::propose && is_reply(names, step.as)) {
    return fault(fmt::format("a proposal before this one is named \"{}\"", step.as));
  }
  return std::nullopt;
}

std::optional<Fault> wrong_request(const Value& value, const Step& step, const Names& names) {
  if (step.verb == Verb::give_up && !is_reply(names, step.word)) {
    return fault_beside(value, step, "give_up",
                        fmt::format("no proposal before this one is named \"{}\"", step.word));
  }
  if (step.verb != Verb::propose) return std::nullopt;
  if (step.words.empty()) {
    return fault_beside(value, step, "propose",
                        "expected a command such as [\"SET\", \"x\", 1], found nothing");
  }
  auto why = no_command(step.words);
  if (!why) return std::nullopt;
  return fault_beside(value, step, "propose", *std::move(why));
}

std::optional<Fault> wrong_operation(const Value& value, const Step& step) {
  if (step.verb == Verb::finish && step.word == "read") {
    return fault_beside(value, step, "operation", "of reads say \"finish_read\"");
  }
  if (step.verb == Verb::finish_read) return wrong_read(value, step);
  if (step.verb != Verb::fail) return std::nullopt;
  if (step.word.empty()) {
    return fault_beside(value, step, "fail", "\"fail\" needs \"operation\", such as \"sync\"");
  }
  return wrong_failing_read(value, step);
}

/// What a verb needs that its form does not say.
std::optional<Fault> wrong_use(const Value& value, const Step& step, const Names& names) {
  if (auto wrong = wrong_name(value, step, names)) return wrong;
  if (auto wrong = wrong_request(value, step, names)) return wrong;
  if (auto wrong = wrong_operation(value, step)) return wrong;
  if (auto wrong = wrong_place(value, step)) return wrong;
  if (auto why = wrong_choices(step.keep)) {
    return fault_beside(value, step, "keep", *std::move(why));
  }
  const bool moves =
      step.verb == Verb::deliver || step.verb == Verb::drop || step.verb == Verb::duplicate;
  if (moves && step.number != 0 && (step.all || step.newest)) {
    return fault_beside(value, step, "number",
                        "one of \"number\", \"newest\" and \"all\" says which message");
  }
  return lacks_what_it_needs(value, step);
}

std::expected<Step, Fault> parse_step(const Value& value, const std::string& path, Names& names) {
  if (auto wrong = check(value, step_form(), path, names)) return std::unexpected(*wrong);
  Step step;
  step.path = path;
  step.line = value.line;
  if (auto wrong = wrong_verb(value, path, step)) return std::unexpected(*wrong);
  if (step.verb != Verb::none) add_verb_value(*value.find(name_of(step.verb)), step);
  add_modifiers(value, step);
  if (auto wrong = wrong_use(value, step, names)) return std::unexpected(*wrong);
  if (!step.as.empty()) {
    (step.verb == Verb::propose ? names.of_replies : names.of_nodes).push_back(step.as);
  }
  return step;
}

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
  scenario.story = text(file, "story");
  if (const Value* nodes = file.find("nodes")) scenario.nodes = static_cast<u32>(nodes->integer);
  if (const Value* seed = file.find("seed")) scenario.seed = static_cast<u64>(seed->integer);
  scenario.swarm = flag(file, "swarm", false);
  if (const Value* version = file.find("generator")) {
    scenario.generator = static_cast<u32>(version->integer);
  }
  scenario.property = text(file, "property");
  for (const ViolationKind kind :
       {ViolationKind::safety, ViolationKind::liveness, ViolationKind::linearizability}) {
    if (text(file, "verdict") == name_of(kind)) scenario.verdict = kind;
  }
  for (const Mode mode : {Mode::lite, Mode::swarm, Mode::beyond}) {
    if (text(file, "mode") == name_of(mode)) scenario.mode = mode;
  }
  scenario.heal = flag(file, "heal", true);
  scenario.recorded = flag(file, "recorded", false);
  scenario.under_way = flag(file, "under_way", false);
  for (const Value* word : some(file.find("by_hand"))) scenario.by_hand.push_back(word->text);
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
