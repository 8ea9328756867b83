#include "sim/check/history_events.hpp"

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
  if (event.type != EventType::invoke) {
    return events.finish(event.process, event.at, event.type, reply_of(event));
  }
  const MaybeWords words = words_of(event);
  if (!words) return std::unexpected(words.error());
  return events.invoke(event.process, event.at, *words);
}

std::expected<History, InputError> read_history(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n,");
  if (begin == std::string_view::npos) return History{};
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

}  // namespace snowflk::sim
