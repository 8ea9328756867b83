// The one table of commands: what COMMAND answers, what arity is checked against, what the docs
// say.
//
// Commands of the connection (PING, HELLO, INFO …) stand in it too, so that COMMAND lists all; they
// are carried out by the server, not by the machine.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "core/base/types.hpp"

namespace snowflk::kv {

// What a command is: the bits of CommandSpec::flags.
inline constexpr u16 kWrite = 1;       // changes the data: goes through the log
inline constexpr u16 kReadOnly = 2;    // reads the data: goes through ReadIndex
inline constexpr u16 kConnection = 4;  // carried out by the server, on this connection
inline constexpr u16 kDenyOom = 8;     // refused when memory is short
inline constexpr u16 kFast = 16;
inline constexpr u16 kStale = 32;    // answered while there is no leader
inline constexpr u16 kLoading = 64;  // answered while the node starts
inline constexpr u16 kAdmin = 128;
inline constexpr u16 kNoAuth = 256;  // answered before the client has said who it is

struct CommandSpec {
  std::string_view name;  // lower case
  i32 arity = 0;          // words, the name among them; negative: at least so many
  u16 flags = 0;          // of those above
  i32 first_key = 0;      // the place of the first key; 0: none
  i32 last_key = 0;       // negative: from the end
  i32 key_step = 0;
  std::string_view group;    // as in Redis' documentation
  std::string_view since;    // the version of Redis that had it first
  std::string_view summary;  // one sentence, for COMMAND DOCS
};

/// All commands, by name.
std::span<const CommandSpec> commands();

/// The command called `name`, in any case; null if there is none.
const CommandSpec* find_command(Bytes name);

/// An answer that is an error, with its code: "ERR …". One line.
struct CommandError {
  std::string text;
};

/// The gate for a client's words: the command they call, if there is one and it takes so many
/// words. REQUIRES: args is not empty.
std::expected<const CommandSpec*, CommandError> check_call(std::span<const Bytes> args);

/// "ERR wrong number of arguments for 'get' command".
CommandError wrong_arity(std::string_view name);
/// "ERR unknown subcommand 'X'. Try CLIENT HELP." `command` is shown in upper case.
CommandError unknown_subcommand(std::string_view command, Bytes subcommand);
CommandError syntax_error();

/// Whether `word` is `lower_word`, in any case. REQUIRES: that is lower case.
bool is_word(Bytes word, std::string_view lower_word);

}  // namespace snowflk::kv
