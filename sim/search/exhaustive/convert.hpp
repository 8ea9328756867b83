// Between the core's types and those of a small world: the same things, in bytes.
#pragma once

#include "core/raft/messages.hpp"
#include "core/raft/state.hpp"
#include "sim/search/exhaustive/small_world.hpp"

namespace snowflk::sim::exhaustive {

inline NodeId node_id(u8 node) { return node == kNobody ? NodeId{} : NodeId{node + 1U}; }
inline u8 small(NodeId node) { return node.nobody() ? kNobody : static_cast<u8>(node.value - 1); }
inline u8 small(Term term) { return static_cast<u8>(term.value); }
inline u8 small(LogIndex index) { return static_cast<u8>(index.value); }
u8 small(const raft::EntryInfo& entry);
raft::EntryInfo entry_info(u8 entry);

/// Of an AppendEntries, its entries are taken from `log`. REQUIRES: neither a pre-vote nor a read.
SmallMessage small(const raft::Message& message, const raft::Log& log);
raft::Message message_of(const SmallMessage& message);

/// Sets `state` to what `node`, one of `nodes`, holds.
void expand(const SmallNode& node, u8 nodes, raft::State& state);
/// Sets what `node` holds to `state`; whether that is another term, vote or log than before.
bool shrink(const raft::State& state, u8 nodes, SmallNode& node);

}  // namespace snowflk::sim::exhaustive
