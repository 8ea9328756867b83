// The rows of the command table, and the gate for a client's words.
#include "core/kv/command_table.hpp"

#include <algorithm>
#include <array>

#include "core/base/assert.hpp"

namespace snowflk::kv {
namespace {

constexpr u16 kData = kReadOnly | kFast;
constexpr u16 kChange = kWrite | kDenyOom | kFast;
constexpr u16 kServer = kConnection | kStale | kLoading | kFast;

// By name. A row: name, arity, flags, first key, last key, step, group, since, summary.
constexpr std::array kCommands = std::to_array<CommandSpec>({
    {"append", 3, kChange, 1, 1, 1, "string", "2.0.0", "Appends a string to the value of a key."},
    {"asking", 1, kServer, 0, 0, 0, "cluster", "3.0.0", "Accepted, for clients of a cluster."},
    {"auth", -2, kServer | kNoAuth, 0, 0, 0, "connection", "1.0.0",
     "Authenticates the connection."},
    {"client", -2, kServer, 0, 0, 0, "connection", "2.4.0", "Names and shows client connections."},
    {"cluster", -2, kServer, 0, 0, 0, "cluster", "3.0.0",
     "Shows the cluster as clients expect it."},
    {"command", -1, kServer, 0, 0, 0, "server", "2.8.13", "Describes the commands."},
    {"config", -2, kServer | kAdmin, 0, 0, 0, "server", "2.0.0", "Shows configuration."},
    {"dbsize", 1, kData, 0, 0, 0, "server", "1.0.0", "Returns the number of keys."},
    {"decr", 2, kChange, 1, 1, 1, "string", "1.0.0", "Takes one from the integer value of a key."},
    {"decrby", 3, kChange, 1, 1, 1, "string", "1.0.0",
     "Takes a number from the integer value of a key."},
    {"del", -2, kWrite, 1, -1, 1, "generic", "1.0.0", "Deletes one or more keys."},
    {"echo", 2, kServer, 0, 0, 0, "connection", "1.0.0", "Returns the given string."},
    {"exists", -2, kData, 1, -1, 1, "generic", "1.0.0", "Counts which of the given keys exist."},
    {"get", 2, kData, 1, 1, 1, "string", "1.0.0", "Returns the value of a key."},
    {"getdel", 2, kWrite | kFast, 1, 1, 1, "string", "6.2.0",
     "Returns the value of a key and deletes the key."},
    {"getset", 3, kChange, 1, 1, 1, "string", "1.0.0",
     "Sets the value of a key and returns its old value."},
    {"hello", -1, kServer | kNoAuth, 0, 0, 0, "connection", "6.0.0",
     "Chooses the protocol and shows the server."},
    {"incr", 2, kChange, 1, 1, 1, "string", "1.0.0", "Adds one to the integer value of a key."},
    {"incrby", 3, kChange, 1, 1, 1, "string", "1.0.0",
     "Adds a number to the integer value of a key."},
    {"info", -1, kServer, 0, 0, 0, "server", "1.0.0", "Shows the state of the server."},
    {"mget", -2, kData, 1, -1, 1, "string", "1.0.0", "Returns the values of one or more keys."},
    {"mset", -3, kWrite | kDenyOom, 1, -1, 2, "string", "1.0.1",
     "Sets the values of one or more keys, all at once."},
    {"ping", -1, kServer, 0, 0, 0, "connection", "1.0.0", "Returns PONG, or the given string."},
    {"quit", -1, kServer | kNoAuth, 0, 0, 0, "connection", "1.0.0", "Closes the connection."},
    {"readonly", 1, kServer, 0, 0, 0, "cluster", "3.0.0", "Accepted, for clients of a cluster."},
    {"readwrite", 1, kServer, 0, 0, 0, "cluster", "3.0.0", "Accepted, for clients of a cluster."},
    {"reset", 1, kServer | kNoAuth, 0, 0, 0, "connection", "6.2.0", "Resets the connection."},
    {"role", 1, kServer | kAdmin, 0, 0, 0, "server", "2.8.12", "Shows the node's role."},
    {"select", 2, kServer, 0, 0, 0, "connection", "1.0.0", "Accepts database 0."},
    {"set", -3, kWrite | kDenyOom, 1, 1, 1, "string", "1.0.0",
     "Sets the value of a key, if it is as asked."},
    {"setnx", 3, kChange, 1, 1, 1, "string", "1.0.0",
     "Sets the value of a key that does not exist."},
    {"strlen", 2, kData, 1, 1, 1, "string", "2.2.0", "Returns the length of the value of a key."},
    {"time", 1, kServer, 0, 0, 0, "server", "2.6.0", "Returns the time of the server's clock."},
    {"unlink", -2, kWrite | kFast, 1, -1, 1, "generic", "4.0.0", "Deletes one or more keys."},
});

constexpr bool by_name(const CommandSpec& a, const CommandSpec& b) { return a.name < b.name; }
static_assert(std::is_sorted(kCommands.begin(), kCommands.end(), by_name));

constexpr std::size_t kNameBytesMax = 16;

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}
char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

/// What a client sent, within an error of ours: at most `shown` bytes, on one line; what would
/// steer a terminal is a space.
void append_sent(std::string& text, Bytes sent, std::size_t shown) {
  for (const char letter : as_text(sent.first(std::min(sent.size(), shown)))) {
    const bool control = static_cast<unsigned char>(letter) < ' ' || letter == '\x7f';
    text += control ? ' ' : letter;
  }
}

// As Redis 7 words it: 128 bytes of the name, and of the arguments while they are few.
constexpr std::size_t kShownMax = 128;

CommandError unknown_command(std::span<const Bytes> args) {
  std::string text = "ERR unknown command '";
  append_sent(text, args[0], kShownMax);
  text += "', with args beginning with: ";
  const std::size_t before = text.size();
  for (const Bytes arg : args.subspan(1)) {
    const std::size_t used = text.size() - before;
    if (used >= kShownMax) break;
    text += '\'';
    append_sent(text, arg, kShownMax - used);
    text += "' ";
  }
  return CommandError{std::move(text)};
}

bool arity_fits(const CommandSpec& spec, std::size_t words) {
  return spec.arity >= 0 ? words == static_cast<std::size_t>(spec.arity)
                         : words >= static_cast<std::size_t>(-spec.arity);
}

}  // namespace

