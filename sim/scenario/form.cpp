#include "sim/scenario/form.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/assert.hpp"
#include "core/base/nearest.hpp"
#include "sim/scenario/quantity.hpp"
#include "sim/scenario/reference.hpp"

namespace snowflk::sim::scenario {
namespace {

using Result = std::optional<Fault>;

constexpr std::size_t kShownMax = 40;  // characters of a wrong text that an error repeats

Fault fault(const Value& value, const std::string& path, std::string text) {
  return Fault{.line = value.line, .path = path, .text = std::move(text)};
}

std::string shown(const Value& value) {
  if (value.kind == ValueKind::integer) return fmt::format("{}", value.integer);
  if (value.kind == ValueKind::number) return value.text.substr(0, kShownMax);
  if (value.kind != ValueKind::text) return std::string{name_of(value.kind)};
  if (value.text.size() <= kShownMax) return fmt::format("\"{}\"", value.text);
  return fmt::format("\"{}...\"", value.text.substr(0, kShownMax));
}

Fault unexpected(const Value& value, const std::string& path, std::string_view expected) {
  return fault(value, path, fmt::format("expected {}, found {}", expected, shown(value)));
}

Result check_kind(const Value& value, ValueKind kind, const std::string& path) {
  if (value.kind == kind) return std::nullopt;
  return unexpected(value, path, name_of(kind));
}

Result check_integer(const Value& value, const Shape& shape, const std::string& path) {
  if (value.kind == ValueKind::integer && value.integer >= shape.low &&
      value.integer <= shape.high) {
    return std::nullopt;
  }
  return unexpected(value, path, fmt::format("an integer from {} to {}", shape.low, shape.high));
}

Result check_share(const Value& value, const std::string& path) {
  const auto ratio = value.kind == ValueKind::text ? parse_ratio(value.text) : std::nullopt;
  if (!ratio) {
    return unexpected(value, path, "a share of 0 to 1 such as \"1/400\", \"0.25\" or \"25%\"");
  }
  if (kMillionths % ratio->denominator == 0) return std::nullopt;
  return unexpected(value, path, "a share that is a whole number of millionths");
}

Result check_word(const Value& value, const Shape& shape, const std::string& path) {
  if (value.kind == ValueKind::text &&
      std::ranges::find(shape.words, value.text) != shape.words.end()) {
    return std::nullopt;
  }
  constexpr std::size_t kListedMax = 12;
  const std::string expected = shape.words.size() <= kListedMax
                                   ? fmt::format("one of {}", fmt::join(shape.words, ", "))
                                   : std::string{"a word that docs/SCENARIOS.md lists here"};
  Fault wrong = unexpected(value, path, expected);
  if (value.kind == ValueKind::text) wrong.text += hint(value.text, shape.words);
  return wrong;
}

/// Why `text` names no node, or nothing.
std::optional<std::string> wrong_node(std::string_view text, const Names& names) {
  if (const auto number = parse_node_number(text)) {
    if (*number >= 1 && *number <= names.nodes) return std::nullopt;
    return fmt::format("there is no node {}: nodes are 1 to {}", *number, names.nodes);
  }
  if (std::ranges::find(names.of_nodes, text) != names.of_nodes.end()) return std::nullopt;
  const std::vector<std::string_view> known{names.of_nodes.begin(), names.of_nodes.end()};
  return fmt::format(
      "expected a node, 1 to {}, or a name that an earlier \"as\" gave; found \"{}\"{}",
      names.nodes, text.substr(0, kShownMax), hint(text, known));
}

Result check_node(const Value& value, const Shape& shape, const std::string& path,
                  const Names& names) {
  if (value.kind != ValueKind::integer && value.kind != ValueKind::text) {
    return unexpected(value, path, fmt::format("a node, 1 to {}, or its name", names.nodes));
  }
  const std::string text =
      value.kind == ValueKind::integer ? fmt::format("{}", value.integer) : value.text;
  if (shape.kind == Kind::voter && text == "0") return std::nullopt;
  if (shape.kind == Kind::member && text == kAllNodes) return std::nullopt;
  if (const auto why = wrong_node(text, names)) return fault(value, path, *why);
  return std::nullopt;
}

Result check_link(const Value& value, const std::string& path, const Names& names) {
  const auto link = value.kind == ValueKind::text ? parse_link(value.text) : std::nullopt;
  if (!link) {
    return unexpected(value, path, "a link such as \"1->2\", \"1<->2\" or \"*->2\"");
  }
  if (link->from == link->to && link->from != kAnyNode) {
    return unexpected(value, path, "a link between two nodes");
  }
  for (const std::string& end : {link->from, link->to}) {
    if (end == kAnyNode) continue;
    if (const auto why = wrong_node(end, names)) return fault(value, path, *why);
  }
  return std::nullopt;
}

Result check_place(const Value& value, const std::string& path, const Names& names) {
  const bool link = value.kind == ValueKind::text && parse_link(value.text).has_value();
  if (link) return check_link(value, path, names);
  return check_node(value, Shape{.kind = Kind::member}, path, names);
}

// As deep as the brackets of the file: its reader refuses many.
Result check_list(const Value& value, const Shape& shape, const std::string& path,
                  const Names& names) {
  if (auto wrong = check_kind(value, ValueKind::list, path)) return wrong;
  for (std::size_t at = 0; at < value.items.size(); ++at) {
    const std::string item = fmt::format("{}[{}]", path, at);
    if (auto wrong = check(value.items[at], *shape.element, item, names)) return wrong;
  }
  return std::nullopt;
}

/// Why `key` cannot stand in an object of `shape`, or nothing.
std::optional<std::string> wrong_map_key(std::string_view key, const Shape& shape,
                                         const Names& names) {
  if (shape.kind == Kind::by_node) return wrong_node(key, names);
  if (shape.kind == Kind::by_name) return std::nullopt;
  if (std::ranges::find(names.of_replies, key) != names.of_replies.end()) return std::nullopt;
  const std::vector<std::string_view> known{names.of_replies.begin(), names.of_replies.end()};
  return fmt::format("no earlier \"propose\" is named \"{}\"{}", key, hint(key, known));
}

Result check_map(const Value& value, const Shape& shape, const std::string& path,
                 const Names& names) {
  if (auto wrong = check_kind(value, ValueKind::object, path)) return wrong;
  for (std::size_t at = 0; at < value.items.size(); ++at) {
    const std::string item = fmt::format("{}.{}", path, value.keys[at]);
    if (const auto why = wrong_map_key(value.keys[at], shape, names)) {
      return fault(value.items[at], item, *why);
    }
    if (auto wrong = check(value.items[at], *shape.element, item, names)) return wrong;
  }
  return std::nullopt;
}

Result check_scalar(const Value& value, const std::string& path) {
  if (value.kind == ValueKind::text || value.kind == ValueKind::integer ||
      value.kind == ValueKind::null) {
    return std::nullopt;
  }
  return unexpected(value, path, "a text, an integer or null");
}

}  // namespace

const Key* Form::find(std::string_view wanted) const {
  const auto found = std::ranges::find(keys, wanted, &Key::name);
  return found == keys.end() ? nullptr : &*found;
}

std::string hint(std::string_view word, std::span<const std::string_view> words) {
  const auto near = nearest(word, words);
  return near ? fmt::format("; the nearest is \"{}\"", *near) : std::string{};
}

Result check(const Value& value, const Shape& shape, const std::string& path, const Names& names) {
  switch (shape.kind) {
    case Kind::text: return check_kind(value, ValueKind::text, path);
    case Kind::boolean: return check_kind(value, ValueKind::boolean, path);
    case Kind::integer: return check_integer(value, shape, path);
    case Kind::duration:
      if (value.kind == ValueKind::text && parse_duration(value.text)) return std::nullopt;
      return unexpected(value, path, "a duration such as \"500ms\" or \"1.5s\"");
    case Kind::share: return check_share(value, path);
    case Kind::word: return check_word(value, shape, path);
    case Kind::scalar: return check_scalar(value, path);
    case Kind::node:
    case Kind::member:
    case Kind::voter: return check_node(value, shape, path, names);
    case Kind::place: return check_place(value, path, names);
    case Kind::link: return check_link(value, path, names);
    case Kind::form: return check(value, *shape.form, path, names);
    case Kind::list: return check_list(value, shape, path, names);
    case Kind::some:
      if (value.kind == ValueKind::list) return check_list(value, shape, path, names);
      return check(value, *shape.element, path, names);
    case Kind::by_node:
    case Kind::by_name:
    case Kind::by_reply: return check_map(value, shape, path, names);
    case Kind::condition:
      if (value.kind == ValueKind::object) return check(value, *shape.form, path, names);
      return check_word(value, shape, path);
  }
  SNOWFLK_ASSERT(false);
  return std::nullopt;
}

Result check(const Value& value, const Form& form, const std::string& path, const Names& names) {
  if (auto wrong = check_kind(value, ValueKind::object, path)) return wrong;
  std::vector<std::string_view> known;
  known.reserve(form.keys.size());
  for (const Key& key : form.keys) known.push_back(key.name);
  for (std::size_t at = 0; at < value.items.size(); ++at) {
    const std::string& name = value.keys[at];
    const std::string member = fmt::format("{}.{}", path, name);
    const Key* key = form.find(name);
    if (key == nullptr) {
      return fault(value.items[at], member,
                   fmt::format("{} has no such key{}", form.name, hint(name, known)));
    }
    if (auto wrong = check(value.items[at], key->shape, member, names)) return wrong;
  }
  for (const Key& key : form.keys) {
    if (key.required && value.find(key.name) == nullptr) {
      return fault(value, path, fmt::format("{} needs the key \"{}\"", form.name, key.name));
    }
  }
  return std::nullopt;
}

}  // namespace snowflk::sim::scenario
