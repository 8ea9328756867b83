// What a server is told: one table of keys, from which the file, the flags, the environment, the
// documentation and CONFIG GET are made.
//
// Owns the texts in which values are written, where each was written, and the gate that judges them
// all together. What the core is started with (node::Options) is part of it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/node/options.hpp"
#include "real/fd.hpp"

namespace snowflk::real {

struct Address {
  std::string host;
  u16 port = 0;
  [[nodiscard]] bool given() const { return !host.empty(); }
  friend bool operator==(const Address&, const Address&) = default;
};

/// A member of the cluster, and where it listens for its peers; for its clients, if that is known.
struct Member {
  NodeId id;
  Address address;
  Address clients = {};
  friend bool operator==(const Member&, const Member&) = default;
};

/// What one connection, or all of them, may use up.
struct Limits {
  u64 connections_max = 4096;
  u64 query_bytes_max = 64ULL << 20;    // of one connection, received and not yet understood
  u64 backlog_bytes_max = 64ULL << 20;  // of one connection, replies not yet taken by the client
  u64 client_bytes_max = 256ULL << 20;  // of all connections, requests and replies that wait
  u64 peer_backlog_bytes_max = 32ULL << 20;    // of one peer, frames not yet taken
  Duration slow_client_timeout = seconds(10);  // with replies waiting and none taken
  Duration client_idle_timeout = Duration{0};  // zero: for ever
  Duration peer_timeout = seconds(3);          // of silence from a peer, or until it has said hello
};

/// The core's own defaults (150 to 300 ms) are the paper's, for machines that do nothing else. On
/// one that is busy, a node that is not given the processor for that long is no node that failed.
inline node::Options server_options() {
  node::Options options;
  options.election_timeout_min = milliseconds(500);
  options.election_timeout_max = seconds(1);
  options.heartbeat_interval = milliseconds(100);
  options.park_timeout = seconds(2);
  return options;
}

struct Config {
  node::Options options = server_options();
  std::vector<Member> peers;  // all members, this node among them, ascending by id
  Address listen_clients{.host = "127.0.0.1", .port = 6379};
  Address listen_peers;  // not given: this node's own address in `peers`
  std::string data_dir;
  std::string file;  // that it was read from; empty: from flags and variables alone
  std::string log_level = "info";
  Limits limits;
  /// Where the value of a key was read: "node.yml:3:7", "--node-id". Of keys that were given.
  std::map<std::string, std::string, std::less<>> origins;

  [[nodiscard]] bool given(std::string_view key) const { return origins.contains(key); }
};

/// Where a key's value lives, by the text it is written in.
struct SizeSlot {
  u64* bytes;
};
struct CountSlot {
  u64* count;
};
using Slot = std::variant<ClusterId*, NodeId*, std::vector<Member>*, Address*, std::string*,
                          Duration*, SizeSlot, CountSlot>;

struct Key {
  std::string_view name;
  std::string_view meaning;  // for --help and docs/SERVER.md
  Slot (*slot)(Config&);
};

/// All keys, in the order in which a person would write them.
std::span<const Key> keys();

/// Sets `key` from `text`: 150ms, 64MiB, 127.0.0.1:7001, 1=10.0.0.1:7001,2=10.0.0.2:7001; behind an
/// address of peers may stand that of clients: 1=10.0.0.1:7001@10.0.0.1:6379.
std::expected<void, Failure> set(Config& config, const Key& key, std::string_view text);
/// The same, for what was read at `origin`, which a failure names.
std::expected<void, Failure> set_from(Config& config, const Key& key, std::string_view text,
                                      const std::string& origin);
/// The text from which set() would make the present value.
std::string show(const Config& config, const Key& key);

/// The key's flag (--node-id) and variable (SNOWFLK_NODE_ID).
std::string flag_of(const Key& key);
std::string variable_of(const Key& key);

/// Reads YAML over `config`. The failure says "NAME:LINE:COLUMN: what is wrong".
std::expected<void, Failure> read_yaml(Config& config, const std::string& text,
                                       std::string_view name);
/// The file at `path`, whole, for read_yaml.
Result<std::string> read_config_file(const std::string& path);

/// The last gate: fills in what follows from the rest (the voters, the addresses to listen at,
/// times and sizes that others imply), and judges the whole. A failure names the key, where it was
/// read, and what was expected. After it the configuration can start a node.
std::expected<void, Failure> settle(Config& config);

}  // namespace snowflk::real
