// CONFIG: what is asked for is shown, under the names that tools of Redis know and under our own;
// nothing is set, for the configuration is fixed at the start.
#include <fnmatch.h>

#include <array>

#include "core/wire/limits.hpp"
#include "core/wire/resp_reply.hpp"
#include "real/connection_commands.hpp"

namespace snowflk::real {
namespace {

using Pair = std::pair<std::string, std::string>;

std::vector<Pair> all_settings(const Config& config) {
  std::vector<Pair> settings{
      {"appendonly", "yes"},  // as durable as it gets: every write is synced
      {"appendfsync", "always"},
      {"bind", config.listen_clients.host},
      {"databases", "1"},
      {"dir", config.data_dir},
      {"maxclients", std::to_string(config.limits.connections_max)},
      {"maxmemory", "0"},
      {"maxmemory-policy", "noeviction"},
      {"port", std::to_string(config.listen_clients.port)},
      {"proto-max-bulk-len", std::to_string(wire::kBulkBytesMax)},
      {"save", ""},
      {"timeout", std::to_string(config.limits.client_idle_timeout.value / 1'000'000'000)},
  };
  for (const auto& key : keys()) settings.emplace_back(key.name, show(config, key));
  return settings;
}

void get(Call& call) {
  if (call.args.size() < 3) return answer_wrong_arity(call, "get");
  std::vector<Pair> found;
  for (auto& setting : all_settings(call.server.config)) {
    for (const Bytes pattern : call.args.subspan(2)) {
      const std::string wanted = lower_case(pattern);
      if (::fnmatch(wanted.c_str(), setting.first.c_str(), FNM_NOESCAPE) != 0) continue;
      found.push_back(std::move(setting));
      break;
    }
  }
  wire::append_map(call.out, found.size(), call.session.protocol);
  for (const auto& [name, value] : found) {
    wire::append_bulk(call.out, name);
    wire::append_bulk(call.out, value);
  }
}

constexpr std::array<std::string_view, 5> kHelp{
    "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", "GET <pattern> ...",
    "    Return parameters matching the glob-like <pattern>s.", "RESETSTAT",
    "    Reset statistics reported by the INFO command."};

}  // namespace

void carry_out_config(Call& call) {
  const Bytes subcommand = call.args[1];
  if (kv::is_word(subcommand, "get")) return get(call);
  if (kv::is_word(subcommand, "resetstat")) {
    call.server.counters = Counters{};
    return answer_ok(call);
  }
  if (kv::is_word(subcommand, "set")) {
    return answer_error(call, "ERR CONFIG SET is not supported: a node is configured at its start");
  }
  if (kv::is_word(subcommand, "help")) return answer_lines(call, kHelp);
  answer_error(call, kv::unknown_subcommand("config", subcommand).text);
}

}  // namespace snowflk::real
