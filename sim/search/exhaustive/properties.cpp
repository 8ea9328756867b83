#include "sim/search/exhaustive/properties.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/raft/events.hpp"

namespace snowflk::sim::exhaustive {
namespace {

// "if two logs contain an entry with the same index and term, then the logs are identical in all
// entries up through the given index. §5.3"
bool logs_match(const SmallLog& a, const SmallLog& b) {
  u8 index = std::min(a.size, b.size);
  while (index > 0 && term_at(a, index) != term_at(b, index)) index = static_cast<u8>(index - 1);
  return std::equal(a.begin(), a.begin() + index, b.begin());
}

bool has(const SmallLog& log, u8 index, u8 entry) {
  return index <= log.size && log.at[index - 1U] == entry;
}

bool stored_on_majority(const SmallWorld& world, u8 nodes, u8 index, u8 entry) {
  u32 holders = 0;
  for (u32 node = 0; node < nodes; ++node) {
    if (has(world.nodes[node].stored.log, index, entry)) holders += 1;
  }
  return holders * 2 > nodes;
}

// "if a server has applied a log entry at a given index to its state machine, no other server will
// ever apply a different log entry for the same index. §5.4.3"
std::optional<Broken> note_commits(SmallWorld& world, u8 nodes, u8 at) {
  const SmallNode& node = world.nodes[at];
  for (u8 index = 1; index <= node.commit; ++index) {
    const u8 entry = node.now.log.at[index - 1U];
    if (index > world.committed.size) {
      world.committed.push(entry);
      world.committed_in[index - 1U] = node.now.term;
      if (stored_on_majority(world, nodes, index, entry)) continue;
      return Broken{.property = "committed_is_stored",
                    .sentence = fmt::format("node {} committed entry {} of term {}, which is not "
                                            "stored on a majority",
                                            at + 1, index, term_of_entry(entry))};
    }
    const u8 before = world.committed.at[index - 1U];
    if (before == entry) continue;
    return Broken{
        .property = "state_machine_safety",
        .sentence = fmt::format("node {} committed an entry of term {} at index {}, where "
                                "an entry of term {} was committed before",
                                at + 1, term_of_entry(entry), index, term_of_entry(before))};
  }
  return std::nullopt;
}

// "if a log entry is committed in a given term, then that entry will be present in the logs of the
// leaders for all higher-numbered terms. §5.4"
std::optional<Broken> incomplete(const SmallWorld& world, u32 at) {
  const SmallNode& leader = world.nodes[at];
  for (u8 index = 1; index <= world.committed.size; ++index) {
    const u8 in_term = world.committed_in[index - 1U];
    const u8 entry = world.committed.at[index - 1U];
    if (in_term >= leader.now.term || has(leader.now.log, index, entry)) continue;
    return Broken{
        .property = "leader_completeness",
        .sentence = fmt::format("node {} leads term {} without entry {} of term {}, which "
                                "was committed in term {}",
                                at + 1, leader.now.term, index, term_of_entry(entry), in_term)};
  }
  return std::nullopt;
}

}  // namespace

// "at most one leader can be elected in a given term. §5.2"
std::optional<Broken> became_leader(SmallWorld& world, u8 node, u8 term) {
  u8& leader = world.leader_of[term];
  if (leader != kNobody && leader != node) {
    return Broken{
        .property = "election_safety",
        .sentence = fmt::format("node {} became leader of term {}, which node {} has been "
                                "leader of before",
                                node + 1, term, leader + 1)};
  }
  leader = node;
  return std::nullopt;
}

std::optional<Broken> broken_by(SmallWorld& world, u8 nodes, u8 at) {
  const SmallNode& node = world.nodes[at];
  for (u32 other = 0; other < nodes; ++other) {
    if (other == at || logs_match(node.now.log, world.nodes[other].now.log)) continue;
    return Broken{.property = "log_matching",
                  .sentence = fmt::format("nodes {} and {} have an entry of the same index and "
                                          "term, and different entries before it",
                                          at + 1, other + 1)};
  }
  if (auto broken = note_commits(world, nodes, at)) return broken;
  for (u32 other = 0; other < nodes; ++other) {
    if (static_cast<raft::Role>(world.nodes[other].role) != raft::Role::leader) continue;
    if (auto broken = incomplete(world, other)) return broken;
  }
  return std::nullopt;
}

}  // namespace snowflk::sim::exhaustive
