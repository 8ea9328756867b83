// What a check says when a promise is broken: which, how grave, and one sentence for people.
#pragma once

#include <string>
#include <string_view>

#include "core/base/types.hpp"

namespace snowflk::sim {

/// The values are the exit codes of the command.
enum class ViolationKind : u8 {
  mistake = 1,  // of the scenario: its script asks for what cannot be; nothing is judged
  safety = 3,
  liveness = 4,
  linearizability = 5
};
constexpr std::string_view name_of(ViolationKind kind) {
  switch (kind) {
    case ViolationKind::mistake: return "mistake";
    case ViolationKind::safety: return "safety";
    case ViolationKind::liveness: return "liveness";
    case ViolationKind::linearizability: return "linearizability";
  }
  return "?";
}

struct Violation {
  std::string property;  // "election_safety": the name of the check's file
  ViolationKind kind = ViolationKind::safety;
  std::string sentence;  // with nodes, terms, indexes and the virtual time
  /// Which rule it was, where a check speaks for several: "read-back-differs". Two failures of one
  /// property and of two rules are two.
  std::string rule = {};
};

}  // namespace snowflk::sim
