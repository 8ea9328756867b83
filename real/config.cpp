#include "real/config.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace snowflk::real {
namespace {

constexpr std::array kKeys{
    Key{"cluster_id", "the cluster's number; nodes of another refuse to talk",
        [](Config& c) -> Slot { return &c.options.cluster; }},
    Key{"node_id", "this node's number, one of those in peers",
        [](Config& c) -> Slot { return &c.options.self; }},
    Key{"peers", "all members, this node among them: where peers and, if told, clients reach each",
        [](Config& c) -> Slot { return &c.peers; }},
    Key{"data_dir", "the directory of the log; used by one server alone",
        [](Config& c) -> Slot { return &c.data_dir; }},
    Key{"listen_clients", "where clients connect",
        [](Config& c) -> Slot { return &c.listen_clients; }},
    Key{"listen_peers", "where peers connect, if not at this node's address in peers",
        [](Config& c) -> Slot { return &c.listen_peers; }},
    Key{"election_timeout_min", "silence of the leader after which a node may stand",
        [](Config& c) -> Slot { return &c.options.election_timeout_min; }},
    Key{"election_timeout_max", "silence of the leader after which a node stands",
        [](Config& c) -> Slot { return &c.options.election_timeout_max; }},
    Key{"heartbeat_interval", "how often a leader that has nothing to say is heard",
        [](Config& c) -> Slot { return &c.options.heartbeat_interval; }},
    Key{"park_timeout", "how long a request waits for a leader before it is refused",
        [](Config& c) -> Slot { return &c.options.park_timeout; }},
    Key{"request_timeout", "after which the outcome of a write is called unknown",
        [](Config& c) -> Slot { return &c.options.request_timeout; }},
    Key{"segment_size", "of a log file, reserved when it is begun",
        [](Config& c) -> Slot { return SizeSlot{&c.options.segment_bytes}; }},
    Key{"batch_size", "the most that one write and one fsync carry",
        [](Config& c) -> Slot { return SizeSlot{&c.options.batch_bytes_max}; }},
    Key{"value_cache", "memory for values and recent entries",
        [](Config& c) -> Slot { return SizeSlot{&c.options.value_cache_bytes}; }},
    Key{"connections_max", "clients at a time; more are turned away",
        [](Config& c) -> Slot { return CountSlot{&c.limits.connections_max}; }},
    Key{"query_buffer_max", "bytes of a client's requests not yet understood",
        [](Config& c) -> Slot { return SizeSlot{&c.limits.query_bytes_max}; }},
    Key{"reply_backlog_max",
        "bytes of replies that wait for a client, above which it is cut off if it takes none",
        [](Config& c) -> Slot { return SizeSlot{&c.limits.backlog_bytes_max}; }},
    Key{"client_memory_max", "bytes of requests and replies that wait, of all clients together",
        [](Config& c) -> Slot { return SizeSlot{&c.limits.client_bytes_max}; }},
    Key{"peer_backlog_max", "bytes of frames that a peer has not taken, before some are dropped",
        [](Config& c) -> Slot { return SizeSlot{&c.limits.peer_backlog_bytes_max}; }},
    Key{"slow_client_timeout", "a client that takes no reply for so long is cut off",
        [](Config& c) -> Slot { return &c.limits.slow_client_timeout; }},
    Key{"client_idle_timeout", "a client that asks nothing for so long is cut off; 0s: never",
        [](Config& c) -> Slot { return &c.limits.client_idle_timeout; }},
    Key{"peer_timeout", "silence after which a peer's connection is made anew",
        [](Config& c) -> Slot { return &c.limits.peer_timeout; }},
    Key{"log_level", "trace, debug, info, warn, error or off",
        [](Config& c) -> Slot { return &c.log_level; }},
};

}  // namespace

std::span<const Key> keys() { return kKeys; }

std::string flag_of(const Key& key) {
  std::string flag = "--" + std::string{key.name};
  std::ranges::replace(flag, '_', '-');
  return flag;
}

std::string variable_of(const Key& key) {
  std::string variable = "SNOWFLK_" + std::string{key.name};
  for (char& letter : variable) {
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return variable;
}

std::expected<void, Failure> set_from(Config& config, const Key& key, std::string_view text,
                                      const std::string& origin) {
  if (auto done = set(config, key, text); !done) {
    return std::unexpected{
        Failure{origin + ": " + std::string{key.name} + ": " + done.error().text}};
  }
  config.origins.insert_or_assign(std::string{key.name}, origin);
  return {};
}

}  // namespace snowflk::real
