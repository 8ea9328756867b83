#include "sim/check/history_events.hpp"

#include <algorithm>

#include "sim/check/model.hpp"

namespace snowflk::sim {

std::optional<EventType> parse_event_type(std::string_view word) {
  if (word == "invoke") return EventType::invoke;
  if (word == "ok") return EventType::ok;
  if (word == "fail") return EventType::fail;
  if (word == "info") return EventType::info;
  return std::nullopt;
}

std::optional<OperationId> HistoryEvents::running(u64 process) const {
  const auto found = running_.find(process);
  if (found == running_.end()) return std::nullopt;
  return found->second;
}

Gate HistoryEvents::invoke(u64 process, Instant at, const std::vector<std::string>& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  const auto command = parse_command(views);
  if (!command) {
    return std::unexpected("expected a command that can be judged, found " + command.error());
  }
  if (running(process)) {
    return std::unexpected("expected the end of what process " + std::to_string(process) +
                           " began before it begins anew");
  }
  running_[process] = history_.invoke(process, at, views);
  return {};
}

namespace {

std::string upper(std::string_view word) {
  std::string text{word};
  std::ranges::transform(text, text.begin(), [](char c) {
    return 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

}  // namespace

void HistoryEvents::named(u64 process, std::string_view f, std::string_view key) {
  names_[process] = Name{.f = upper(f), .key = std::string{key}};
}

Gate HistoryEvents::fits(u64 process, std::string_view f, std::string_view key) const {
  const auto begun = names_.find(process);
  if (begun == names_.end() || !running(process)) return {};
  const auto expected = [&](std::string_view what, std::string_view began, std::string_view found) {
    return std::unexpected("expected the end of " + std::string{what} + " " +
                           std::string{began.substr(0, 40)} + ", which process " +
                           std::to_string(process) + " began, found " +
                           std::string{found.substr(0, 40)});
  };
  if (begun->second.f != upper(f)) return expected("the command", begun->second.f, f);
  if (!key.empty() && begun->second.key != key) {
    return expected("an operation on key", begun->second.key, key);
  }
  return {};
}

Gate HistoryEvents::finish(u64 process, Instant at, EventType type, std::string_view reply) {
  const std::optional<OperationId> operation = running(process);
  if (!operation) {
    return std::unexpected("expected an invoke of process " + std::to_string(process) +
                           " before this event");
  }
  SNOWFLK_ASSERT(type != EventType::invoke);
  Outcome outcome = Outcome::unknown;
  if (type == EventType::ok) outcome = Outcome::ok;
  if (type == EventType::fail) outcome = Outcome::failed;
  history_.complete(*operation, at, outcome, outcome == Outcome::ok ? reply : std::string_view{});
  running_.erase(process);
  return {};
}

namespace {

using MaybeWords = std::expected<std::vector<std::string>, std::string>;

/// A register and a key-value log know no difference between "nil" and "not there".
MaybeWords words_of(const PlainEvent& event) {
  using Words = std::vector<std::string>;
  if (event.f == "read" || event.f == "get") return Words{"GET", event.key};
  if (event.f == "append") {
    if (!event.value) return std::unexpected("expected a value to append");
    // Nothing appended to nothing is nothing, where APPEND would leave an empty value.
    if (event.value->empty()) return Words{"GET", event.key};
    return Words{"APPEND", event.key, *event.value};
  }
  if (event.f == "write" || event.f == "put") {
    const bool clears = !event.value || (event.f == "put" && event.value->empty());
    if (clears) return Words{"DEL", event.key};
    return Words{"SET", event.key, *event.value};
  }
  if (event.f == "cas") {
    if (!event.value) return std::unexpected("expected [old new] as the value of cas");
    if (!event.old_value) return Words{"SET", event.key, *event.value, "NX"};
    return Words{"SET", event.key, *event.value, "IFEQ", *event.old_value};
  }
  return std::unexpected("expected read, write, cas, get, put or append, found '" +
                         event.f.substr(0, 40) + "'");
}

std::string reply_of(const PlainEvent& event) {
  std::string out;
  if (event.f == "cas") return std::string{reply::kOk};
  if (event.f != "read" && event.f != "get") return out;
  if (!event.value || (event.f == "get" && event.value->empty())) return std::string{reply::kNil};
  reply::bulk(*event.value, out);
  return out;
}

}  // namespace

Gate add_plain_event(const PlainEvent& event, HistoryEvents& events) {
  // A register without a name, or a value that says its key: the end need not say it again.
  const std::string_view key = event.key == kRegisterKey ? std::string_view{} : event.key;
  if (event.type != EventType::invoke) {
    if (const Gate gate = events.fits(event.process, event.f, key); !gate) return gate;
    return events.finish(event.process, event.at, event.type, reply_of(event));
  }
  const MaybeWords words = words_of(event);
  if (!words) return std::unexpected(words.error());
  const Gate gate = events.invoke(event.process, event.at, *words);
  if (gate) events.named(event.process, event.f, event.key);
  return gate;
}

namespace {

/// In whichever form. `begin`: where its first character is that is no blank.
std::expected<History, InputError> read_form(std::string_view text, std::size_t begin) {
  const std::string_view rest = text.substr(begin);
  const std::size_t inner = rest.find_first_not_of(" \t\r\n,{[");
  const char first = inner == std::string_view::npos ? '\0' : rest[inner];
  const bool opened = rest[0] == '{' || rest[0] == '[';
  if (rest.starts_with("INFO")) return read_jepsen_log(text);
  if (rest[0] == '#' || rest[0] == ';' || (opened && (first == ':' || first == '#'))) {
    return read_edn(text);
  }
  if (opened) return read_json(text);
  u64 line = 1;
  for (const char c : text.substr(0, begin)) line += c == '\n' ? 1U : 0U;
  return std::unexpected(
      InputError{.line = line,
                 .what = "expected events as JSON objects ({\"process\": ...}), as EDN maps "
                         "({:process ...}) or as lines of a Jepsen log (INFO ...)"});
}

}  // namespace

std::expected<History, InputError> read_history(std::string_view text) {
  const InputError none{.line = 1, .what = "expected events of clients, found none"};
  const std::size_t begin = text.find_first_not_of(" \t\r\n,");
  if (begin == std::string_view::npos) return std::unexpected(none);
  auto history = read_form(text, begin);
  // To judge nothing and find it good would hide that nothing was recorded.
  if (history && history->operations().empty()) return std::unexpected(none);
  return history;
}

}  // namespace snowflk::sim
