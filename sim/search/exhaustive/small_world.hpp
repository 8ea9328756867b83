// A cluster of Raft values as small as can be: what each node holds and has stored, what is on the
// links, and what may still happen. A value without pointers: it is copied as it is.
//
// Nodes are numbered from 0 here; terms and indexes fit a byte.
#pragma once

#include <array>
#include <vector>

#include "sim/search/exhaustive/bounds.hpp"

namespace snowflk::sim::exhaustive {

inline constexpr u8 kNobody = 0xff;

/// A row of at most `Max` values, the first `size` of which count.
template <class T, std::size_t Max>
struct Row {
  u8 size = 0;
  std::array<T, Max> at{};

  [[nodiscard]] const T* begin() const { return at.data(); }
  [[nodiscard]] const T* end() const { return at.data() + size; }
  [[nodiscard]] bool full() const { return size == Max; }
  /// REQUIRES: !full().
  void push(const T& value) {
    at[size] = value;
    size = static_cast<u8>(size + 1);
  }
  void remove(std::size_t position) {
    for (std::size_t i = position; i + 1 < size; ++i) at[i] = at[i + 1];
    size = static_cast<u8>(size - 1);
  }
  template <class Unwanted>
  void remove_if(Unwanted unwanted) {
    u8 kept = 0;
    for (u8 i = 0; i < size; ++i) {
      if (unwanted(at[i])) continue;
      if (kept != i) at[kept] = at[i];
      kept = static_cast<u8>(kept + 1);
    }
    size = kept;
  }
  friend bool operator==(const Row&, const Row&) = default;
};

/// An entry is its term and whether it is a no-op: `term * 2 + no_op`. What comes after a log's
/// last entry is zero, so logs are compared as they are.
using SmallLog = Row<u8, kLogMax>;
constexpr u8 term_of_entry(u8 entry) { return static_cast<u8>(entry >> 1U); }
/// The term of the entry at `index`, 0 of index 0. REQUIRES: index <= log.size.
inline u8 term_at(const SmallLog& log, u8 index) {
  return index == 0 ? u8{0} : term_of_entry(log.at[index - 1U]);
}

/// "Persistent state on all servers", and the commit index that was known when it was written.
struct Persistent {
  u8 term = 0;
  u8 vote = kNobody;
  u8 commit = 0;
  SmallLog log;
};

enum class MessageKind : u8 { request_vote, request_vote_reply, append, append_reply };

/// One of the messages that are on links; which members count is told by the kind.
struct SmallMessage {
  MessageKind kind = MessageKind::request_vote;
  u8 term = 0;
  u8 yes = 0;             // vote_granted, success
  u8 index = 0;           // last_log_index, prev_log_index or match_index
  u8 index_term = 0;      // last_log_term or prev_log_term
  u8 commit = 0;          // leader_commit
  u8 conflict_index = 0;  // of a refusal
  u8 conflict_term = 0;
  Row<u8, kEntriesPerMessageMax> entries;
  friend bool operator==(const SmallMessage&, const SmallMessage&) = default;
};

/// What a leader believes of one voter: raft::Progress.
struct Belief {
  static constexpr u32 kInflightMax = 4;
  u8 next = 1;
  u8 match = 0;
  u8 commit_sent = 0;
  u8 replicates = 0;
  u8 probe_sent = 0;
  Row<u8, kInflightMax> inflight;  // what each message ends in
};

struct SmallNode {
  u8 down = 0;     // it crashed, and has done nothing since: it may be down still, or up again
  u8 crashes = 0;  // how often it may still crash
  u8 doomed = 0;   // what it has changed since `stored` will not be durable before it crashes
  u8 commit = 0;
  u8 role = 0;  // raft::Role
  u8 leader = kNobody;
  u8 leader_of_term = kNobody;
  u8 votes = 0;  // a mask
  Persistent now;
  Persistent stored;
  std::array<Belief, kNodesMax> beliefs{};  // a leader's
};

struct SmallWorld {
  std::array<SmallNode, kNodesMax> nodes{};
  using Link = Row<SmallMessage, kLinkMax>;
  std::array<std::array<Link, kNodesMax>, kNodesMax> links{};  // [from][to], oldest message first

  // What may still happen.
  u8 entries = 0;
  u8 drops = 0;
  u8 duplicates = 0;
  u8 overtakes = 0;
  u8 heartbeats = 0;

  // What has happened, as far as a property needs it.
  std::array<u8, kTermsMax + 1> leader_of{};  // by term: who became its leader
  SmallLog committed;
  std::array<u8, kLogMax> committed_in{};  // by index - 1: in whose term it was committed first
};

/// The worlds in which nothing has happened yet: one for each way to deal the crashes out to nodes,
/// names apart.
std::vector<SmallWorld> first_worlds(const Bounds& bounds);

}  // namespace snowflk::sim::exhaustive
