// A cluster of real processes on this machine's loopback: for `snowflk demo` and for tests.
//
// Chooses ports, writes a configuration for each node, starts, kills and restarts the nodes. Each
// is `snowflk serve`, as anybody would run it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "real/process.hpp"
#include "real/resp_client.hpp"

namespace snowflk::real {

struct LocalOptions {
  std::string program;                   // the path of `snowflk`
  std::string directory;                 // exists; configurations, logs and data go into it
  unsigned nodes = 3;                    // 1 to 9
  u16 first_port = 7001;                 // ports from here on are tried
  std::vector<std::string> extra_lines;  // of every node's configuration
};

/// What a node says of itself.
struct LocalStatus {
  bool leader = false;
  u64 term = 0;
  u64 leader_id = 0;  // 0: it knows none
  u64 applied = 0;
};

struct LocalNode {
  NodeId id;
  u16 port = 0;
  u16 peer_port = 0;
  std::string config;  // path
  std::string log;     // path
  std::string data;    // path
  std::optional<Process> process;

  [[nodiscard]] bool running() { return process && process->running(); }
};

class LocalCluster {
 public:
  /// Takes the directory, which no other cluster has then, and writes the configurations; starts
  /// nothing.
  static Result<LocalCluster> make(const LocalOptions& options);

  /// Starts a node that does not run: a data directory that is not there yet is bootstrapped.
  std::expected<void, Failure> start(LocalNode& node);
  std::expected<void, Failure> start_all();
  /// Has all nodes leave cleanly; kills who has not left after `milliseconds`.
  void stop_all(int milliseconds);
  /// Removes what was written: the configurations, the logs, the data.
  void remove_files();

  /// INFO of `node`; nothing if it does not answer in time.
  static std::optional<LocalStatus> status(LocalNode& node, Duration patience);
  /// Waits until one of the nodes says that it leads, and as many as make a majority follow it;
  /// null after `patience`, or once `give_up` says so.
  LocalNode* wait_for_leader(Duration patience, const std::function<bool()>& give_up = {});

  std::vector<LocalNode>& nodes() { return nodes_; }
  LocalNode* find(u64 id);

 private:
  LocalCluster(LocalOptions options, Fd lock, std::vector<LocalNode> nodes)
      : options_(std::move(options)), lock_(std::move(lock)), nodes_(std::move(nodes)) {}
  LocalOptions options_;
  Fd lock_;  // of the directory: the kernel lets it go with us
  std::vector<LocalNode> nodes_;
};

/// `count` ports from `first` on that nobody listens on now.
Result<std::vector<u16>> free_ports(u16 first, std::size_t count);

}  // namespace snowflk::real
