// The five properties of Figure 3, a function each.
#include "tests/support/figure3.hpp"

#include <algorithm>

namespace snowflk::testing {
namespace {

template <class Check>
bool all_up(const RaftCluster& cluster, Check check) {
  return std::ranges::all_of(cluster.voters(), [&](NodeId id) {
    return !cluster.is_up(id) || check(id, cluster.server(id));
  });
}

bool logs_match(const raft::Log& a, const raft::Log& b) {
  LogIndex i = std::min(a.last_index(), b.last_index());
  while (i >= LogIndex{1} && a.term_at(i) != b.term_at(i)) i = i.previous();
  for (; i >= LogIndex{1}; i = i.previous()) {
    if (!(a.entry(i) == b.entry(i))) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> Figure3::observe(const RaftCluster& cluster) {
  if (!election_safety(cluster)) return "Election Safety";
  if (!leader_append_only(cluster)) return "Leader Append-Only";
  if (!log_matching(cluster)) return "Log Matching";
  if (!state_machine_safety(cluster)) return "State Machine Safety";
  if (!leader_completeness(cluster)) return "Leader Completeness";
  if (!durable_) return "what is committed is stored on a majority";
  return std::nullopt;
}

// "at most one leader can be elected in a given term. §5.2"
bool Figure3::election_safety(const RaftCluster& cluster) {
  return all_up(cluster, [&](NodeId id, const raft::Raft& server) {
    if (server.role() != raft::Role::leader) return true;
    return leader_of_.try_emplace(server.hard_state().current_term, id).first->second == id;
  });
}

// "a leader never overwrites or deletes entries in its log; it only appends new entries. §5.3"
bool Figure3::leader_append_only(const RaftCluster& cluster) {
  return all_up(cluster, [&](NodeId, const raft::Raft& server) {
    if (server.role() != raft::Role::leader) return true;
    std::vector<raft::EntryInfo>& seen = log_of_leader_[server.hard_state().current_term];
    const raft::Log& log = server.log();
    if (log.last_index().value < seen.size()) return false;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (!(log.entry(LogIndex{i + 1}) == seen[i])) return false;
    }
    while (seen.size() < log.last_index().value)
      seen.push_back(log.entry(LogIndex{seen.size() + 1}));
    return true;
  });
}

// "if two logs contain an entry with the same index and term, then the logs are identical in all
// entries up through the given index. §5.3"
bool Figure3::log_matching(const RaftCluster& cluster) {
  return all_up(cluster, [&](NodeId a, const raft::Raft& server) {
    return all_up(cluster, [&](NodeId b, const raft::Raft& other) {
      return b <= a || logs_match(server.log(), other.log());
    });
  });
}

// "if a log entry is committed in a given term, then that entry will be present in the logs of the
// leaders for all higher-numbered terms. §5.4"
bool Figure3::leader_completeness(const RaftCluster& cluster) const {
  return all_up(cluster, [&](NodeId, const raft::Raft& server) {
    if (server.role() != raft::Role::leader) return true;
    for (std::size_t i = 0; i < committed_.size(); ++i) {
      if (committed_[i].in_term >= server.hard_state().current_term) continue;
      if (server.log().last_index() < LogIndex{i + 1}) return false;
      if (!(server.log().entry(LogIndex{i + 1}) == committed_[i].entry)) return false;
    }
    return true;
  });
}

// "if a server has applied a log entry at a given index to its state machine, no other server will
// ever apply a different log entry for the same index. §5.4.3"
bool Figure3::state_machine_safety(const RaftCluster& cluster) {
  return all_up(cluster, [&](NodeId, const raft::Raft& server) {
    for (LogIndex i{1}; i <= server.commit_index(); i = i.next()) {
      const raft::EntryInfo& entry = server.log().entry(i);
      if (i.value > committed_.size()) {
        committed_.push_back({.entry = entry, .in_term = server.hard_state().current_term});
        durable_ = durable_ && stored_on_majority(cluster, i, entry);
      } else if (!(committed_[i.value - 1].entry == entry)) {
        return false;
      }
    }
    return true;
  });
}

bool Figure3::stored_on_majority(const RaftCluster& cluster, LogIndex index,
                                 const raft::EntryInfo& entry) {
  const auto holders = std::ranges::count_if(cluster.voters(), [&](NodeId id) {
    const auto& entries = cluster.stored(id).entries;
    return index.value <= entries.size() && entries[index.value - 1] == entry;
  });
  return static_cast<std::size_t>(holders) * 2 > cluster.voters().size();
}

}  // namespace snowflk::testing
