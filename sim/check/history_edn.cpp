// Histories of Jepsen and Knossos (EDN maps) and of their logs (lines that begin with INFO).
#include <array>
#include <charconv>

#include "sim/check/edn.hpp"
#include "sim/check/history_events.hpp"
#include "sim/check/model.hpp"

namespace snowflk::sim {
namespace {

std::optional<i64> number_of(const Edn* edn) {
  if (edn == nullptr || edn->kind != Edn::Kind::number) return std::nullopt;
  return parse_integer(edn->text);
}

bool is_scalar(const Edn& edn) {
  return edn.kind != Edn::Kind::sequence && edn.kind != Edn::Kind::map;
}

bool is_pair(const Edn& edn) { return edn.kind == Edn::Kind::sequence && edn.items.size() == 2; }

/// nil is no value; numbers, strings and words are their text.
std::expected<std::optional<std::string>, std::string> scalar_of(const Edn& edn) {
  if (edn.kind == Edn::Kind::nil) return std::nullopt;
  if (!is_scalar(edn)) return std::unexpected("expected nil, a number or a string as a value");
  return edn.text;
}

/// [old new] of a cas.
bool is_exchange(const Edn& value, const PlainEvent& event) {
  return event.f == "cas" && is_pair(value) && is_scalar(value.items[1]);
}

/// jepsen.independent: [key value].
bool names_key(const Edn& value, const PlainEvent& event) {
  return event.key == kRegisterKey && is_pair(value) && is_scalar(value.items[0]);
}

/// `value` and `old_value` of `event`, and its key where the value is [key value].
Gate set_value(const Edn& whole, PlainEvent& event) {
  const bool keyed = !is_exchange(whole, event) && names_key(whole, event);
  if (keyed) event.key = whole.items[0].text;
  const Edn& value = keyed ? whole.items[1] : whole;
  if (is_exchange(value, event)) {
    const auto old_value = scalar_of(value.items[0]);
    const auto new_value = scalar_of(value.items[1]);
    if (!old_value || !new_value) return std::unexpected("expected [old new] as :value of cas");
    event.old_value = *old_value;
    event.value = *new_value;
    return {};
  }
  const auto scalar = scalar_of(value);
  if (!scalar) return std::unexpected(scalar.error());
  event.value = *scalar;
  return {};
}

Gate add_event(const Edn& edn, HistoryEvents& events) {
  if (edn.kind != Edn::Kind::map) return std::unexpected("expected a map {:process ...}");
  const Edn* process = edn.find("process");
  if (process != nullptr && process->kind == Edn::Kind::keyword) return {};  // :nemesis
  const std::optional<i64> number = number_of(process);
  if (!number || *number < 0) return std::unexpected("expected a whole number as :process");
  const Edn* type = edn.find("type");
  const auto parsed = type != nullptr ? parse_event_type(type->text) : std::nullopt;
  if (!parsed) return std::unexpected("expected :invoke, :ok, :fail or :info as :type");
  const Edn* f = edn.find("f");
  if (f == nullptr || !is_scalar(*f)) return std::unexpected("expected :read, :write ... as :f");

  PlainEvent event;
  event.process = static_cast<u64>(*number);
  event.type = *parsed;
  event.f = f->text;
  event.at = Instant{number_of(edn.find("time")).value_or(static_cast<i64>(edn.line))};
  event.key = kRegisterKey;
  if (const Edn* key = edn.find("key"); key != nullptr) {
    if (!is_scalar(*key)) return std::unexpected("expected a string or a number as :key");
    event.key = key->text;
  }
  if (const Edn* value = edn.find("value"); value != nullptr) {
    // What failed or is unknown needs no value, and Jepsen at times gives it another one.
    const bool counts = event.type == EventType::invoke || event.type == EventType::ok;
    const Gate gate = set_value(*value, event);
    if (!gate && counts) return gate;
  }
  return add_plain_event(event, events);
}

}  // namespace

std::expected<History, InputError> read_edn(std::string_view text) {
  EdnReader reader{text};
  HistoryEvents events;
  while (reader.more()) {
    const auto form = reader.next();
    if (!form) return std::unexpected(InputError{form.error().line, form.error().what});
    // One map an event, or all in one vector.
    const bool all = form->kind == Edn::Kind::sequence;
    const std::span<const Edn> some = all ? std::span{form->items} : std::span{&*form, 1};
    for (const Edn& edn : some) {
      const Gate gate = add_event(edn, events);
      if (!gate) return std::unexpected(InputError{.line = edn.line, .what = gate.error()});
    }
  }
  return events.take();
}

// ---- INFO  jepsen.util - 0\t:invoke\t:write\t3 ------------------------------------------------

namespace {

/// `:fail :read :timed-out` of a read is nothing known; of a cas `:fail` is that it did not match.
Gate add_log_line(std::string_view line, u64 number, HistoryEvents& events) {
  const std::size_t dash = line.find(" - ");
  if (dash == std::string_view::npos) return {};  // the log of something else
  EdnReader reader{line.substr(dash + 3)};
  std::vector<Edn> parts;
  while (reader.more()) {
    auto part = reader.next();
    if (!part) return std::unexpected(part.error().what);
    parts.push_back(std::move(*part));
  }
  const bool of_process = parts.size() >= 3 && parts[0].kind == Edn::Kind::number &&
                          parts[1].kind == Edn::Kind::keyword;
  if (!of_process) return {};
  const std::optional<i64> process = parse_integer(parts[0].text);
  const std::optional<EventType> type = parse_event_type(parts[1].text);
  if (!process || *process < 0) return std::unexpected("expected the number of a process");
  if (!type) return std::unexpected("expected :invoke, :ok, :fail or :info");
  PlainEvent event;
  event.process = static_cast<u64>(*process);
  event.type = *type;
  event.at = Instant{static_cast<i64>(number)};
  event.f = parts[2].text;
  event.key = kRegisterKey;
  const bool timed_out = parts.size() > 3 && parts.back().text == "timed-out";
  const bool has_value = parts.size() > 3 && !timed_out;
  if (has_value) {
    const Gate gate = set_value(parts[3], event);
    if (!gate) return gate;
  }
  if (event.type == EventType::fail && event.f == "cas" && !timed_out) {
    return events.finish(event.process, event.at, EventType::ok, reply::kNil);
  }
  return add_plain_event(event, events);
}

}  // namespace

std::expected<History, InputError> read_jepsen_log(std::string_view text) {
  HistoryEvents events;
  u64 number = 0;
  while (!text.empty()) {
    number += 1;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Gate gate = add_log_line(text.substr(0, end), number, events);
    if (!gate) return std::unexpected(InputError{.line = number, .what = gate.error()});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return events.take();
}

}  // namespace snowflk::sim
