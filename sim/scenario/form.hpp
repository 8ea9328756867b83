// What keys a scenario's objects may have, and what values those may have: tables, and the one
// function that holds a value against them.
//
// Parser, error messages, nearest words and the JSON Schema all read the same tables (forms.cpp),
// so none of them can know a word that the others do not.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/json.hpp"

namespace snowflk::sim::scenario {

enum class Kind : u8 {
  text,
  boolean,
  integer,    // low to high
  duration,   // "500ms"
  share,      // "1/400", "0.25", "25%": a whole number of millionths
  word,       // one of `words`
  scalar,     // a text, an integer or null: a value in the store, or a reply
  node,       // 1 to the number of nodes, or a name that an earlier "as" gave
  voter,      // a node, or 0 for nobody
  member,     // a node, or "all"
  place,      // a node, a link, or "all"
  link,       // "1->2", "old<->3", "*->2"
  form,       // an object with the keys of `form`
  list,       // of `element`
  some,       // one `element`, or a list of them
  by_node,    // an object: node to `element`
  by_name,    // an object: any name to `element`
  by_reply,   // an object: the name that a "propose" was given, to `element`
  condition,  // one of `words`, or an object with the keys of `form`
};

struct Form;

inline constexpr std::span<const std::string_view> kNoWords{};

struct Shape {
  Kind kind = Kind::text;
  i64 low = 0;
  i64 high = 0;
  std::span<const std::string_view> words = kNoWords;
  const Form* form = nullptr;
  const Shape* element = nullptr;
};

struct Key {
  std::string_view name;
  Shape shape;
  std::string_view means;  // a sentence without its full stop
  bool required = false;
  std::string otherwise = {};  // what counts if it is left out; empty: the sentence says it
};

struct Form {
  std::string_view name;  // as in "unknown key of a step"
  std::vector<Key> keys;
  [[nodiscard]] const Key* find(std::string_view wanted) const;
};

/// What names mean where a value stands: they grow as a script is read.
struct Names {
  u32 nodes = 9;
  std::vector<std::string> of_nodes;
  std::vector<std::string> of_replies;
};

/// The first fault of `value`, which stands at `path`; nothing if it is as `shape` wants it.
std::optional<Fault> check(const Value& value, const Shape& shape, const std::string& path,
                           const Names& names);
std::optional<Fault> check(const Value& value, const Form& form, const std::string& path,
                           const Names& names);

/// "; the nearest is \"loss\"", or nothing if no word is near.
std::string hint(std::string_view word, std::span<const std::string_view> words);

}  // namespace snowflk::sim::scenario
