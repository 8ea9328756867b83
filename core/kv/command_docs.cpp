// COMMAND and its subcommands.
#include "core/kv/command_docs.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/assert.hpp"
#include "core/kv/command_table.hpp"

namespace snowflk::kv {
namespace {

struct FlagName {
  u16 flag = 0;
  std::string_view flag_name;
  std::string_view category;  // empty: none
};

constexpr std::array kFlagNames = std::to_array<FlagName>({
    {kWrite, "write", "@write"},
    {kReadOnly, "readonly", "@read"},
    {kDenyOom, "denyoom", ""},
    {kAdmin, "admin", "@admin"},
    {kLoading, "loading", ""},
    {kStale, "stale", ""},
    {kFast, "fast", "@fast"},
    {kNoAuth, "no_auth", ""},
    {kConnection, "noscript", "@connection"},
});

/// Writes the answers of one request.
class Answer {
 public:
  Answer(std::span<const Bytes> args, wire::Protocol protocol, std::vector<std::byte>& out)
      : args_(args), protocol_(protocol), out_(out) {}

  void all() {
    wire::append_array(out_, commands().size());
    for (const CommandSpec& spec : commands()) info(spec);
  }
  void count() {
    if (!names().empty()) return wire::append_error(out_, wrong_arity("command|count").text);
    wire::append_integer(out_, static_cast<i64>(commands().size()));
  }
  void list() {
    if (!names().empty()) {  // Redis has filters here.
      return wire::append_error(out_, "ERR COMMAND LIST takes no filter yet");
    }
    wire::append_array(out_, commands().size());
    for (const CommandSpec& spec : commands()) wire::append_bulk(out_, spec.name);
  }
  /// Of the commands named; of an unknown one nothing at its place. None named: all.
  void infos() {
    if (names().empty()) return all();
    wire::append_array(out_, names().size());
    for (const Bytes name : names()) {
      if (const CommandSpec* spec = find_command(name)) {
        info(*spec);
      } else {
        wire::append_null(out_, protocol_);
      }
    }
  }
  /// Of the commands named that there are. None named: all.
  void docs() {
    if (names().empty()) {
      wire::append_map(out_, commands().size(), protocol_);
      for (const CommandSpec& spec : commands()) doc(spec);
      return;
    }
    const auto known =
        std::ranges::count_if(names(), [](Bytes name) { return find_command(name) != nullptr; });
    wire::append_map(out_, static_cast<u64>(known), protocol_);
    for (const Bytes name : names()) {
      if (const CommandSpec* spec = find_command(name)) doc(*spec);
    }
  }
  void getkeys() {
    if (names().empty()) return wire::append_error(out_, wrong_arity("command|getkeys").text);
    const CommandSpec* spec = find_command(names()[0]);
    if (spec == nullptr) return wire::append_error(out_, "ERR Invalid command specified");
    if (!check_call(names())) {
      return wire::append_error(out_, "ERR Invalid number of arguments specified for command");
    }
    if (spec->first_key == 0) {
      return wire::append_error(out_, "ERR The command has no key arguments");
    }
    keys(*spec);
  }
  void help() {
    constexpr std::array kLines = std::to_array<std::string_view>({
        "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "(no subcommand)",
        "    Return details about all commands.",
        "COUNT",
        "    Return the total number of commands.",
        "DOCS [<command-name> ...]",
        "    Return documentation of the commands named, or of all.",
        "GETKEYS <full-command>",
        "    Return the keys of a full command.",
        "INFO [<command-name> ...]",
        "    Return details about the commands named, or about all.",
        "LIST",
        "    Return a list of all commands.",
        "HELP",
        "    Print this help.",
    });
    wire::append_array(out_, kLines.size());
    for (const std::string_view line : kLines) wire::append_simple(out_, line);
  }

 private:
  /// The words behind the subcommand.
  [[nodiscard]] std::span<const Bytes> names() const { return args_.subspan(2); }

  /// Ten values, as Redis 7: tips, key specifications and subcommands are not given.
  void info(const CommandSpec& spec) {
    wire::append_array(out_, 10);
    wire::append_bulk(out_, spec.name);
    wire::append_integer(out_, spec.arity);
    flags(spec);
    wire::append_integer(out_, spec.first_key);
    wire::append_integer(out_, spec.last_key);
    wire::append_integer(out_, spec.key_step);
    categories(spec);
    for (int empty = 0; empty < 3; ++empty) wire::append_array(out_, 0);
  }
  void flags(const CommandSpec& spec) {
    const auto set = [&](const FlagName& row) { return (spec.flags & row.flag) != 0; };
    wire::append_set(out_, static_cast<u64>(std::ranges::count_if(kFlagNames, set)), protocol_);
    for (const FlagName& row : kFlagNames) {
      if (set(row)) wire::append_simple(out_, row.flag_name);
    }
  }
  void categories(const CommandSpec& spec) {
    const auto set = [&](const FlagName& row) {
      return (spec.flags & row.flag) != 0 && !row.category.empty();
    };
    const bool of_strings = spec.group == "string";
    const auto count = std::ranges::count_if(kFlagNames, set) + (of_strings ? 1 : 0);
    wire::append_set(out_, static_cast<u64>(count), protocol_);
    for (const FlagName& row : kFlagNames) {
      if (set(row)) wire::append_simple(out_, row.category);
    }
    if (of_strings) wire::append_simple(out_, "@string");
  }
  void doc(const CommandSpec& spec) {
    wire::append_bulk(out_, spec.name);
    wire::append_map(out_, 3, protocol_);
    wire::append_bulk(out_, "summary");
    wire::append_bulk(out_, spec.summary);
    wire::append_bulk(out_, "since");
    wire::append_bulk(out_, spec.since);
    wire::append_bulk(out_, "group");
    wire::append_bulk(out_, spec.group);
  }
  /// REQUIRES: the call has the arity of `spec`, which has keys.
  void keys(const CommandSpec& spec) {
    const auto words = static_cast<i32>(names().size());
    const i32 last = spec.last_key < 0 ? words + spec.last_key : spec.last_key;
    SNOWFLK_ASSERT(last < words);
    const i32 count = (last - spec.first_key) / spec.key_step + 1;
    wire::append_array(out_, static_cast<u64>(count));
    for (i32 at = spec.first_key; at <= last; at += spec.key_step) {
      wire::append_bulk(out_, names()[static_cast<std::size_t>(at)]);
    }
  }

  std::span<const Bytes> args_;
  wire::Protocol protocol_;
  std::vector<std::byte>& out_;
};

}  // namespace

void answer_command(std::span<const Bytes> args, wire::Protocol protocol,
                    std::vector<std::byte>& out) {
  SNOWFLK_ASSERT(!args.empty());
  Answer answer(args, protocol, out);
  if (args.size() == 1) return answer.all();
  if (is_word(args[1], "count")) return answer.count();
  if (is_word(args[1], "list")) return answer.list();
  if (is_word(args[1], "info")) return answer.infos();
  if (is_word(args[1], "docs")) return answer.docs();
  if (is_word(args[1], "getkeys")) return answer.getkeys();
  if (is_word(args[1], "help")) return answer.help();
  wire::append_error(out, unknown_subcommand("command", args[1]).text);
}

}  // namespace snowflk::kv
