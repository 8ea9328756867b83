// What the server shows of itself: what INFO, ROLE, CONFIG GET and CLIENT LIST are made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/node/boundary.hpp"
#include "core/raft/events.hpp"
#include "real/config.hpp"
#include "real/session.hpp"

namespace snowflk::real {

/// A member that the leader has a link to.
struct FollowerStatus {
  NodeId id;
  LogIndex match;  // up to where it is known to have the log
  Instant last_heard;
};

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
  u64 frames_passed_over = 0;             // of kinds that a newer version sends
  std::vector<FollowerStatus> followers;  // a leader's
};

/// Borrowed for one command.
struct ServerView {
  const Config& config;
  const NodeStatus& node;
  const Sessions& sessions;
  Counters& counters;
  node::Now now;
  Instant started;
  std::string_view run_id;  // 40 digits, of this process alone
};

}  // namespace snowflk::real
