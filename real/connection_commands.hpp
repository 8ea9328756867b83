// The commands that concern the connection or the server, and not the data: carried out here, at
// once, without the core.
//
// One file for each family: connection_commands.cpp, client_command.cpp, config_command.cpp,
// info.cpp; COMMAND is the core's table itself. What a command is called and how many words it
// takes stands in that table, and was checked before.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/kv/command_table.hpp"
#include "real/server_view.hpp"

namespace snowflk::real {

/// The version of Redis whose protocol clients may expect; INFO has our own beside it.
inline constexpr std::string_view kRedisVersion = "7.2.0";

/// One call of a command.
struct Call {
  std::span<const Bytes> args;  // at least one
  Session& session;
  const ServerView& server;
  std::vector<std::byte>& out;  // where the answer is appended
  bool closes = false;          // after the answer
  std::vector<u64> ended;       // sessions that are to be closed, as an administrator asked
};

/// Carries out `call` of a command with the flag kConnection.
void carry_out(const kv::CommandSpec& spec, Call& call);

// Of each family. REQUIRES: the command's arity was checked.
void carry_out_client(Call& call);
void carry_out_config(Call& call);
void carry_out_info(Call& call);

/// The text of INFO: the sections that `wanted` names, in lower case; all if it is empty.
std::string info_text(const ServerView& server, std::span<const std::string> wanted);

/// Where clients reach the member `id`. Not told in the configuration: its host, and port 0.
Address clients_reach(const Config& config, NodeId id);

// What all families answer with.
void answer_ok(Call& call);
void answer_error(Call& call, std::string_view text);
/// "ERR wrong number of arguments for 'client|id' command".
void answer_wrong_arity(Call& call, std::string_view subcommand);
void answer_lines(Call& call, std::span<const std::string_view> lines);
/// `bytes` as a whole number; nothing if they are none.
std::optional<i64> integer_of(Bytes bytes);
std::string lower_case(Bytes bytes);

}  // namespace snowflk::real
