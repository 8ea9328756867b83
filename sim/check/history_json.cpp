// Histories in JSON: our own events, one a line, and arrays of Porcupine's operations.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/check/history_events.hpp"
#include "sim/check/model.hpp"

namespace snowflk::sim {
namespace {

using Json = nlohmann::json;

constexpr int kDepthMax = 64;
constexpr std::string_view kTooDeep = "expected at most 64 brackets within each other";

/// More brackets within each other than a history has use for. Values are copied by recursion, so
/// this is asked before anything is parsed.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') at += 1;
    if (in_string) continue;
    if (c == '[' || c == '{') depth += 1;
    if (c == ']' || c == '}') depth -= 1;
    if (depth > kDepthMax) return true;
  }
  return false;
}

std::optional<std::string> bytes_from_hex(const std::string& hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    u8 byte = 0;
    const auto [end, error] = std::from_chars(hex.data() + at, hex.data() + at + 2, byte, 16);
    if (error != std::errc{} || end != hex.data() + at + 2) return std::nullopt;
    out += static_cast<char>(byte);
  }
  return out;
}

/// A word or value: a string, a number, or {"hex": "00ff"} for bytes that are no UTF-8.
std::optional<std::string> text_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_number_unsigned()) return std::to_string(json.get<u64>());
  if (json.is_number_integer()) return std::to_string(json.get<i64>());
  const bool hex = json.is_object() && json.size() == 1 && json.contains("hex");
  if (hex && json["hex"].is_string()) return bytes_from_hex(json["hex"].get<std::string>());
  return std::nullopt;
}

bool is_line(const std::string& text) { return text.find_first_of("\r\n") == std::string::npos; }

/// {"status": "OK"}, {"error": "ERR ..."}, an integer, null or a value.
bool write_single(const Json& json, std::string& out) {
  if (json.is_null()) {
    out += reply::kNil;
    return true;
  }
  if (json.is_number_integer()) {
    reply::integer(json.get<i64>(), out);
    return true;
  }
  if (json.is_object() && json.size() == 1) {
    for (const auto& [name, sign] : {std::pair{"status", '+'}, std::pair{"error", '-'}}) {
      if (!json.contains(name) || !json[name].is_string()) continue;
      const std::string line = json[name].get<std::string>();
      out += sign + line + "\r\n";
      return is_line(line);
    }
  }
  const std::optional<std::string> text = json.is_number() ? std::nullopt : text_of(json);
  if (text) reply::bulk(*text, out);
  return text.has_value();
}

/// One of those, or an array of them.
bool write_reply(const Json& json, std::string& out) {
  if (!json.is_array()) return write_single(json, out);
  reply::array(json.size(), out);
  return std::ranges::all_of(json, [&](const Json& item) { return write_single(item, out); });
}

/// Events that say read, write, cas, get, put or append, with a "value" and maybe a "key".
Gate add_plain(const Json& json, PlainEvent event, HistoryEvents& events) {
  event.key = json.contains("key") ? text_of(json["key"]).value_or("") : std::string{kRegisterKey};
  if (event.key.empty()) return std::unexpected("expected a string or a number as \"key\"");
  const Json value = json.value("value", Json{});
  if (event.f == "cas" && value.is_array()) {
    if (value.size() != 2) return std::unexpected("expected [old, new] as the \"value\" of cas");
    event.old_value = text_of(value[0]);
    event.value = text_of(value[1]);
  } else if (!value.is_null()) {
    event.value = text_of(value);
    if (!event.value) return std::unexpected("expected a string, a number or null as \"value\"");
  }
  return add_plain_event(event, events);
}

Gate add_command(const Json& json, const PlainEvent& event, HistoryEvents& events) {
  if (event.type == EventType::invoke) {
    std::vector<std::string> words{event.f};
    const Json args = json.value("args", Json::array());
    if (!args.is_array()) return std::unexpected("expected an array of strings as \"args\"");
    for (const Json& arg : args) {
      const std::optional<std::string> word = text_of(arg);
      if (!word) return std::unexpected("expected strings or numbers in \"args\"");
      words.push_back(*word);
    }
    const Gate gate = events.invoke(event.process, event.at, words);
    if (gate) events.named(event.process, event.f, {});
    return gate;
  }
  if (const Gate gate = events.fits(event.process, event.f, {}); !gate) return gate;
  std::string reply;
  if (json.contains("reply") && !write_reply(json["reply"], reply)) {
    return std::unexpected(
        "expected as \"reply\" null, an integer, a string, {\"status\": ...}, {\"error\": ...}, "
        "{\"hex\": ...} or an array of these");
  }
  return events.finish(event.process, event.at, event.type, reply);
}

