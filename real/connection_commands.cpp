#include "real/connection_commands.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/assert.hpp"
#include "core/kv/command_docs.hpp"
#include "core/wire/resp_reply.hpp"

namespace snowflk::real {
namespace {

using kv::is_word;
using wire::Protocol;

/// The users there are: one, without a password.
bool is_known_user(Bytes user) { return as_text(user) == "default"; }

constexpr std::string_view kWrongPass =
    "WRONGPASS invalid username-password pair or user is disabled.";

void ping(Call& call) {
  if (call.args.size() > 2) return answer_error(call, kv::wrong_arity("ping").text);
  if (call.args.size() == 1) return wire::append_simple(call.out, "PONG");
  wire::append_bulk(call.out, call.args[1]);
}

void auth(Call& call) {
  if (call.args.size() > 3) return answer_error(call, kv::syntax_error().text);
  if (call.args.size() == 2) {
    return answer_error(call,
                        "ERR AUTH <password> called without any password configured for the "
                        "default user. Are you sure your configuration is correct?");
  }
  if (!is_known_user(call.args[1])) return answer_error(call, kWrongPass);
  answer_ok(call);
}

void select(Call& call) {
  const auto database = integer_of(call.args[1]);
  if (!database) return answer_error(call, "ERR value is not an integer or out of range");
  if (*database != 0) return answer_error(call, "ERR DB index is out of range");
  answer_ok(call);
}

void reset(Call& call) {
  Session& session = call.session;
  session.protocol = Protocol::resp2;
  session.replies = ReplyMode::on;
  session.name.clear();
  session.no_evict = false;
  session.no_touch = false;
  wire::append_simple(call.out, "RESET");
}

void tell_hello(Call& call) {
  const Protocol protocol = call.session.protocol;
  const bool leads = call.server.node.role == raft::Role::leader;
  auto& out = call.out;
  wire::append_map(out, 7, protocol);
  wire::append_bulk(out, "server");
  wire::append_bulk(out, "redis");  // What clients compare with; INFO says snowflk_version.
  wire::append_bulk(out, "version");
  wire::append_bulk(out, kRedisVersion);
  wire::append_bulk(out, "proto");
  wire::append_integer(out, static_cast<i64>(protocol));
  wire::append_bulk(out, "id");
  wire::append_integer(out, static_cast<i64>(call.session.id));
  wire::append_bulk(out, "mode");
  wire::append_bulk(out, "standalone");
  wire::append_bulk(out, "role");
  wire::append_bulk(out, leads ? "master" : "replica");
  wire::append_bulk(out, "modules");
  wire::append_array(out, 0);
}

/// HELLO [protover [AUTH user password] [SETNAME name]]. Nothing changes unless all of it is right.
void hello(Call& call) {
  Protocol protocol = call.session.protocol;
  if (call.args.size() > 1) {
    const auto version = integer_of(call.args[1]);
    if (!version) {
      return answer_error(call, "ERR Protocol version is not an integer or out of range");
    }
    if (*version != 2 && *version != 3) {
      return answer_error(call, "NOPROTO unsupported protocol version");
    }
    protocol = *version == 2 ? Protocol::resp2 : Protocol::resp3;
  }
  std::optional<std::string> name;
  for (std::size_t i = 2; i < call.args.size();) {
    const std::size_t left = call.args.size() - i - 1;
    if (is_word(call.args[i], "auth") && left >= 2) {
      if (!is_known_user(call.args[i + 1])) return answer_error(call, kWrongPass);
      i += 3;
    } else if (is_word(call.args[i], "setname") && left >= 1) {
      name = as_text(call.args[i + 1]);
      i += 2;
    } else {
      return answer_error(
          call, "ERR Syntax error in HELLO option '" + std::string{as_text(call.args[i])} + "'");
    }
  }
  if (name && !std::ranges::all_of(*name, [](char c) { return c > ' ' && c <= '~'; })) {
    return answer_error(call,
                        "ERR Client names cannot contain spaces, newlines or special characters.");
  }
  call.session.protocol = protocol;
  if (name) call.session.name = *name;
  tell_hello(call);
}

void tell_time(Call& call) {
  const i64 milliseconds = call.server.now.wall.value;
  wire::append_array(call.out, 2);
  wire::append_bulk(call.out, std::to_string(milliseconds / 1000));
  wire::append_bulk(call.out, std::to_string(milliseconds % 1000 * 1000));
}

/// As Redis tells it.
void role(Call& call) {
  const NodeStatus& node = call.server.node;
  const Config& config = call.server.config;
  const auto offset = static_cast<i64>(node.applied_index.value);
  auto& out = call.out;
  if (node.role == raft::Role::leader) {
    wire::append_array(out, 3);
    wire::append_bulk(out, "master");
    wire::append_integer(out, offset);
    wire::append_array(out, config.peers.size() - 1);
    for (const auto& member : config.peers) {
      if (member.id == config.options.self) continue;
      wire::append_array(out, 3);
      const Address address = clients_reach(config, member.id);
      wire::append_bulk(out, address.host);
      wire::append_bulk(out, std::to_string(address.port));
      wire::append_bulk(out, std::to_string(offset));
    }
    return;
  }
  const bool known = !node.leader.nobody();
  const Address leader = clients_reach(config, node.leader);
  wire::append_array(out, 5);
  wire::append_bulk(out, "slave");
  wire::append_bulk(out, leader.host);
  wire::append_integer(out, leader.port);
  wire::append_bulk(out, known ? "connected" : "connect");
  wire::append_integer(out, offset);
}

void cluster(Call& call) { answer_error(call, "ERR This instance has cluster support disabled"); }
void command(Call& call) { kv::answer_command(call.args, call.session.protocol, call.out); }
void echo(Call& call) { wire::append_bulk(call.out, call.args[1]); }
void quit(Call& call) {
  answer_ok(call);
  call.closes = true;
}

struct Handler {
  std::string_view name;
  void (*carry_out)(Call&);
};
constexpr std::array kHandlers{
    Handler{"asking", answer_ok},
    Handler{"auth", auth},
    Handler{"client", carry_out_client},
    Handler{"cluster", cluster},
    Handler{"command", command},
    Handler{"config", carry_out_config},
    Handler{"echo", echo},
    Handler{"hello", hello},
    Handler{"info", carry_out_info},
    Handler{"ping", ping},
    Handler{"quit", quit},
    Handler{"readonly", answer_ok},
    Handler{"readwrite", answer_ok},
    Handler{"reset", reset},
    Handler{"role", role},
    Handler{"select", select},
    Handler{"time", tell_time},
};

}  // namespace

void carry_out(const kv::CommandSpec& spec, Call& call) {
  const auto handler = std::ranges::find(kHandlers, spec.name, &Handler::name);
  // Every connection command of the table is here: a test goes through it.
  SNOWFLK_ASSERT(handler != kHandlers.end());
  handler->carry_out(call);
}

Address clients_reach(const Config& config, NodeId id) {
  if (id == config.options.self) return config.listen_clients;
  const auto member = std::ranges::find(config.peers, id, &Member::id);
  if (member == config.peers.end()) return {};
  if (member->clients.given()) return member->clients;
  return {.host = member->address.host, .port = 0};
}

void answer_ok(Call& call) { wire::append_simple(call.out, "OK"); }

void answer_error(Call& call, std::string_view text) {
  call.server.counters.errors += 1;
  wire::append_error(call.out, text);
}

void answer_wrong_arity(Call& call, std::string_view subcommand) {
  answer_error(call,
               kv::wrong_arity(lower_case(call.args[0]) + "|" + std::string{subcommand}).text);
}

void answer_lines(Call& call, std::span<const std::string_view> lines) {
  wire::append_array(call.out, lines.size());
  for (const auto line : lines) wire::append_simple(call.out, line);
}

std::optional<i64> integer_of(Bytes bytes) {
  const std::string_view text = as_text(bytes);
  i64 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string lower_case(Bytes bytes) {
  std::string text{as_text(bytes)};
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

}  // namespace snowflk::real
