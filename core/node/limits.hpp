// All bounds of a node, with what must hold between them.
#pragma once

#include "core/base/types.hpp"
#include "core/bitcask/layout.hpp"
#include "core/kv/limits.hpp"
#include "core/wire/limits.hpp"

namespace snowflk::limits {

/// Requests that wait for a leader, for a stream to it, or for room in the log.
inline constexpr std::size_t kParkedRequestsMax = 4096;
/// Requests that wait for an index, for apply or for a value from disk.
inline constexpr std::size_t kPendingReadsMax = 16384;
/// Bytes in the leader's log that no majority has yet; beyond them it refuses proposals.
inline constexpr u64 kUncommittedBytesMax = 64ULL << 20;
/// Bytes of values that commands computed and that are not durable yet; beyond them no new entries.
inline constexpr u64 kPendingDerivedBytesMax = 64ULL << 20;
/// Entries that one step applies, and bytes of replies that it gives: the most that Options allow.
inline constexpr u32 kAppliesPerStepMax = 1024;
inline constexpr u64 kReplyBytesPerStepMax = 1ULL << 20;
/// Entries whose payloads are asked from the disk ahead of apply.
inline constexpr u32 kApplyReadAheadMax = 64;
/// Appends to one peer that wait for payloads from disk; more are dropped and sent again later.
inline constexpr std::size_t kPendingSendsMax = 2;
/// How often a read of the log is tried, and how often it must bring wrong bytes to be held rotten.
inline constexpr u32 kReadAttemptsMax = 3;
inline constexpr u32 kWrongReadingsMin = 2;

// What a client may ask, a peer may send; and what a peer may send, every node can store.
static_assert(kv::kCommandBytesMax <= wire::kEntryBytesMax);
static_assert(wire::kEntryBytesMax <= bitcask::kBatchBytesMax);

}  // namespace snowflk::limits
