// Extensible Data Notation, as Clojure prints it: read one value after the other.
//
// Owns as much of EDN as histories use, which is all but the meaning of tags: a tag is read and
// left out. Nesting is bounded, so that no input can exhaust the stack.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.hpp"

namespace snowflk::sim {

struct Edn {
  enum class Kind : u8 { nil, boolean, number, string, keyword, symbol, sequence, map };
  Kind kind = Kind::nil;
  std::string text;        // of the scalar kinds; a keyword without its colon
  std::vector<Edn> items;  // of a sequence (list, vector, set); of a map key, value, key, value
  u64 line = 0;

  /// The value under the keyword `name`; null: there is none, or this is no map.
  [[nodiscard]] const Edn* find(std::string_view name) const;
};

struct EdnError {
  u64 line = 0;
  std::string what;
};

class EdnReader {
 public:
  static constexpr u32 kDepthMax = 64;

  /// `text` must outlive the reader.
  explicit EdnReader(std::string_view text) : rest_(text) {}
  /// Whether another value begins before the end.
  bool more();
  /// The next value. REQUIRES: more().
  std::expected<Edn, EdnError> next();

 private:
  using Result = std::expected<Edn, EdnError>;
  Result value(u32 depth);
  Result list(char close, Edn::Kind kind, u32 depth);
  Result string();
  Result dispatch(u32 depth);
  Edn atom();
  void skip_blank();
  void advance(std::size_t count);
  [[nodiscard]] std::unexpected<EdnError> wrong(std::string what) const;

  std::string_view rest_;
  u64 line_ = 1;
};

}  // namespace snowflk::sim
