#include "sim/check/model.hpp"

#include <algorithm>
#include <array>

namespace snowflk::sim {
namespace {

struct Shape {
  std::string_view name;
  Verb verb;
  std::size_t words_min;
  std::size_t words_max;
};

constexpr std::size_t kAny = SIZE_MAX;

/// In the order of Verb, and then other names for the same.
constexpr std::array kShapes = {
    Shape{"GET", Verb::get, 2, 2},       Shape{"SET", Verb::set, 3, kAny},
    Shape{"DEL", Verb::del, 2, kAny},    Shape{"EXISTS", Verb::exists, 2, kAny},
    Shape{"STRLEN", Verb::strlen, 2, 2}, Shape{"APPEND", Verb::append, 3, 3},
    Shape{"INCR", Verb::incr, 2, 2},     Shape{"DECR", Verb::decr, 2, 2},
    Shape{"INCRBY", Verb::incrby, 3, 3}, Shape{"DECRBY", Verb::decrby, 3, 3},
    Shape{"MGET", Verb::mget, 2, kAny},  Shape{"MSET", Verb::mset, 3, kAny},
    Shape{"GETDEL", Verb::getdel, 2, 2}, Shape{"DBSIZE", Verb::dbsize, 1, 1},
    Shape{"SETNX", Verb::set, 3, 3},     Shape{"GETSET", Verb::set, 3, 3},
    Shape{"UNLINK", Verb::del, 2, kAny},
};

bool same_word(std::string_view word, std::string_view upper) {
  return std::ranges::equal(word, upper, [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
  });
}

/// The words of SET behind the value. False: no such option, or two that exclude each other.
bool parse_set_options(Words options, Command& command) {
  for (std::size_t at = 0; at < options.size(); ++at) {
    SetWhen when = SetWhen::always;
    if (same_word(options[at], "GET")) {
      if (command.returns_old) return false;
      command.returns_old = true;
      continue;
    }
    if (same_word(options[at], "NX")) when = SetWhen::absent;
    if (same_word(options[at], "XX")) when = SetWhen::present;
    if (same_word(options[at], "IFEQ")) when = SetWhen::equal;
    if (when == SetWhen::always || command.when != SetWhen::always) return false;
    command.when = when;
    if (when != SetWhen::equal) continue;
    at += 1;
    if (at == options.size()) return false;
    command.equal_to = options[at];
  }
  return true;
}

}  // namespace

std::string_view name_of(Verb verb) { return kShapes[static_cast<std::size_t>(verb)].name; }

std::expected<Command, std::string> parse_command(Words words) {
  if (words.empty()) return std::unexpected("an empty command");
  const auto* shape =
      std::ranges::find_if(kShapes, [&](const Shape& s) { return same_word(words[0], s.name); });
  if (shape == kShapes.end()) {
    return std::unexpected("no known command '" + std::string{words[0].substr(0, 40)} + "'");
  }
  const std::string_view name = shape->name;
  if (words.size() < shape->words_min || words.size() > shape->words_max) {
    return std::unexpected("a wrong number of words for " + std::string{name});
  }
  Command command;
  command.verb = shape->verb;
  command.words = words;
  if (command.verb == Verb::mset && words.size() % 2 == 0) {
    return std::unexpected("a key without a value in MSET");
  }
  if (name == "SETNX") command.when = SetWhen::absent;
  command.returns_integer = name == "SETNX";
  command.returns_old = name == "GETSET";
  if (command.verb == Verb::set && !parse_set_options(words.subspan(3), command)) {
    return std::unexpected("SET with options that are none, or that exclude each other");
  }
  return command;
}

std::size_t Command::key_count() const {
  switch (verb) {
    case Verb::dbsize: return 0;
    case Verb::mset: return (words.size() - 1) / 2;
    case Verb::del:
    case Verb::exists:
    case Verb::mget: return words.size() - 1;
    case Verb::get:
    case Verb::set:
    case Verb::strlen:
    case Verb::append:
    case Verb::incr:
    case Verb::decr:
    case Verb::incrby:
    case Verb::decrby:
    case Verb::getdel: return 1;
  }
  return 0;
}

std::string_view Command::key(std::size_t at) const {
  SNOWFLK_ASSERT(at < key_count());
  return words[verb == Verb::mset ? 2 * at + 1 : at + 1];
}

bool Command::reads_only() const {
  return verb == Verb::get || verb == Verb::mget || verb == Verb::strlen || verb == Verb::exists ||
         verb == Verb::dbsize;
}

std::optional<i64> parse_integer(std::string_view text) {
  i64 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  // One text for one number: "-0", "007" and "+1" are none.
  if (std::to_string(value) != text) return std::nullopt;
  return value;
}

namespace reply {

void integer(i64 value, std::string& out) {
  out += ':';
  out += std::to_string(value);
  out += "\r\n";
}

void bulk(std::string_view value, std::string& out) {
  out += '$';
  out += std::to_string(value.size());
  out += "\r\n";
  out += value;
  out += "\r\n";
}

void bulk_or_nil(const std::optional<std::string_view>& value, std::string& out) {
  if (value) {
    bulk(*value, out);
  } else {
    out += kNil;
  }
}

void array(std::size_t count, std::string& out) {
  out += '*';
  out += std::to_string(count);
  out += "\r\n";
}

}  // namespace reply

namespace {

/// A command's keys in the whole map.
struct MapState {
  const Command& command;
  Model::Map& map;

  std::optional<std::string_view> find(std::size_t at) const {
    const auto found = map.find(command.key(at));
    if (found == map.end()) return std::nullopt;
    return found->second;
  }
  void put(std::size_t at, std::string_view value) {
    map.insert_or_assign(std::string{command.key(at)}, std::string{value});
  }
  void erase(std::size_t at) { map.erase(map.find(command.key(at))); }
  [[nodiscard]] std::size_t size() const { return map.size(); }
};

}  // namespace

std::string_view Model::apply(const Command& command) {
  reply_.clear();
  MapState state{command, map_};
  run(command, state, reply_);
  return reply_;
}

}  // namespace snowflk::sim
