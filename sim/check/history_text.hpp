// Histories as text: read from whatever recorded them, written for whatever judges them.
//
// docs/HISTORIES.md is the description of the forms. Reading is a gate: any bytes may come, and
// what is wrong is said with its line.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "sim/history.hpp"

namespace snowflk::sim {

struct InputError {
  u64 line = 0;      // from 1
  std::string what;  // "expected ..."
};

enum class HistoryForm : u8 {
  ndjson,     // ours: one JSON object an event, one event a line
  knossos,    // Jepsen's and Knossos' EDN: {:process 0, :type :invoke, :f :write, :value 1}
  porcupine,  // the key-value logs of Porcupine: {:process 0, :type :invoke, :f :put, :key "x",
              // ...}
};
constexpr std::string_view name_of(HistoryForm form) {
  switch (form) {
    case HistoryForm::ndjson: return "ndjson";
    case HistoryForm::knossos: return "knossos";
    case HistoryForm::porcupine: return "porcupine";
  }
  return "?";
}

/// A history in any of the forms; which, is seen from its first characters.
std::expected<History, InputError> read_history(std::string_view text);

/// `history` as text, or which operation the form has no words for.
std::expected<std::string, std::string> write_history(const History& history, HistoryForm form);

}  // namespace snowflk::sim
