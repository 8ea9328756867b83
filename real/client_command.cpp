// CLIENT: what a connection says of itself, and what is said of all.
#include <algorithm>
#include <array>
#include <expected>

#include "core/wire/resp_reply.hpp"
#include "real/connection_commands.hpp"

namespace snowflk::real {
namespace {

using kv::is_word;

bool is_plain(Bytes name) {
  return std::ranges::all_of(as_text(name), [](char c) { return c > ' ' && c <= '~'; });
}

i64 whole_seconds(Duration span) { return span.value / 1'000'000'000; }

std::string line_of(const Session& session, Instant now) {
  std::string line = "id=" + std::to_string(session.id);
  line += " addr=" + session.address + " laddr=" + session.local_address;
  line += " fd=" + std::to_string(session.fd) + " name=" + session.name;
  line += " age=" + std::to_string(whole_seconds(now - session.since));
  line += " idle=" + std::to_string(whole_seconds(now - session.asked));
  line += " flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 cmd=" + std::string{session.last};
  line += " user=default redir=-1 resp=" + std::to_string(static_cast<int>(session.protocol));
  line += " lib-name=" + session.library_name + " lib-ver=" + session.library_version + "\n";
  return line;
}

/// LIST [TYPE type] [ID id …]: one of the two, or neither.
void list(Call& call) {
  std::vector<u64> only;
  bool none = false;
  if (call.args.size() > 2) {
    const bool ids = is_word(call.args[2], "id") && call.args.size() > 3;
    const bool type = is_word(call.args[2], "type") && call.args.size() == 4;
    if (!ids && !type) return answer_error(call, kv::syntax_error().text);
    for (const Bytes arg : call.args.subspan(3)) {
      if (type) {
        none = !is_word(arg, "normal");
        continue;
      }
      const auto id = integer_of(arg);
      if (!id || *id < 1) return answer_error(call, "ERR Invalid client ID");
      only.push_back(static_cast<u64>(*id));
    }
  }
  std::string text;
  for (const auto& [id, session] : call.server.sessions) {
    if (none || (!only.empty() && std::ranges::find(only, id) == only.end())) continue;
    text += line_of(session, call.server.now.monotonic);
  }
  wire::append_bulk(call.out, text);
}

void set_name(Call& call) {
  if (!is_plain(call.args[2])) {
    return answer_error(call,
                        "ERR Client names cannot contain spaces, newlines or special characters.");
  }
  call.session.name = as_text(call.args[2]);
  answer_ok(call);
}

void set_info(Call& call) {
  const bool name = is_word(call.args[2], "lib-name");
  if (!name && !is_word(call.args[2], "lib-ver")) {
    return answer_error(call,
                        "ERR Unrecognized option '" + std::string{as_text(call.args[2])} + "'");
  }
  if (!is_plain(call.args[3])) {
    return answer_error(call, std::string{"ERR "} + (name ? "lib-name" : "lib-ver") +
                                  " cannot contain spaces, newlines or special characters.");
  }
  (name ? call.session.library_name : call.session.library_version) = as_text(call.args[3]);
  answer_ok(call);
}

void set_switch(Call& call, bool& setting) {
  const bool on = is_word(call.args[2], "on");
  if (!on && !is_word(call.args[2], "off")) return answer_error(call, kv::syntax_error().text);
  setting = on;
  answer_ok(call);
}

/// OFF and SKIP are not answered themselves.
void set_replies(Call& call) {
  if (is_word(call.args[2], "on")) {
    call.session.replies = ReplyMode::on;
    return answer_ok(call);
  }
  if (is_word(call.args[2], "off")) {
    call.session.replies = ReplyMode::off;
  } else if (is_word(call.args[2], "skip")) {
    if (call.session.replies == ReplyMode::on) call.session.replies = ReplyMode::skip_next;
  } else {
    answer_error(call, kv::syntax_error().text);
  }
}

/// Whether `session` has the property `name` with the value `wanted`; a sentence if it is no
/// property, or cannot have such a value.
std::expected<bool, std::string> has(const Session& session, Bytes name, Bytes wanted) {
  if (is_word(name, "addr")) return session.address == as_text(wanted);
  if (is_word(name, "laddr")) return session.local_address == as_text(wanted);
  if (is_word(name, "user")) return as_text(wanted) == "default";
  if (is_word(name, "id")) {
    const auto id = integer_of(wanted);
    if (!id || *id < 1) return std::unexpected{"ERR client-id should be greater than 0"};
    return session.id == static_cast<u64>(*id);
  }
  if (is_word(name, "type")) return is_word(wanted, "normal");
  return std::unexpected{kv::syntax_error().text};
}

/// Whether `session` has all the properties of `filters`, a name and a value each.
std::expected<bool, std::string> has_all(const Session& session, std::span<const Bytes> filters) {
  bool all = true;
  for (std::size_t i = 0; i < filters.size(); i += 2) {
    if (is_word(filters[i], "skipme")) continue;
    const auto one = has(session, filters[i], filters[i + 1]);
    if (!one) return one;
    all = all && *one;
  }
  return all;
}

/// What SKIPME says last; yes, if nothing does. Nothing if it says neither yes nor no.
std::optional<bool> skips_me(std::span<const Bytes> filters) {
  bool skips = true;
  for (std::size_t i = 0; i < filters.size(); i += 2) {
    if (!is_word(filters[i], "skipme")) continue;
    skips = is_word(filters[i + 1], "yes");
    if (!skips && !is_word(filters[i + 1], "no")) return std::nullopt;
  }
  return skips;
}

void end_session(Call& call, u64 id) {
  if (id == call.session.id) {
    call.closes = true;  // after its answer
  } else {
    call.ended.push_back(id);
  }
}

/// KILL addr:port.
void kill_by_address(Call& call) {
  bool found = false;
  for (const auto& [id, session] : call.server.sessions) {
    if (session.address != as_text(call.args[2])) continue;
    found = true;
    end_session(call, id);
  }
  if (!found) return answer_error(call, "ERR No such client");
  answer_ok(call);
}

/// KILL name value …: those that fit all, but for the one that asks unless SKIPME no.
void kill(Call& call) {
  if (call.args.size() < 3) return answer_wrong_arity(call, "kill");
  if (call.args.size() == 3) return kill_by_address(call);
  const auto filters = call.args.subspan(2);
  if (filters.size() % 2 != 0) return answer_error(call, kv::syntax_error().text);
  const auto skips = skips_me(filters);
  if (!skips) return answer_error(call, kv::syntax_error().text);
  std::vector<u64> found;
  for (const auto& [id, session] : call.server.sessions) {
    const auto fits = has_all(session, filters);
    if (!fits) return answer_error(call, fits.error());
    const bool spared = *skips && id == call.session.id;
    if (*fits && !spared) found.push_back(id);
  }
  for (const u64 id : found) end_session(call, id);
  wire::append_integer(call.out, static_cast<i64>(found.size()));
}

void tell_name(Call& call) {
  if (call.session.name.empty()) return wire::append_null(call.out, call.session.protocol);
  wire::append_bulk(call.out, call.session.name);
}

constexpr std::array<std::string_view, 14> kHelp{
    "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "GETNAME",
    "    Return the name of the current connection.",
    "ID | INFO",
    "    Return the ID, or all that is known, of the current connection.",
    "KILL <ip:port> | (ID|ADDR|LADDR|USER|TYPE) <value> ... [SKIPME (YES|NO)]",
    "    Close the connections that fit.",
    "LIST [TYPE normal | ID <id> ...]",
    "    Return information about client connections.",
    "REPLY (ON|OFF|SKIP)",
    "    Control the replies sent to the current connection.",
    "SETNAME <name> | SETINFO (LIB-NAME|LIB-VER) <value>",
    "    Name the current connection.",
    "NO-EVICT (ON|OFF) | NO-TOUCH (ON|OFF)"};

struct Subcommand {
  std::string_view name;
  std::size_t words;  // CLIENT and itself among them; 0: any number
  void (*carry_out)(Call&);
};
constexpr std::array kSubcommands{
    Subcommand{"getname", 2, tell_name},
    Subcommand{"help", 2, [](Call& call) { answer_lines(call, kHelp); }},
    Subcommand{
        "id", 2,
        [](Call& call) { wire::append_integer(call.out, static_cast<i64>(call.session.id)); }},
    Subcommand{"info", 2,
               [](Call& call) {
                 wire::append_bulk(call.out, line_of(call.session, call.server.now.monotonic));
               }},
    Subcommand{"kill", 0, kill},
    Subcommand{"list", 0, list},
    Subcommand{"no-evict", 3, [](Call& call) { set_switch(call, call.session.no_evict); }},
    Subcommand{"no-touch", 3, [](Call& call) { set_switch(call, call.session.no_touch); }},
    Subcommand{"reply", 3, set_replies},
    Subcommand{"setinfo", 4, set_info},
    Subcommand{"setname", 3, set_name},
};

}  // namespace

void carry_out_client(Call& call) {
  const std::string name = lower_case(call.args[1]);
  const auto subcommand = std::ranges::find(kSubcommands, name, &Subcommand::name);
  if (subcommand == kSubcommands.end()) {
    return answer_error(call, kv::unknown_subcommand("client", call.args[1]).text);
  }
  if (subcommand->words != 0 && call.args.size() != subcommand->words) {
    return answer_wrong_arity(call, subcommand->name);
  }
  subcommand->carry_out(call);
}

}  // namespace snowflk::real
