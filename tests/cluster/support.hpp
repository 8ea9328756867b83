// What tests of real clusters share: a cluster that is gone at the end, and clients that count.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "real/local_cluster.hpp"

namespace snowflk::real::test {

/// The `snowflk` that this build made.
std::string program();

/// Waits until enough() or `patience` has passed; says which.
template <class Enough>
bool wait_until(Duration patience, Enough&& enough);

/// A directory of its own, gone at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Three nodes that run and have a leader. Its processes are ended by their ids.
class TestCluster {
 public:
  explicit TestCluster(std::vector<std::string> extra_lines = {});
  ~TestCluster();
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;

  std::vector<LocalNode>& nodes() { return cluster_.nodes(); }
  LocalNode& leader();
  LocalNode& follower();
  void kill(LocalNode& node);
  void start(LocalNode& node);
  void stop_all() { cluster_.stop_all(10'000); }
  /// All nodes' logs, and what they say of themselves now: to be shown when a test fails.
  std::string logs();

 private:
  TemporaryDirectory directory_;
  LocalCluster cluster_;
};

/// What the clients of a run were told.
struct Ledger {
  u64 acknowledged = 0;                        // increments
  u64 unknown = 0;                             // increments that may or may not have happened
  u64 refused = 0;                             // that certainly have not
  std::map<std::string, std::string> written;  // acknowledged SETs
  std::vector<std::string> wrong;              // answers that must not be, in sentences
};

/// Clients, each a thread, that INCR one counter and SET keys of their own through all nodes in
/// turn, connect anew after a failure, and read behind each other.
class Load {
 public:
  Load(const std::vector<LocalNode>& nodes, unsigned clients);
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// How many increments were acknowledged so far.
  [[nodiscard]] u64 progress() const { return progress_; }
  /// Ends all clients. What they were told, together.
  const Ledger& stop();

 private:
  void run(unsigned number);

  std::vector<u16> ports_;
  std::atomic<bool> ending_{false};
  std::atomic<u64> progress_{0};
  std::mutex mutex_;
  Ledger ledger_;
  std::vector<std::thread> threads_;
};

/// Judges `ledger` against what the cluster holds now, asked through every node: an empty string,
/// or what is wrong.
std::string judge(const Ledger& ledger, std::vector<LocalNode>& nodes);

template <class Enough>
bool wait_until(Duration patience, Enough&& enough) {
  constexpr useconds_t kStep = 10'000;
  for (i64 waited = 0; waited < patience.value; waited += i64{kStep} * 1000) {
    if (enough()) return true;
    ::usleep(kStep);
  }
  return enough();
}

}  // namespace snowflk::real::test
