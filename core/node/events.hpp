// All events of a node: its own, and those of the modules, joined.
#pragma once

#include <string_view>
#include <variant>

#include "core/bitcask/events.hpp"
#include "core/raft/events.hpp"
#include "core/wire/frame_fault.hpp"

namespace snowflk::node {

/// The node has recovered its directory and takes part from now on.
struct Started {
  static constexpr std::string_view kName = "started";
  Incarnation incarnation;
  Term term;
  LogIndex last_index;
  LogIndex commit_index;
  static constexpr auto fields() {
    return std::tuple{Field{"incarnation", &Started::incarnation}, Field{"term", &Started::term},
                      Field{"last_index", &Started::last_index},
                      Field{"commit_index", &Started::commit_index}};
  }
};
/// An entry went into the state machine. `digest` is that of the state after it.
struct Applied {
  static constexpr std::string_view kName = "applied";
  LogIndex index;
  Term term;
  u64 payload_hash = 0;  // hash64(payload, 0): equal commands have equal hashes
  u64 digest = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"index", &Applied::index}, Field{"term", &Applied::term},
                      Field{"payload_hash", &Applied::payload_hash},
                      Field{"digest", &Applied::digest}};
  }
};
using wire::FrameFault;
struct FrameRejected {
  static constexpr std::string_view kName = "frame_rejected";
  NodeId from;
  FrameFault fault = FrameFault::too_short;
  static constexpr auto fields() {
    return std::tuple{Field{"from", &FrameRejected::from}, Field{"fault", &FrameRejected::fault}};
  }
};
/// The node found rot in its log: it no longer votes, stands or serves.
struct Refusing {
  static constexpr std::string_view kName = "refusing";
  static constexpr auto fields() { return std::tuple{}; }
};

using NodeEvent = std::variant<Started, Applied, FrameRejected, Refusing>;
using Event = std::variant<NodeEvent, raft::Event, bitcask::Event>;

}  // namespace snowflk::node