/// `line`: the event's time where it has none, so that sentences can tell events apart.
Gate add_event(const Json& json, u64 line, HistoryEvents& events) {
  if (!json.is_object()) return std::unexpected("expected a JSON object, one event a line");
  const Json process = json.value("process", Json{});
  if (process == "nemesis") return {};
  if (!process.is_number_unsigned()) {
    return std::unexpected("expected a whole number as \"process\"");
  }
  PlainEvent event;
  event.process = process.get<u64>();
  const Json type = json.value("type", Json{});
  const auto parsed = type.is_string() ? parse_event_type(type.get<std::string>()) : std::nullopt;
  if (!parsed) return std::unexpected("expected invoke, ok, fail or info as \"type\"");
  event.type = *parsed;
  const Json time = json.value("time", Json(static_cast<i64>(line)));
  if (!time.is_number_integer()) {
    return std::unexpected("expected whole nanoseconds as \"time\"");
  }
  event.at = Instant{time.get<i64>()};
  const Json f = json.value("f", Json{});
  if (!f.is_string()) return std::unexpected("expected the name of a command as \"f\"");
  event.f = f.get<std::string>();
  static constexpr std::string_view kPlain[] = {"read", "write", "cas", "put"};
  const bool plain = std::ranges::find(kPlain, event.f) != std::end(kPlain) ||
                     ((event.f == "get" || event.f == "append") && !json.contains("args") &&
                      !json.contains("reply") && json.contains("key"));
  return plain ? add_plain(json, event, events) : add_command(json, event, events);
}

// ---- Porcupine's operations -----------------------------------------------------------------

struct OperationEvent {
  i64 time = 0;
  bool is_return = false;
  std::size_t operation = 0;
  /// Intervals are closed: what begins when another ends may have been at the same time.
  auto operator<=>(const OperationEvent&) const = default;
};

std::optional<std::string> operation_name(const Json& op) {
  static constexpr std::string_view kNames[] = {"get", "put", "append"};
  if (op.is_number_unsigned() && op.get<u64>() < 3) return std::string{kNames[op.get<u64>()]};
  if (op.is_string() && std::ranges::find(kNames, op.get<std::string>()) != std::end(kNames)) {
    return op.get<std::string>();
  }
  return std::nullopt;
}

/// {"ClientId": 0, "Input": {"Op": 1, "Key": "x", "Value": "1"}, "Call": 0, "Output": ...,
/// "Return": 10}: the invocation in `call`, its end in `end`.
Gate parse_operation(const Json& json, PlainEvent& call, PlainEvent& end) {
  if (!json.is_object()) return std::unexpected("expected an object with \"Input\" and \"Call\"");
  const Json input = json.value("Input", Json{});
  const std::optional<std::string> name =
      input.is_object() ? operation_name(input.value("Op", Json{})) : std::nullopt;
  if (!name) return std::unexpected("expected 0, 1, 2, get, put or append as \"Input.Op\"");
  const std::optional<std::string> key = text_of(input.value("Key", Json{}));
  if (!key || key->empty()) return std::unexpected("expected a string as \"Input.Key\"");
  for (const char* time : {"Call", "Return"}) {
    if (!json.value(time, Json{}).is_number_integer()) {
      return std::unexpected("expected a whole number as \"" + std::string{time} + "\"");
    }
  }
  const Json client = json.value("ClientId", Json(0U));
  if (!client.is_number_unsigned()) {
    return std::unexpected("expected a whole number as \"ClientId\"");
  }
  call.process = client.get<u64>();
  call.f = *name;
  call.key = *key;
  call.value = text_of(input.value("Value", Json("")));
  call.at = Instant{json["Call"].get<i64>()};
  end = call;
  end.type = EventType::ok;
  end.at = Instant{json["Return"].get<i64>()};
  const Json output = json.value("Output", Json{});
  if (*name == "get") {
    end.value = output.is_object() ? text_of(output.value("Value", Json(""))) : text_of(output);
    if (!end.value) return std::unexpected("expected {\"Value\": \"...\"} as \"Output\"");
  }
  if (end.at < call.at) return std::unexpected("expected a \"Return\" that is not before \"Call\"");
  return {};
}

