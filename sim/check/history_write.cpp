// Histories written as text, in the forms that sim/check/history_text.hpp names.
#include <algorithm>
#include <map>

#include "sim/check/history_text.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/check/model.hpp"

namespace snowflk::sim {
namespace {

/// How many bytes follow `lead`, and what it says of the character; nothing if it begins none.
std::optional<std::pair<std::size_t, u32>> utf8_lead(u8 lead) {
  if (lead < 0x80) return std::pair{0, lead};
  if (lead >= 0xc2 && lead < 0xe0) return std::pair{1, lead & 0x1fU};
  if (lead >= 0xe0 && lead < 0xf0) return std::pair{2, lead & 0x0fU};
  if (lead >= 0xf0 && lead < 0xf5) return std::pair{3, lead & 0x07U};
  return std::nullopt;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto lead = utf8_lead(static_cast<u8>(text[at]));
    if (!lead || at + lead->first >= text.size()) return false;
    auto [more, code] = *lead;
    for (const std::size_t last = at + more; at < last; ++at) {
      const u8 next = static_cast<u8>(text[at + 1]);
      if ((next & 0xc0U) != 0x80) return false;
      code = (code << 6) | (next & 0x3fU);
    }
    const bool too_long = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    if (too_long || surrogate || code > 0x10ffff) return false;
  }
  return true;
}

constexpr std::string_view kHex = "0123456789abcdef";

void put_json(std::string_view text, std::string& out) {
  if (!is_utf8(text)) {
    out += "{\"hex\":\"";
    for (const char c : text) {
      out += kHex[static_cast<u8>(c) >> 4];
      out += kHex[static_cast<u8>(c) & 15];
    }
    out += "\"}";
    return;
  }
  out += '"';
  for (const char c : text) {
    const u8 code = static_cast<u8>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20) {
      out += "\\u00";
      out += kHex[code >> 4];
      out += kHex[code & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// The first line of `resp`, without its end, which is taken from it.
std::string_view take_line(std::string_view& resp) {
  const std::size_t end = resp.find("\r\n");
  SNOWFLK_ASSERT(end != std::string_view::npos);
  const std::string_view line = resp.substr(0, end);
  resp.remove_prefix(end + 2);
  return line;
}

/// One reply that is no array, from the front of `resp`.
void put_single(std::string_view& resp, std::string& out) {
  const std::string_view head = take_line(resp);
  const char sign = head[0];
  const std::string_view line = head.substr(1);
  if (sign == '+' || sign == '-') {
    out += sign == '+' ? "{\"status\":" : "{\"error\":";
    put_json(line, out);
    out += '}';
    return;
  }
  const std::optional<i64> number = parse_integer(line);
  SNOWFLK_ASSERT(number);
  if (sign == ':') {
    out += line;
  } else if (*number < 0) {
    out += "null";
  } else {
    SNOWFLK_ASSERT(sign == '$');
    const u64 size = static_cast<u64>(*number);
    SNOWFLK_ASSERT(resp.size() >= size + 2);
    put_json(resp.substr(0, size), out);
    resp.remove_prefix(size + 2);
  }
}

/// One RESP2 reply, as docs/HISTORIES.md writes it. REQUIRES: it is well-formed, and no array in it
/// holds another: no command of a history is answered so.
void put_reply(std::string_view resp, std::string& out) {
  if (!resp.starts_with('*') || resp.starts_with("*-")) return put_single(resp, out);
  const std::optional<i64> count = parse_integer(take_line(resp).substr(1));
  SNOWFLK_ASSERT(count);
  out += '[';
  for (i64 at = 0; at < *count; ++at) {
    if (at > 0) out += ',';
    put_single(resp, out);
  }
  out += ']';
}

/// One event of a history: the operation and which end of it.
struct Step {
  const Operation* operation = nullptr;
  bool is_return = false;
  u64 event = 0;
  std::size_t place = 0;  // among the steps as they were listed: the last tie-break
};

/// In the order in which they were. An unknown outcome is told when its client heard of it; where
/// that order is not kept (it does not count), last.
std::vector<Step> steps_of(const History& history) {
  std::vector<Step> steps;
  for (const Operation& operation : history.operations()) {
    steps.push_back({&operation, false, operation.invoked_event, steps.size()});
    if (operation.outcome == Outcome::pending) continue;
    const bool unknown = operation.outcome == Outcome::unknown;
    const u64 event = unknown ? kNoEvent : operation.returned_event;
    steps.push_back({&operation, true, event, steps.size()});
  }
  // A process that goes on after an unknown outcome has heard of it before.
  std::map<u64, std::size_t> open;
  for (std::size_t at = 0; at < steps.size(); ++at) {
    if (steps[at].is_return) {
      if (steps[at].event == kNoEvent) open[steps[at].operation->process] = at;
      continue;
    }
    const auto waiting = open.find(steps[at].operation->process);
    if (waiting == open.end()) continue;
    steps[waiting->second].event = steps[at].event;
    open.erase(waiting);
  }
  std::ranges::sort(steps, [](const Step& a, const Step& b) {
    if (a.event != b.event) return a.event < b.event;
    if (a.is_return != b.is_return) return a.is_return;
    return a.place < b.place;
  });
  return steps;
}

std::string_view type_of(const Step& step) {
  if (!step.is_return) return "invoke";
  switch (step.operation->outcome) {
    case Outcome::ok: return "ok";
    case Outcome::failed: return "fail";
    case Outcome::pending:
    case Outcome::unknown: return "info";
  }
  return "?";
}

i64 time_of(const Step& step) {
  return (step.is_return ? step.operation->returned_at : step.operation->invoked_at).value;
}

void put_ndjson(const History& history, const Step& step, std::string& out) {
  const Operation& operation = *step.operation;
  out += "{\"process\":" + std::to_string(operation.process) + ",\"type\":\"";
  out += type_of(step);
  out += "\",\"f\":";
  put_json(history.word(operation, 0), out);
  if (!step.is_return) {
    out += ",\"args\":[";
    for (u32 at = 1; at < operation.word_count; ++at) {
      if (at > 1) out += ',';
      put_json(history.word(operation, at), out);
    }
    out += ']';
  }
  const std::string_view reply = history.reply(operation);
  if (step.is_return && !reply.empty()) {
    out += ",\"reply\":";
    put_reply(reply, out);
  }
  out += ",\"time\":" + std::to_string(time_of(step)) + "}\n";
}

// ---- EDN -------------------------------------------------------------------------------------

void put_edn(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    switch (c) {
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: out += c;
    }
  }
  out += '"';
}

/// What a register or a key-value log says of an operation.
struct PlainOperation {
  std::string_view f;
  std::string_view key;
  std::optional<std::string_view> value;      // to write
  std::optional<std::string_view> old_value;  // of cas
  bool reads = false;
};

std::optional<PlainOperation> plain_of(const Command& command, HistoryForm form) {
  const bool knossos = form == HistoryForm::knossos;
  PlainOperation plain;
  if (command.key_count() != 1) return std::nullopt;
  plain.key = command.key(0);
  if (command.verb == Verb::get) {
    plain.f = knossos ? "read" : "get";
    plain.reads = true;
    return plain;
  }
  if (command.verb == Verb::append && !knossos && !command.words[2].empty()) {
    plain.f = "append";
    plain.value = command.words[2];
    return plain;
  }
  if (command.verb == Verb::del && knossos) {
    plain.f = "write";
    return plain;
  }
  if (command.verb != Verb::set || command.returns_old) return std::nullopt;
  plain.value = command.words[2];
  plain.f = knossos ? "write" : "put";
  if (command.when == SetWhen::always) {
    return knossos || !plain.value->empty() ? std::optional{plain} : std::nullopt;
  }
  if (!knossos || command.when == SetWhen::present) return std::nullopt;
  plain.f = "cas";
  if (command.when == SetWhen::equal) plain.old_value = command.equal_to;
  return plain;
}

void put_edn_value(const std::optional<std::string_view>& value, std::string& out) {
  if (value) {
    put_edn(*value, out);
  } else {
    out += "nil";
  }
}

/// The value in a GET's reply.
std::optional<std::string_view> value_read(std::string_view reply) {
  const std::size_t line = reply.find("\r\n");
  if (!reply.starts_with('$') || reply == reply::kNil) return std::nullopt;
  return reply.substr(line + 2, reply.size() - line - 4);
}

/// Knossos: the key stands in the value, as jepsen.independent has it. Porcupine: beside it.
void put_edn_event(const Step& step, const PlainOperation& plain, std::string_view type,
                   std::optional<std::string_view> value, HistoryForm form, std::string& out) {
  std::string text;
  put_edn_value(value, text);
  if (plain.f == "cas") {
    std::string old_text;
    put_edn_value(plain.old_value, old_text);
    text = "[" + old_text + " " + text + "]";
  }
  std::string key;
  put_edn(plain.key, key);
  out += "{:process " + std::to_string(step.operation->process) + ", :type :";
  out += type;
  out += ", :f :";
  out += plain.f;
  if (form == HistoryForm::knossos) {
    out += ", :value [" + key + " " + text + "], :time " + std::to_string(time_of(step)) + "}\n";
  } else {
    out += ", :key " + key + ", :value " + text + "}\n";
  }
}

}  // namespace

std::expected<std::string, std::string> write_history(const History& history, HistoryForm form) {
  std::string out;
  std::vector<std::string_view> words;
  for (const Step& step : steps_of(history)) {
    if (form == HistoryForm::ndjson) {
      put_ndjson(history, step, out);
      continue;
    }
    history.words(*step.operation, words);
    const auto command = parse_command(words);
    const auto plain = command ? plain_of(*command, form) : std::nullopt;
    if (!plain) {
      const OperationId id{static_cast<u32>(step.operation - history.operations().data())};
      return std::unexpected("the form " + std::string{name_of(form)} + " has no words for " +
                             describe(history, id));
    }
    const bool knossos = form == HistoryForm::knossos;
    const std::string_view reply = history.reply(*step.operation);
    std::string_view type = type_of(step);
    // A cas that did not match is a failure there.
    if (plain->f == "cas" && type == "ok" && reply == reply::kNil) type = "fail";
    // A key-value log knows no other ends than good ones.
    if (!knossos && step.is_return && type != "ok") continue;
    std::optional<std::string_view> value = plain->value;
    if (plain->reads && step.is_return) value = value_read(reply);
    if (plain->reads && step.is_return && !knossos && !value) value = "";
    put_edn_event(step, *plain, type, value, form, out);
  }
  return out;
}

}  // namespace snowflk::sim
