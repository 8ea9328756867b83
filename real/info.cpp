// INFO: the state of the server in the sections and fields that Redis' tools read, and two of our
// own, Raft and Bitcask.
#include <malloc.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/wire/resp_reply.hpp"
#include "real/connection_commands.hpp"

namespace snowflk::real {
namespace {

void add(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(":").append(value).append("\r\n");
}
void add(std::string& text, std::string_view name, u64 value) {
  add(text, name, std::to_string(value));
}

u64 allocated_bytes() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

std::string executable() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

u64 resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  u64 total = 0;
  u64 resident = 0;
  file >> total >> resident;
  return resident * static_cast<u64>(::sysconf(_SC_PAGESIZE));
}

std::string in_mebibytes(u64 bytes) {
  const u64 tenths = bytes * 10 / (1U << 20);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "M";
}

void server_section(const ServerView& server, std::string& text) {
  const auto uptime = static_cast<u64>((server.now.monotonic - server.started).value);
  utsname machine{};
  ::uname(&machine);
  add(text, "redis_version", kRedisVersion);
  add(text, "redis_mode", "standalone");
  add(text, "snowflk_version", SNOWFLK_VERSION);
  add(text, "os", std::string{machine.sysname} + " " + machine.release + " " + machine.machine);
  add(text, "arch_bits", u64{8 * sizeof(void*)});
  add(text, "process_id", static_cast<u64>(::getpid()));
  add(text, "run_id", server.run_id);
  add(text, "tcp_port", u64{server.config.listen_clients.port});
  add(text, "uptime_in_seconds", uptime / 1'000'000'000);
  add(text, "uptime_in_days", uptime / 1'000'000'000 / 86'400);
  add(text, "hz", u64{10});  // how often slow clients are looked at
  add(text, "executable", executable());
  add(text, "config_file", server.config.file);
}

void clients_section(const ServerView& server, std::string& text) {
  add(text, "connected_clients", u64{server.sessions.size()});
  add(text, "maxclients", server.config.limits.connections_max);
  add(text, "blocked_clients", u64{0});
}

void memory_section(const ServerView&, std::string& text) {
  const u64 resident = resident_bytes();
  const u64 allocated = allocated_bytes();
  add(text, "used_memory", allocated);
  add(text, "used_memory_human", in_mebibytes(allocated));
  add(text, "used_memory_rss", resident);
  add(text, "maxmemory", u64{0});
  add(text, "maxmemory_policy", "noeviction");
}

void persistence_section(const ServerView& server, std::string& text) {
  add(text, "loading", server.node.phase == "booting" ? u64{1} : u64{0});
  add(text, "rdb_bgsave_in_progress", u64{0});
  add(text, "aof_enabled", u64{1});
  add(text, "aof_rewrite_in_progress", u64{0});
}

void stats_section(const ServerView& server, std::string& text) {
  add(text, "total_connections_received", server.counters.connections);
  add(text, "total_commands_processed", server.counters.commands);
  add(text, "instantaneous_ops_per_sec", server.counters.commands_per_second);
  add(text, "total_net_input_bytes", server.counters.input_bytes);
  add(text, "total_net_output_bytes", server.counters.output_bytes);
  add(text, "rejected_connections", server.counters.connections_rejected);
  add(text, "evicted_clients", server.counters.connections_cut);
  add(text, "total_error_replies", server.counters.errors);
  add(text, "keyspace_hits", server.counters.keyspace_hits);
  add(text, "keyspace_misses", server.counters.keyspace_misses);
  add(text, "expired_keys", u64{0});
}

std::string follower_line(const ServerView& server, const FollowerStatus& follower) {
  const Address address = clients_reach(server.config, follower.id);
  const i64 silent = (server.now.monotonic - follower.last_heard).value / 1'000'000'000;
  return "ip=" + address.host + ",port=" + std::to_string(address.port) +
         ",state=online,offset=" + std::to_string(follower.match.value) +
         ",lag=" + std::to_string(silent);
}

void replication_section(const ServerView& server, std::string& text) {
  const NodeStatus& node = server.node;
  const bool leads = node.role == raft::Role::leader;
  add(text, "role", leads ? "master" : "slave");
  if (leads) {
    add(text, "connected_slaves", u64{node.followers.size()});
    for (std::size_t i = 0; i < node.followers.size(); ++i) {
      add(text, "slave" + std::to_string(i), follower_line(server, node.followers[i]));
    }
  } else {
    const bool known = !node.leader.nobody();
    const Address leader = clients_reach(server.config, node.leader);
    add(text, "master_host", leader.host);
    add(text, "master_port", u64{leader.port});
    add(text, "master_link_status", known ? "up" : "down");
    add(text, "slave_read_only", u64{0});  // it forwards
  }
  add(text, "master_repl_offset", node.applied_index.value);
}

void cluster_section(const ServerView&, std::string& text) { add(text, "cluster_enabled", u64{0}); }

void keyspace_section(const ServerView& server, std::string& text) {
  if (server.node.keys == 0) return;
  add(text, "db0", "keys=" + std::to_string(server.node.keys) + ",expires=0,avg_ttl=0");
}

// Some clients put all sections into one table: the names of ours are ours alone.
void raft_section(const ServerView& server, std::string& text) {
  const NodeStatus& node = server.node;
  add(text, "raft_cluster_id", server.config.options.cluster.value);
  add(text, "raft_node_id", u64{server.config.options.self.value});
  add(text, "raft_state", node.phase);
  if (!node.refusing_reason.empty()) add(text, "raft_refusing_reason", node.refusing_reason);
  add(text, "raft_role", name_of(node.role));
  add(text, "raft_leader_id", u64{node.leader.value});
  add(text, "raft_current_term", node.term.value);
  add(text, "raft_voted_for", u64{node.voted_for.value});
  add(text, "raft_num_nodes", u64{server.config.peers.size()});
  add(text, "raft_peers_up", node.peers_up);
  add(text, "raft_frames_passed_over", node.frames_passed_over);
  add(text, "raft_last_log_index", node.last_index.value);
  add(text, "raft_commit_index", node.commit_index.value);
  add(text, "raft_last_applied_index", node.applied_index.value);
}

void bitcask_section(const ServerView& server, std::string& text) {
  std::array<char, 24> digest{};
  std::snprintf(digest.data(), digest.size(), "%016llx",
                static_cast<unsigned long long>(server.node.digest));
  add(text, "bitcask_durable_index", server.node.durable_index.value);
  add(text, "bitcask_keydir_entries", server.node.keys);
  add(text, "bitcask_state_digest", digest.data());
}

struct Section {
  std::string_view name;
  void (*write)(const ServerView&, std::string&);
};
constexpr std::array kSections{
    Section{"Server", server_section},   Section{"Clients", clients_section},
    Section{"Memory", memory_section},   Section{"Persistence", persistence_section},
    Section{"Stats", stats_section},     Section{"Replication", replication_section},
    Section{"Cluster", cluster_section}, Section{"Keyspace", keyspace_section},
    Section{"Raft", raft_section},       Section{"Bitcask", bitcask_section},
};

bool is_wanted(std::string_view section, std::span<const std::string> wanted) {
  if (wanted.empty()) return true;
  const std::string lower = lower_case(as_bytes(section));
  return std::ranges::any_of(wanted, [&](const std::string& word) {
    return word == lower || word == "all" || word == "everything" || word == "default";
  });
}

}  // namespace

std::string info_text(const ServerView& server, std::span<const std::string> wanted) {
  std::string text;
  for (const auto& section : kSections) {
    if (!is_wanted(section.name, wanted)) continue;
    if (!text.empty()) text += "\r\n";
    text.append("# ").append(section.name).append("\r\n");
    section.write(server, text);
  }
  return text;
}

void carry_out_info(Call& call) {
  std::vector<std::string> wanted;
  wanted.reserve(call.args.size());
  for (const Bytes arg : call.args.subspan(1)) wanted.push_back(lower_case(arg));
  wire::append_bulk(call.out, info_text(call.server, wanted));
}

}  // namespace snowflk::real
