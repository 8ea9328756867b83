// COMMAND: what the core's table of commands says, in the shapes that clients know.
#include <algorithm>
#include <array>

#include "core/wire/resp_reply.hpp"
#include "real/connection_commands.hpp"

namespace snowflk::real {
namespace {

using kv::CommandSpec;
using wire::append_array;
using wire::append_bulk;
using wire::append_integer;
using wire::append_simple;

struct FlagName {
  kv::CommandFlag flag;
  std::string_view name;
};
constexpr std::array<FlagName, 8> kFlagNames{{{kv::kWrite, "write"},
                                              {kv::kReadOnly, "readonly"},
                                              {kv::kDenyOom, "denyoom"},
                                              {kv::kAdmin, "admin"},
                                              {kv::kLoading, "loading"},
                                              {kv::kStale, "stale"},
                                              {kv::kFast, "fast"},
                                              {kv::kNoAuth, "no_auth"}}};

void append_flags(Call& call, const CommandSpec& spec) {
  const auto has = [&](const FlagName& each) { return (spec.flags & each.flag) != 0; };
  const auto count = std::ranges::count_if(kFlagNames, has);
  wire::append_set(call.out, static_cast<u64>(count), call.session.protocol);
  for (const auto& each : kFlagNames) {
    if (has(each)) append_simple(call.out, each.name);
  }
}

/// The ten fields of a row; categories, tips, key specifications and subcommands are empty.
void append_row(Call& call, const CommandSpec& spec) {
  append_array(call.out, 10);
  append_bulk(call.out, spec.name);
  append_integer(call.out, spec.arity);
  append_flags(call, spec);
  append_integer(call.out, spec.first_key);
  append_integer(call.out, spec.last_key);
  append_integer(call.out, spec.key_step);
  wire::append_set(call.out, 0, call.session.protocol);
  append_array(call.out, 0);
  append_array(call.out, 0);
  append_array(call.out, 0);
}

void append_docs(Call& call, const CommandSpec& spec) {
  append_bulk(call.out, spec.name);
  wire::append_map(call.out, 3, call.session.protocol);
  append_bulk(call.out, "summary");
  append_bulk(call.out, spec.summary);
  append_bulk(call.out, "since");
  append_bulk(call.out, spec.since);
  append_bulk(call.out, "group");
  append_bulk(call.out, spec.group);
}

void tell_all(Call& call) {
  append_array(call.out, kv::commands().size());
  for (const auto& spec : kv::commands()) append_row(call, spec);
}

void tell_info(Call& call) {
  if (call.args.size() == 2) return tell_all(call);
  append_array(call.out, call.args.size() - 2);
  for (const Bytes name : call.args.subspan(2)) {
    if (const CommandSpec* spec = kv::find_command(name)) {
      append_row(call, *spec);
    } else {
      wire::append_null(call.out, call.session.protocol);
    }
  }
}

void tell_docs(Call& call) {
  std::vector<const CommandSpec*> wanted;
  for (const Bytes name : call.args.subspan(2)) {
    if (const CommandSpec* spec = kv::find_command(name)) wanted.push_back(spec);
  }
  if (call.args.size() == 2) {
    for (const auto& spec : kv::commands()) wanted.push_back(&spec);
  }
  wire::append_map(call.out, wanted.size(), call.session.protocol);
  for (const auto* spec : wanted) append_docs(call, *spec);
}

void tell_list(Call& call) {
  if (call.args.size() > 2) return answer_error(call, kv::syntax_error().text);
  append_array(call.out, kv::commands().size());
  for (const auto& spec : kv::commands()) append_bulk(call.out, spec.name);
}

void tell_keys(Call& call) {
  const auto inner = call.args.subspan(2);
  if (inner.empty()) return answer_wrong_arity(call, "getkeys");
  const CommandSpec* spec = kv::find_command(inner[0]);
  if (spec == nullptr) return answer_error(call, "ERR Invalid command specified");
  if (spec->first_key == 0) return answer_error(call, "ERR The command has no key arguments");
  if (!kv::check_call(inner)) {
    return answer_error(call, "ERR Invalid number of arguments specified for command");
  }
  const auto words = static_cast<i32>(inner.size());
  const i32 last = spec->last_key < 0 ? words + spec->last_key : spec->last_key;
  std::vector<Bytes> found;
  for (i32 i = spec->first_key; i <= last; i += spec->key_step) {
    found.push_back(inner[static_cast<std::size_t>(i)]);
  }
  append_array(call.out, found.size());
  for (const Bytes key : found) append_bulk(call.out, key);
}

constexpr std::array<std::string_view, 7> kHelp{
    "(no subcommand)",
    "    Return details about all commands.",
    "COUNT | LIST",
    "    Return the number, or the names, of all commands.",
    "DOCS | INFO [<name> ...]",
    "    Return documentation, or details, of commands.",
    "GETKEYS <full-command>"};

struct Subcommand {
  std::string_view name;
  void (*carry_out)(Call&);
};
constexpr std::array kSubcommands{
    Subcommand{
        "count",
        [](Call& call) { append_integer(call.out, static_cast<i64>(kv::commands().size())); }},
    Subcommand{"docs", tell_docs},
    Subcommand{"getkeys", tell_keys},
    Subcommand{"help", [](Call& call) { answer_lines(call, kHelp); }},
    Subcommand{"info", tell_info},
    Subcommand{"list", tell_list},
};

}  // namespace

void carry_out_command(Call& call) {
  if (call.args.size() == 1) return tell_all(call);
  const std::string name = lower_case(call.args[1]);
  const auto subcommand = std::ranges::find(kSubcommands, name, &Subcommand::name);
  if (subcommand == kSubcommands.end()) {
    return answer_error(call, kv::unknown_subcommand("command", call.args[1]).text);
  }
  subcommand->carry_out(call);
}

}  // namespace snowflk::real
