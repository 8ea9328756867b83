// JSON as a scenario is written in: values that know their line, and what is wrong in one sentence.
//
// Owns the gate between bytes and values: syntax, encoding, depth, doubled keys, numbers that are
// too large. What keys and values mean is not its matter (form.hpp).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.hpp"

namespace snowflk::sim::scenario {

inline constexpr std::size_t kFileBytesMax = 4UL << 20;
inline constexpr std::size_t kDepthMax = 32;

/// What is wrong with a scenario, and where.
struct Fault {
  u32 line = 0;      // 1 is the first; 0: none in particular
  std::string path;  // $.script[3].isolate; empty: the file as a whole
  std::string text;  // what was found and what was expected
  friend bool operator==(const Fault&, const Fault&) = default;
};

/// "FILE:LINE: PATH: TEXT", in one line.
std::string describe(std::string_view file, const Fault& fault);

enum class ValueKind : u8 { null, boolean, integer, number, text, list, object };
/// As in "expected a duration, found a list".
std::string_view name_of(ValueKind kind);

struct Value {
  ValueKind kind = ValueKind::null;
  u32 line = 0;
  bool boolean = false;
  i64 integer = 0;
  std::string text;               // of a text; of a number that is not an integer, as written
  std::vector<std::string> keys;  // of an object: keys[i] names items[i]; all different
  std::vector<Value> items;       // of a list or an object

  /// The member `key` of an object; null if there is none.
  [[nodiscard]] const Value* find(std::string_view key) const;
};

/// REQUIRES: nothing of `text`; any bytes are judged.
std::expected<Value, Fault> parse_json(std::string_view text);

}  // namespace snowflk::sim::scenario
