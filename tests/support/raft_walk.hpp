// A walk of a RaftCluster through everything that may happen to it: messages delivered in any
// order, twice or never, writes that take their time, crashes that lose what is not durable, links
// cut one way, clocks. After every step Figure 3 is looked at, and every answered read.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "tests/support/figure3.hpp"

namespace snowflk::testing {

class RaftWalk {
 public:
  explicit RaftWalk(u32 servers, const raft::Options& options = {});

  /// One thing happens; which, is a function of `choice` and of what can happen now.
  void step(u64 choice);
  /// Faults end: everybody is up, nothing is lost any more. Within a bounded time there must be one
  /// leader, equal logs, a new entry committed by all and a read answered by each.
  void heal();

  /// What does not hold, by name; nothing so far if all does.
  [[nodiscard]] const std::optional<std::string>& broken() const { return broken_; }
  [[nodiscard]] const RaftCluster& cluster() const { return cluster_; }
  [[nodiscard]] const Figure3& figure3() const { return figure3_; }

 private:
  [[nodiscard]] NodeId pick(u64 draw) const;
  void on_wire(u64 action, u64 draw);
  void on_server(u64 action, NodeId id, u64 draw);
  void crash(NodeId id);
  void restart(NodeId id);
  void read(NodeId id);
  void observe();
  void check_reads(NodeId id);
  void check_healed();
  void expect(bool holds, const char* what) {
    if (!holds && !broken_) broken_ = what;
  }

  RaftCluster cluster_;
  Figure3 figure3_;
  std::optional<std::string> broken_;
  std::map<NodeId, LogIndex> known_commit_;  // of crashed servers, as far as it is stored
  std::map<u64, u64> asked_;                 // read -> entries committed when it was asked
  std::map<u64, bool> answered_;
  u64 reads_ = 0;
};

}  // namespace snowflk::testing