std::span<const CommandSpec> commands() { return kCommands; }

const CommandSpec* find_command(Bytes name) {
  if (name.size() > kNameBytesMax) return nullptr;
  char buffer[kNameBytesMax];
  const std::string_view text = as_text(name);
  std::transform(text.begin(), text.end(), buffer, lower);
  const std::string_view wanted(buffer, name.size());
  const auto* found = std::lower_bound(
      kCommands.begin(), kCommands.end(), wanted,
      [](const CommandSpec& spec, std::string_view key) { return spec.name < key; });
  return found != kCommands.end() && found->name == wanted ? found : nullptr;
}

std::expected<const CommandSpec*, CommandError> check_call(std::span<const Bytes> args) {
  SNOWFLK_ASSERT(!args.empty());
  const CommandSpec* spec = find_command(args[0]);
  if (spec == nullptr) return std::unexpected(unknown_command(args));
  if (!arity_fits(*spec, args.size())) return std::unexpected(wrong_arity(spec->name));
  return spec;
}

CommandError wrong_arity(std::string_view name) {
  return CommandError{"ERR wrong number of arguments for '" + std::string(name) + "' command"};
}

CommandError unknown_subcommand(std::string_view command, Bytes subcommand) {
  std::string text = "ERR unknown subcommand '";
  append_sent(text, subcommand, kShownMax);
  text += "'. Try ";
  for (const char letter : command) text += upper(letter);
  text += " HELP.";
  return CommandError{std::move(text)};
}

CommandError syntax_error() { return CommandError{"ERR syntax error"}; }

bool is_word(Bytes word, std::string_view lower_word) {
  const std::string_view text = as_text(word);
  return std::equal(text.begin(), text.end(), lower_word.begin(), lower_word.end(),
                    [](char a, char b) { return lower(a) == b; });
}

}  // namespace snowflk::kv
