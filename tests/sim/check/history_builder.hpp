// Writes histories by hand, one event a line, for tests.
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "sim/history.hpp"

namespace snowflk::sim::testing {

/// Each event is a millisecond after the one before it.
class HistoryBuilder {
 public:
  /// "SET x 1", words parted by a blank.
  OperationId invoke(u64 process, std::string_view command) {
    std::vector<std::string> words;
    std::istringstream in{std::string{command}};
    for (std::string word; in >> word;) words.push_back(word);
    const std::vector<std::string_view> views(words.begin(), words.end());
    return history_.invoke(process, tick(), views);
  }
  /// `reply`: "OK", "nil", ":7", "-ERR ...", or a value.
  void ok(OperationId id, std::string_view reply) {
    history_.complete(id, tick(), Outcome::ok, resp(reply));
  }
  void failed(OperationId id) { history_.complete(id, tick(), Outcome::failed, ""); }
  void unknown(OperationId id) { history_.complete(id, tick(), Outcome::unknown, ""); }
  /// Invoked and answered with nothing in between.
  OperationId done(u64 process, std::string_view command, std::string_view reply) {
    const OperationId id = invoke(process, command);
    ok(id, reply);
    return id;
  }
  [[nodiscard]] const History& history() const { return history_; }

  static std::string resp(std::string_view reply) {
    if (reply.empty()) return "";
    if (reply == "OK") return "+OK\r\n";
    if (reply == "nil") return "$-1\r\n";
    if (reply[0] == ':' || reply[0] == '-' || reply[0] == '*') return std::string{reply} + "\r\n";
    return "$" + std::to_string(reply.size()) + "\r\n" + std::string{reply} + "\r\n";
  }

 private:
  Instant tick() { return Instant{(now_ms_++) * 1'000'000}; }
  History history_;
  i64 now_ms_ = 0;
};

}  // namespace snowflk::sim::testing
