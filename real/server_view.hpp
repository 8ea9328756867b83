// What the server shows of itself: what INFO, ROLE, CONFIG GET and CLIENT LIST are made of.
#pragma once

#include <string>
#include <string_view>

#include "core/node/boundary.hpp"
#include "core/raft/events.hpp"
#include "real/config.hpp"
#include "real/session.hpp"

namespace snowflk::real {

/// The node, as seen between two steps.
struct NodeStatus {
  std::string_view phase;  // booting, running, refusing, stopped
  bool running = false;    // it takes part; before, and after, the rest means little
  std::string refusing_reason;
  raft::Role role = raft::Role::follower;
  Term term;
  NodeId voted_for;
  NodeId leader;  // nobody: not known
  LogIndex last_index;
  LogIndex durable_index;
  LogIndex commit_index;
  LogIndex applied_index;
  u64 keys = 0;
  u64 digest = 0;
  u64 peers_up = 0;
};

/// Borrowed for one command.
struct ServerView {
  const Config& config;
  const NodeStatus& node;
  const Sessions& sessions;
  Counters& counters;
  node::Now now;
  Instant started;
};

}  // namespace snowflk::real
