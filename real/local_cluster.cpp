#include "real/local_cluster.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <charconv>
#include <filesystem>
#include <fstream>

#include "core/base/hash.hpp"
#include "real/clock.hpp"
#include "real/socket.hpp"

namespace snowflk::real {
namespace {

std::string yaml_quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') quoted += '\\';
    quoted += letter;
  }
  return quoted + "\"";
}

std::expected<void, Failure> write_config(const LocalOptions& options,
                                          const std::vector<LocalNode>& nodes,
                                          const LocalNode& node) {
  std::ofstream file{node.config, std::ios::trunc};
  // Of the directory: the same whenever it is used again, and another than that of a cluster which
  // happens to get a port that was ours.
  const u64 cluster = hash64(as_bytes(options.directory), 0) | 1;
  file << "cluster_id: " << cluster << "\nnode_id: " << node.id.value << "\npeers:\n";
  for (const auto& peer : nodes) {
    file << "  - { id: " << peer.id.value << ", address: 127.0.0.1:" << peer.peer_port
         << ", clients: 127.0.0.1:" << peer.port << " }\n";
  }
  file << "data_dir: " << yaml_quoted(node.data) << "\n";
  for (const auto& line : options.extra_lines) file << line << "\n";
  file.close();
  if (!file) return std::unexpected{system_failure("write " + node.config)};
  return {};
}

/// A lock on the directory itself, so that nothing is left of it.
Result<Fd> take_directory(const std::string& path) {
  Fd directory{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory.open()) return std::unexpected{system_failure("open the directory " + path)};
  if (::flock(directory.get(), LOCK_EX | LOCK_NB) == 0) return directory;
  if (errno != EWOULDBLOCK) return std::unexpected{system_failure("lock the directory " + path)};
  return std::unexpected{Failure{"the directory " + path + " is in use by another demo"}};
}

/// The number after "NAME:" in the text of INFO; 0 if there is none.
u64 field_of(std::string_view info, std::string_view name) {
  const std::string wanted = "\n" + std::string{name} + ":";
  const auto at = info.find(wanted);
  u64 value = 0;
  if (at == std::string_view::npos) return value;
  const auto digits = info.substr(at + wanted.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

Result<std::vector<u16>> free_ports(u16 first, std::size_t count) {
  std::vector<u16> ports;
  std::vector<Fd> held;
  constexpr unsigned kTriesMax = 2000;
  for (unsigned port = first; ports.size() < count && port < first + kTriesMax && port < 65536;
       ++port) {
    const auto endpoint = Endpoint::find({.host = "127.0.0.1", .port = static_cast<u16>(port)});
    if (!endpoint) return std::unexpected{endpoint.error()};
    auto fd = endpoint->listen();
    if (!fd) continue;  // Somebody has it.
    held.push_back(std::move(*fd));
    ports.push_back(static_cast<u16>(port));
  }
  if (ports.size() < count) {
    return std::unexpected{Failure{"too few free ports from " + std::to_string(first) + " on"}};
  }
  return ports;
}

Result<LocalCluster> LocalCluster::make(const LocalOptions& options) {
  auto lock = take_directory(options.directory);
  if (!lock) return std::unexpected{lock.error()};
  const auto ports = free_ports(options.first_port, std::size_t{2} * options.nodes);
  if (!ports) return std::unexpected{ports.error()};
  std::vector<LocalNode> nodes;
  for (u32 i = 0; i < options.nodes; ++i) {
    const std::string base = options.directory + "/node" + std::to_string(i + 1);
    LocalNode node;
    node.id = NodeId{i + 1};
    node.port = (*ports)[i];
    node.peer_port = (*ports)[options.nodes + i];
    node.config = base + ".yml";
    node.log = base + ".log";
    node.data = base;
    nodes.push_back(std::move(node));
  }
  for (const auto& node : nodes) {
    if (auto written = write_config(options, nodes, node); !written) {
      return std::unexpected{written.error()};
    }
  }
  return LocalCluster{options, std::move(*lock), std::move(nodes)};
}

std::expected<void, Failure> LocalCluster::start(LocalNode& node) {
  std::vector<std::string> words{options_.program, "serve", "--config", node.config};
  if (!std::filesystem::exists(node.data)) words.emplace_back("--bootstrap");
  auto process = Process::start(words, node.log);
  if (!process) return std::unexpected{process.error()};
  node.process = std::move(*process);
  return {};
}

std::expected<void, Failure> LocalCluster::start_all() {
  for (auto& node : nodes_) {
    if (auto started = start(node); !started) return started;
  }
  return {};
}

void LocalCluster::stop_all(int milliseconds) {
  for (auto& node : nodes_) {
    if (!node.process) continue;
    node.process->signal(SIGCONT);  // One that is paused could not leave.
    node.process->signal(SIGTERM);
  }
  const Instant end = monotonic_now() + nanoseconds(i64{milliseconds} * 1'000'000);
  for (auto& node : nodes_) {
    if (!node.process) continue;
    const Duration left = end - monotonic_now();
    node.process->wait(static_cast<int>(std::max<i64>(0, left.value / 1'000'000)));
    node.process.reset();  // kills it, if it has not left
  }
}

void LocalCluster::remove_files() {
  std::error_code ignored;
  for (const auto& node : nodes_) {
    std::filesystem::remove(node.config, ignored);
    std::filesystem::remove(node.log, ignored);
    std::filesystem::remove_all(node.data, ignored);
  }
}

LocalNode* LocalCluster::find(u64 id) {
  for (auto& node : nodes_) {
    if (node.id.value == id) return &node;
  }
  return nullptr;
}

std::optional<LocalStatus> LocalCluster::status(LocalNode& node, Duration patience) {
  if (!node.running()) return std::nullopt;
  auto client = RespClient::connect({.host = "127.0.0.1", .port = node.port}, patience);
  if (!client) return std::nullopt;
  const auto info = client->call({"INFO", "replication", "raft"}, patience);
  if (!info || info->is_error()) return std::nullopt;
  const std::string_view text = info->text;
  return LocalStatus{.leader = text.find("\nrole:master") != std::string_view::npos,
                     .term = field_of(text, "raft_current_term"),
                     .leader_id = field_of(text, "raft_leader_id"),
                     .applied = field_of(text, "raft_last_applied_index")};
}

LocalNode* LocalCluster::wait_for_leader(Duration patience, const std::function<bool()>& give_up) {
  const Instant end = monotonic_now() + patience;
  constexpr Duration kAnswers = milliseconds(200);
  while (monotonic_now() < end && !(give_up && give_up())) {
    LocalNode* leader = nullptr;
    u64 term = 0;
    std::vector<LocalStatus> all;
    for (auto& node : nodes_) {
      const auto said = status(node, kAnswers);
      if (!said) continue;
      all.push_back(*said);
      if (said->leader && said->term >= term) {
        leader = &node;
        term = said->term;
      }
    }
    std::size_t follow = 0;
    for (const auto& said : all) {
      if (leader != nullptr && said.leader_id == leader->id.value && said.term == term) ++follow;
    }
    if (leader != nullptr && follow > nodes_.size() / 2) return leader;
    ::usleep(20'000);
  }
  return nullptr;
}

}  // namespace snowflk::real
