// All events of a node: its own, and those of the modules, joined.
#pragma once

#include <string_view>
#include <variant>

#include "core/bitcask/events.hpp"
#include "core/raft/events.hpp"

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
  u64 payload_hash = 0;
  u64 digest = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"index", &Applied::index}, Field{"term", &Applied::term},
                      Field{"payload_hash", &Applied::payload_hash},
                      Field{"digest", &Applied::digest}};
  }
};
enum class FrameFault : u8 {
  too_short,
  too_long,
  magic,
  version,
  cluster,
  kind,
  checksum,
  body,
  sender,
};
constexpr std::string_view name_of(FrameFault fault) {
  switch (fault) {
    case FrameFault::too_short: return "too_short";
    case FrameFault::too_long: return "too_long";
    case FrameFault::magic: return "magic";
    case FrameFault::version: return "version";
    case FrameFault::cluster: return "cluster";
    case FrameFault::kind: return "kind";
    case FrameFault::checksum: return "checksum";
    case FrameFault::body: return "body";
    case FrameFault::sender: return "sender";
  }
  return "?";
}
struct FrameRejected {
  static constexpr std::string_view kName = "frame_rejected";
  NodeId from;
  FrameFault fault = FrameFault::magic;
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
