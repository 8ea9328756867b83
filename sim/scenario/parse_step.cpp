// A step of a script: one verb, what may stand beside it, and what a verb needs that its form does
// not say.
#include "sim/scenario/parse_step.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/assert.hpp"
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

Duration duration(const Value& object, std::string_view key, Duration otherwise) {
  const Value* value = object.find(key);
  return value == nullptr ? otherwise : *parse_duration(value->text);
}

bool is_all(const Value& value) { return value.kind == ValueKind::text && value.text == kAllNodes; }

void add_nodes(const Value* value, Step& step) {
  for (const Value* item : items_of(value)) {
    if (is_all(*item)) {
      step.all = true;
    } else {
      step.nodes.push_back(node_ref(*item));
    }
  }
}

void add_links(const Value* value, Step& step) {
  for (const Value* item : items_of(value)) {
    const auto link = parse_link(item->text);
    SNOWFLK_ASSERT(link.has_value());
    const NodeRef from = node_ref(link->from);
    const NodeRef to = node_ref(link->to);
    step.links.push_back(LinkRef{.from = from, .to = to});
    if (link->both_ways) step.links.push_back(LinkRef{.from = to, .to = from});
  }
}

void add_places(const Value& value, Step& step) {
  for (const Value* item : items_of(&value)) {
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
  step.note = text_of(value, "note");
  step.as = text_of(value, "as");
  step.lane = text_of(value, value.find("under_way") != nullptr ? "under_way" : "lane");
  step.text = text_of(value, "unsynced");
  step.keep = text_of(value, "keep");
  if (value.find("error") != nullptr) step.text = text_of(value, "error");
  if (value.find("file") != nullptr) step.text = text_of(value, "file");
  add_links(value.find("link"), step);
  add_nodes(value.find("to"), step);
  for (const std::string_view key : {"at", "how"}) {
    if (value.find(key) != nullptr) step.word = text_of(value, key);
  }
  if (value.find("operation") != nullptr) step.word = text_of(value, "operation");
  if (flag_of(value, "all", false)) step.all = true;
  step.newest = flag_of(value, "newest", false);
  for (const std::string_view key : {"entry", "number"}) {
    if (const Value* number = value.find(key)) step.number = static_cast<u64>(number->integer);
  }
  if (const Value* byte = value.find("byte")) step.byte = static_cast<u64>(byte->integer);
  if (const Value* bytes = value.find("bytes")) step.bytes = static_cast<u64>(bytes->integer);
  if (const Value* bit = value.find("flip")) step.flip = static_cast<u64>(bit->integer);
  if (const Value* other = value.find("other")) step.other = static_cast<u64>(other->integer);
  step.other_file = text_of(value, "other_file");
  if (const Value* byte = value.find("other_byte")) {
    step.other_byte = static_cast<u64>(byte->integer);
  }
  step.once = flag_of(value, "once", false);
  for (const std::string_view key : {"ppm", "version"}) {
    if (const Value* amount = value.find(key)) step.amount = amount->integer;
  }
  if (const Value* amount = value.find("ms")) step.amount = amount->integer * kNanosecondsPerMs;
  if (const Value* amount = value.find("ns")) step.amount += amount->integer;
  for (const std::string_view key : {"file", "order"}) {
    if (value.find(key) != nullptr) step.text = text_of(value, key);
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
  if (step.verb == Verb::finish && step.all && !step.text.empty()) {
    return fault_beside(value, step, "error", "one operation fails, not \"all\"");
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

}  // namespace

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

}  // namespace snowflk::sim::scenario
