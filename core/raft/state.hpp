// A Raft as a plain value: all that decides what it does next, but for its options and its clock.
//
// For who keeps many states and goes on from any of them, as exhaustive search does. Reads in
// progress are no part of it.
#pragma once

#include <vector>

#include "core/raft/events.hpp"
#include "core/raft/log.hpp"
#include "core/raft/progress.hpp"
#include "core/raft/quorum.hpp"

namespace snowflk::raft {

struct State {
  HardState hard_state;
  Log log;
  LogIndex commit_index;
  Role role = Role::follower;
  NodeId leader;
  NodeId leader_of_term;  // the same, or who is remembered when the leader was lost sight of
  VoteSet votes;
  std::vector<Progress> progress;  // a leader's: one for each voter
};

}  // namespace snowflk::raft
