#include "sim/chain/compare.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/quantity.hpp"

namespace snowflk::sim::chain {
namespace {

using Json = nlohmann::ordered_json;  // fields are compared in the order of their lines

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return lines;
}

/// What the short keys of a line mean; keys that are none of these speak for themselves.
std::string_view meaning_of(std::string_view key) {
  struct Key {
    std::string_view key;
    std::string_view meaning;
  };
  constexpr std::array kKeys{Key{.key = "c", .meaning = "cause"},
                             Key{.key = "t", .meaning = "time"},
                             Key{.key = "n", .meaning = "node"},
                             Key{.key = "k", .meaning = "kind"},
                             Key{.key = "m", .meaning = "message"},
                             Key{.key = "b", .meaning = "bytes"},
                             Key{.key = "e", .meaning = "effects: events"},
                             Key{.key = "s", .meaning = "effects: sends"},
                             Key{.key = "x", .meaning = "effects: disk"},
                             Key{.key = "r", .meaning = "effects: replies"},
                             Key{.key = "q", .meaning = "effects: reads"},
                             Key{.key = "g", .meaning = "effects: closed"},
                             Key{.key = "h", .meaning = "effects: halt"},
                             Key{.key = "w", .meaning = "effects: deadline"}};
  const auto* found = std::ranges::find(kKeys, key, &Key::key);
  return found == kKeys.end() ? key : found->meaning;
}

std::string short_text(const Json& value) {
  constexpr std::size_t kShownMax = 60;
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.size() > kShownMax) text = text.substr(0, kShownMax) + "...";
  return text;
}

struct FieldDifference {
  std::string field;
  std::string a = "nothing";
  std::string b = "nothing";
};

/// How an element of a list is called: by what it is, if it says so.
std::string element_name(const Json& element, std::size_t place) {
  if (element.is_object()) {
    for (const char* key : {"k", "m"}) {
      const auto found = element.find(key);
      if (found != element.end() && found->is_string()) {
        return fmt::format("[{}] {}", place, found->get<std::string>());
      }
    }
  }
  return fmt::format("[{}]", place);
}

/// A step on the way to a difference: two values that are not equal, and what they are called.
struct Step {
  std::string name;
  const Json* a = nullptr;  // null: it has none
  const Json* b = nullptr;
};

std::optional<Step> first_unequal_member(const Json& a, const Json& b) {
  for (const auto& [key, in_a] : a.items()) {
    const auto in_b = b.find(key);
    if (in_b == b.end()) return Step{.name = key, .a = &in_a, .b = nullptr};
    if (in_a != *in_b) return Step{.name = key, .a = &in_a, .b = &*in_b};
  }
  for (const auto& [key, in_b] : b.items()) {
    if (!a.contains(key)) return Step{.name = key, .a = nullptr, .b = &in_b};
  }
  return std::nullopt;
}

std::optional<Step> first_unequal_element(const Json& a, const Json& b) {
  for (std::size_t at = 0; at < std::max(a.size(), b.size()); ++at) {
    const Json* in_a = at < a.size() ? &a[at] : nullptr;
    const Json* in_b = at < b.size() ? &b[at] : nullptr;
    if (in_a != nullptr && in_b != nullptr && *in_a == *in_b) continue;
    return Step{.name = element_name(at < a.size() ? a[at] : b[at], at), .a = in_a, .b = in_b};
  }
  return std::nullopt;
}

/// Goes down to the first field in which the two lines differ.
FieldDifference first_field(const Json& a, const Json& b) {
  FieldDifference difference;
  Step here{.name = {}, .a = &a, .b = &b};
  bool at_top = true;
  while (here.a != nullptr && here.b != nullptr) {
    std::optional<Step> next;
    if (here.a->is_object() && here.b->is_object()) {
      next = first_unequal_member(*here.a, *here.b);
      if (next && at_top) {
        difference.field = meaning_of(next->name);
      } else if (next) {
        difference.field += '.';
        difference.field += meaning_of(next->name);
      }
    } else if (here.a->is_array() && here.b->is_array()) {
      next = first_unequal_element(*here.a, *here.b);
      if (next) difference.field += next->name;
    }
    if (!next) break;
    here = *next;
    at_top = false;
  }
  if (here.a != nullptr) difference.a = short_text(*here.a);
  if (here.b != nullptr) difference.b = short_text(*here.b);
  return difference;
}

/// An event's line, and the message that it brings.
std::string describe(std::string_view line) {
  std::string text = trace_file::describe_event(line);
  const Json object = Json::parse(line, nullptr, false);
  if (object.is_object() && object.contains("m") && object["m"].is_string()) {
    text += " " + object["m"].get<std::string>();
  }
  return text;
}

std::optional<u64> event_of(std::string_view line) {
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const auto id = object.find("i");
  if (id == object.end() || !id->is_number_unsigned()) return std::nullopt;
  return id->get<u64>();
}

/// Of a chain file only the lines that tell their event.
std::vector<std::string_view> events_of(const Recording& recording) {
  std::vector<std::string_view> events = recording.lines;
  if (recording.is_chain) {
    std::erase_if(events, [](std::string_view line) {
      const auto parsed = parse_line(line);
      return !parsed || !parsed->whole;
    });
  }
  return events;
}

