// From the events of a file to a history: which process did what, and with what it ended.
//
// Owns what all forms share: that a process does one thing at a time, that ends follow beginnings,
// and how the operations of registers (read, write, cas) and of key-value logs (get, put, append)
// are said in our commands.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/history_text.hpp"

namespace snowflk::sim {

using Gate = std::expected<void, std::string>;

enum class EventType : u8 { invoke, ok, fail, info };
std::optional<EventType> parse_event_type(std::string_view word);

class HistoryEvents {
 public:
  Gate invoke(u64 process, Instant at, const std::vector<std::string>& words);
  /// An end that names another command, or another key, than its process has begun is no end of it.
  /// `f` is as invoke() was told by named(); empty words: not said.
  Gate fits(u64 process, std::string_view f, std::string_view key) const;
  /// What the file calls that which the process has just begun.
  void named(u64 process, std::string_view f, std::string_view key);
  /// `reply` in RESP2; empty: not recorded.
  Gate finish(u64 process, Instant at, EventType type, std::string_view reply);
  /// What the process has begun and not ended.
  [[nodiscard]] std::optional<OperationId> running(u64 process) const;
  [[nodiscard]] const History& history() const { return history_; }
  History take() { return std::move(history_); }

 private:
  History history_;
  struct Name {
    std::string f;  // in upper case
    std::string key;
  };
  std::map<u64, OperationId> running_;
  std::map<u64, Name> names_;  // of what is running, or last was
};

/// An event of a register or of a key-value log. `value`: nothing where nil stands.
struct PlainEvent {
  u64 process = 0;
  Instant at;
  EventType type = EventType::invoke;
  std::string f;  // read, write, cas; get, put, append
  std::string key;
  std::optional<std::string> value;
  std::optional<std::string> old_value;  // of cas
};

/// Adds it, or says what was expected.
Gate add_plain_event(const PlainEvent& event, HistoryEvents& events);

/// The key of a register that has no name.
inline constexpr std::string_view kRegisterKey = "register";

std::expected<History, InputError> read_json(std::string_view text);
std::expected<History, InputError> read_edn(std::string_view text);
std::expected<History, InputError> read_jepsen_log(std::string_view text);

}  // namespace snowflk::sim