std::expected<History, InputError> read_operations(const Json& array) {
  std::vector<PlainEvent> calls(array.size());
  std::vector<PlainEvent> ends(array.size());
  std::vector<OperationEvent> order;
  const auto wrong = [](std::size_t at, const std::string& what) {
    return std::unexpected(
        InputError{.line = at + 1, .what = what + " (operation " + std::to_string(at + 1) + ")"});
  };
  for (std::size_t at = 0; at < array.size(); ++at) {
    if (const Gate gate = parse_operation(array[at], calls[at], ends[at]); !gate) {
      return wrong(at, gate.error());
    }
    order.push_back({.time = calls[at].at.value, .is_return = false, .operation = at});
    order.push_back({.time = ends[at].at.value, .is_return = true, .operation = at});
  }
  std::ranges::sort(order);
  HistoryEvents events;
  // Clients of such logs are often one goroutine for many requests: each gets its own process
  // where the numbers would clash.
  for (const OperationEvent& event : order) {
    PlainEvent& plain = (event.is_return ? ends : calls)[event.operation];
    if (!event.is_return && events.running(plain.process)) {
      plain.process = ends[event.operation].process = 1'000'000'000 + event.operation;
    }
    if (const Gate gate = add_plain_event(plain, events); !gate) {
      return wrong(event.operation, gate.error());
    }
  }
  return events.take();
}

std::expected<History, InputError> read_events(const Json& array) {
  HistoryEvents events;
  for (std::size_t at = 0; at < array.size(); ++at) {
    if (const Gate gate = add_event(array[at], at + 1, events); !gate) {
      return std::unexpected(InputError{
          .line = at + 1, .what = gate.error() + " (element " + std::to_string(at + 1) + ")"});
    }
  }
  return events.take();
}

u64 line_at(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  return static_cast<u64>(std::ranges::count(before, '\n')) + 1;
}

/// The parser tells the number, in quotes, and not where it stands.
InputError number_too_large(std::string_view text, std::string_view told) {
  const std::size_t begin = std::min(told.find('\''), told.size() - 1) + 1;
  const std::string_view number = told.substr(begin, told.rfind('\'') - begin);
  return {.line = line_at(text, text.find(number)),
          .what = "expected a number that a double can hold, found " +
                  std::string{number.substr(0, 40)}};
}

std::expected<History, InputError> read_array(std::string_view text) {
  if (too_deep(text)) return std::unexpected(InputError{1, std::string{kTooDeep}});
  Json array;
  try {
    array = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return std::unexpected(
        InputError{.line = line_at(text, error.byte),
                   .what = "expected a JSON array of operations that ends as it should"});
  } catch (const Json::out_of_range& error) {
    return std::unexpected(number_too_large(text, error.what()));
  }
  if (array.is_object()) array = Json::array({array});
  if (!array.empty() && array[0].is_object() && array[0].contains("Input")) {
    return read_operations(array);
  }
  return read_events(array);
}

}  // namespace

std::expected<History, InputError> read_json(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && text[begin] == '[') return read_array(text);
  HistoryEvents events;
  Json operations = Json::array();
  u64 line = 0;
  while (!text.empty()) {
    line += 1;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (too_deep(row)) return std::unexpected(InputError{line, std::string{kTooDeep}});
    Json json = Json::parse(row, nullptr, /*allow_exceptions=*/false);
    if (json.is_object() && json.contains("Input")) {
      operations.push_back(std::move(json));
      continue;
    }
    if (const Gate gate = add_event(json, line, events); !gate) {
      return std::unexpected(InputError{.line = line, .what = gate.error()});
    }
  }
  return operations.empty() ? events.take() : read_operations(operations);
}

}  // namespace snowflk::sim
