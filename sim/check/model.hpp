// What the commands mean, written a second time: the reference that replies are judged by.
//
// Independent of core/kv on purpose: it shares no line with the machine that it judges. Commands
// are plain words, replies are RESP2 text, the state is whatever answers find / put / erase / size.
// Plain is what it is for; fast it need not be.
#pragma once

#include <charconv>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"

namespace snowflk::sim {

using Words = std::span<const std::string_view>;

enum class Verb : u8 {
  get,
  set,
  del,
  exists,
  strlen,
  append,
  incr,
  decr,
  incrby,
  decrby,
  mget,
  mset,
  getdel,
  dbsize,
};
std::string_view name_of(Verb verb);

enum class SetWhen : u8 { always, absent, present, equal };

/// A command whose shape is right: `words` has as many as its verb takes. Borrows the words.
struct Command {
  Verb verb = Verb::get;
  SetWhen when = SetWhen::always;
  bool returns_old = false;      // SET ... GET, GETSET
  bool returns_integer = false;  // SETNX
  std::string_view equal_to;     // SET ... IFEQ
  Words words;

  [[nodiscard]] std::size_t key_count() const;
  /// The key number `at` of key_count().
  [[nodiscard]] std::string_view key(std::size_t at) const;
  /// It can never change the state.
  [[nodiscard]] bool reads_only() const;
};

/// The command in `words`, its name in any case, or what is wrong with it in a phrase.
std::expected<Command, std::string> parse_command(Words words);

/// As Redis reads a number: no plus sign, no leading zero, no space, 64 bits.
std::optional<i64> parse_integer(std::string_view text);

namespace reply {
inline constexpr std::string_view kOk = "+OK\r\n";
inline constexpr std::string_view kNil = "$-1\r\n";
inline constexpr std::string_view kNotAnInteger =
    "-ERR value is not an integer or out of range\r\n";
inline constexpr std::string_view kOverflow = "-ERR increment or decrement would overflow\r\n";
inline constexpr std::string_view kDecrementOverflow = "-ERR decrement would overflow\r\n";
void integer(i64 value, std::string& out);
void bulk(std::string_view value, std::string& out);
void bulk_or_nil(const std::optional<std::string_view>& value, std::string& out);
void array(std::size_t count, std::string& out);
}  // namespace reply

/// A place for the values of one command's keys, named by their number within the command.
/// find's view need only last until the next put or erase.
template <class S>
concept CommandState = requires(S state, std::size_t at, std::string_view value) {
  { state.find(at) } -> std::same_as<std::optional<std::string_view>>;
  state.put(at, value);
  state.erase(at);
  { state.size() } -> std::convertible_to<std::size_t>;
};

namespace semantics {

template <CommandState S>
void set(const Command& command, S& state, std::string& out) {
  const std::optional<std::string_view> old = state.find(0);
  bool writes = true;
  switch (command.when) {
    case SetWhen::always: break;
    case SetWhen::absent: writes = !old; break;
    case SetWhen::present: writes = old.has_value(); break;
    case SetWhen::equal: writes = old && *old == command.equal_to; break;
  }
  if (command.returns_old) {
    reply::bulk_or_nil(old, out);
  } else if (command.returns_integer) {
    reply::integer(writes ? 1 : 0, out);
  } else {
    out += writes ? reply::kOk : reply::kNil;
  }
  if (writes) state.put(0, command.words[2]);
}

/// `delta` is added; the sum must fit.
template <CommandState S>
void add(S& state, i64 delta, std::string& out) {
  const std::optional<std::string_view> old = state.find(0);
  const std::optional<i64> number = old ? parse_integer(*old) : i64{0};
  i64 sum = 0;
  if (!number) {
    out += reply::kNotAnInteger;
  } else if (__builtin_add_overflow(*number, delta, &sum)) {
    out += reply::kOverflow;
  } else {
    state.put(0, std::to_string(sum));
    reply::integer(sum, out);
  }
}

template <CommandState S>
void add_operand(const Command& command, S& state, std::string& out) {
  const std::optional<i64> operand = parse_integer(command.words[2]);
  if (!operand) {
    out += reply::kNotAnInteger;
  } else if (command.verb == Verb::decrby && *operand == INT64_MIN) {
    out += reply::kDecrementOverflow;
  } else {
    add(state, command.verb == Verb::decrby ? -*operand : *operand, out);
  }
}

template <CommandState S>
void append(const Command& command, S& state, std::string& out) {
  std::string joined{state.find(0).value_or(std::string_view{})};
  joined += command.words[2];
  state.put(0, joined);
  reply::integer(static_cast<i64>(joined.size()), out);
}

template <CommandState S>
i64 count_present(const Command& command, S& state, bool erases) {
  i64 present = 0;
  for (std::size_t at = 0; at < command.key_count(); ++at) {
    if (!state.find(at)) continue;
    present += 1;
    if (erases) state.erase(at);
  }
  return present;
}

}  // namespace semantics

/// Does `command` to `state` and appends its reply to `out`.
template <CommandState S>
void run(const Command& command, S& state, std::string& out) {
  switch (command.verb) {
    case Verb::get: return reply::bulk_or_nil(state.find(0), out);
    case Verb::set: return semantics::set(command, state, out);
    case Verb::del: return reply::integer(semantics::count_present(command, state, true), out);
    case Verb::exists: return reply::integer(semantics::count_present(command, state, false), out);
    case Verb::strlen: {
      const std::size_t size = state.find(0).value_or(std::string_view{}).size();
      return reply::integer(static_cast<i64>(size), out);
    }
    case Verb::append: return semantics::append(command, state, out);
    case Verb::incr: return semantics::add(state, 1, out);
    case Verb::decr: return semantics::add(state, -1, out);
    case Verb::incrby:
    case Verb::decrby: return semantics::add_operand(command, state, out);
    case Verb::mget:
      reply::array(command.key_count(), out);
      for (std::size_t at = 0; at < command.key_count(); ++at) {
        reply::bulk_or_nil(state.find(at), out);
      }
      return;
    case Verb::mset:
      for (std::size_t at = 0; at < command.key_count(); ++at) {
        state.put(at, command.words[2 * at + 2]);
      }
      out += reply::kOk;
      return;
    case Verb::getdel:
      reply::bulk_or_nil(state.find(0), out);
      if (state.find(0)) state.erase(0);
      return;
    case Verb::dbsize: return reply::integer(static_cast<i64>(state.size()), out);
  }
}

/// The whole state as a plain map.
class Model {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;

  /// Does the command; its reply in RESP2, borrowed until the next call.
  std::string_view apply(const Command& command);
  [[nodiscard]] const Map& map() const { return map_; }

 private:
  Map map_;
  std::string reply_;
};

}  // namespace snowflk::sim
