// Figure 3 of the paper: what Raft guarantees "at all times", as checks over a RaftCluster.
//
// One sentence more than the figure has: what is committed is stored on a majority, so that no
// crash takes it back.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/raft_cluster.hpp"

namespace snowflk::testing {

class Figure3 {
 public:
  /// Looks at every server; call it after every step. Returns the first property that does not
  /// hold, by name.
  std::optional<std::string> observe(const RaftCluster& cluster);

  /// What was committed by anybody so far, index 1 first.
  [[nodiscard]] std::size_t committed() const { return committed_.size(); }
  /// How many terms had a leader so far.
  [[nodiscard]] std::size_t terms_led() const { return leader_of_.size(); }

 private:
  struct Committed {
    raft::EntryInfo entry;
    Term in_term;  // of who committed it first
  };

  [[nodiscard]] bool election_safety(const RaftCluster& cluster);
  [[nodiscard]] bool leader_append_only(const RaftCluster& cluster);
  [[nodiscard]] static bool log_matching(const RaftCluster& cluster);
  [[nodiscard]] bool leader_completeness(const RaftCluster& cluster) const;
  [[nodiscard]] bool state_machine_safety(const RaftCluster& cluster);
  [[nodiscard]] static bool stored_on_majority(const RaftCluster& cluster, LogIndex index,
                                               const raft::EntryInfo& entry);

  std::map<Term, NodeId> leader_of_;
  std::map<Term, std::vector<raft::EntryInfo>> log_of_leader_;
  std::vector<Committed> committed_;
  bool durable_ = true;
};

}  // namespace snowflk::testing