Difference one_has_ended(std::string_view line, bool a_goes_on) {
  const std::string what = describe(line);
  return Difference{.event = event_of(line).value_or(0),
                    .what = what,
                    .field = "the run",
                    .a = a_goes_on ? "goes on" : "has ended",
                    .b = a_goes_on ? "has ended" : "goes on",
                    .state_only = false};
}

}  // namespace

std::expected<Recording, std::string> read_recording(std::string_view text) {
  Recording recording;
  recording.lines = lines_of(text);
  if (recording.lines.empty()) return std::unexpected("the file is empty");
  recording.header = recording.lines.front();
  auto identity = trace_file::parse_header(recording.header, kSchema);
  recording.is_chain = identity.has_value();
  if (!identity) identity = trace_file::parse_header(recording.header);
  if (!identity) {
    return std::unexpected(fmt::format("neither a chain file nor a trace: {}", identity.error()));
  }
  recording.identity = *std::move(identity);
  recording.lines.erase(recording.lines.begin());
  if (!recording.lines.empty()) {
    recording.ending = trace_file::parse_ending(recording.lines.back());
    if (recording.ending) recording.lines.pop_back();
  }
  // The last line of a run that was cut short may be a part of one.
  const bool may_be_cut = !recording.is_chain && !recording.ending && !recording.lines.empty();
  if (may_be_cut && !event_of(recording.lines.back())) recording.lines.pop_back();
  for (std::size_t at = 0; recording.is_chain && at < recording.lines.size(); ++at) {
    const bool is_last = at + 1 == recording.lines.size() && !recording.ending;
    if (parse_line(recording.lines[at])) continue;
    if (!is_last) return std::unexpected(fmt::format("line {} is no checkpoint", at + 2));
    recording.lines.pop_back();
  }
  return recording;
}

std::optional<std::string> not_comparable(const Recording& a, const Recording& b) {
  if (a.is_chain != b.is_chain) return "one is a chain file, the other a trace";
  if (a.identity.scenario_hash != b.identity.scenario_hash) {
    return fmt::format("runs of two scenarios: {} (hash {:016x}) and {} (hash {:016x})",
                       a.identity.scenario, a.identity.scenario_hash, b.identity.scenario,
                       b.identity.scenario_hash);
  }
  if (a.identity.seed != b.identity.seed) {
    return fmt::format("runs of two seeds: {} and {}", a.identity.seed, b.identity.seed);
  }
  if (a.identity.generator != b.identity.generator) {
    return fmt::format("runs of two generators: {} and {}", a.identity.generator,
                       b.identity.generator);
  }
  const auto options_of = [](std::string_view header) {
    return Json::parse(header, nullptr, false).value("options", Json{});
  };
  const FieldDifference options = first_field(options_of(a.header), options_of(b.header));
  if (options.field.empty()) return std::nullopt;
  return fmt::format("the options that were drawn differ: {} {} and {}", options.field, options.a,
                     options.b);
}

std::optional<Parting> parting_of(const Recording& a, const Recording& b) {
  u64 equal_up_to = 0;
  for (std::size_t at = 0; at < std::max(a.lines.size(), b.lines.size()); ++at) {
    const auto in_a = at < a.lines.size() ? parse_line(a.lines[at]) : std::nullopt;
    const auto in_b = at < b.lines.size() ? parse_line(b.lines[at]) : std::nullopt;
    if (in_a && in_b && a.lines[at] == b.lines[at]) {
      equal_up_to = in_a->event;
      continue;
    }
    Parting parting;
    parting.window.first = equal_up_to + 1;
    parting.window.last = std::max(in_a ? in_a->event : 0, in_b ? in_b->event : 0);
    // One was cut short before its checkpoint: it may have gone on for so long.
    if (!in_a || !in_b) parting.window.last = equal_up_to + kEventsPerCheckpoint;
    // What the script does after the last event is seen in the state then.
    parting.window.first = std::min(parting.window.first, parting.window.last);
    parting.effects = !in_a || !in_b || in_a->digest != in_b->digest;
    return parting;
  }
  return std::nullopt;
}

u64 count_events(const Recording& recording) { return events_of(recording).size(); }

std::optional<Difference> difference_of(const Recording& a, const Recording& b) {
  const std::vector<std::string_view> in_a = events_of(a);
  const std::vector<std::string_view> in_b = events_of(b);
  for (std::size_t at = 0; at < std::max(in_a.size(), in_b.size()); ++at) {
    if (at >= in_b.size()) return one_has_ended(in_a[at], true);
    if (at >= in_a.size()) return one_has_ended(in_b[at], false);
    if (in_a[at] == in_b[at]) continue;
    const Json line_a = Json::parse(in_a[at], nullptr, false);
    const Json line_b = Json::parse(in_b[at], nullptr, false);
    const FieldDifference field = first_field(line_a, line_b);
    return Difference{.event = event_of(in_a[at]).value_or(0),
                      .what = describe(in_a[at]),
                      .field = field.field,
                      .a = field.a,
                      .b = field.b,
                      .state_only = field.field == "state"};
  }
  return std::nullopt;
}

std::string print(const Difference& difference) {
  return fmt::format("{}: {} {} <> {}", difference.what, difference.field, difference.a,
                     difference.b);
}

}  // namespace snowflk::sim::chain
