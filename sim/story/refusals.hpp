// What a node says no to, which no event tells: votes, pre-votes, AppendEntries.
//
// It is read from the message that came and from the node as it is after the step. Raft's state
// after a refusal shows why: a refused message leaves log and vote as they were.
#pragma once

#include <array>
#include <string>

#include "core/node/node.hpp"
#include "sim/options.hpp"
#include "sim/record.hpp"

namespace snowflk::sim::story {

/// Which refusals a story has room for.
enum class Told : u8 {
  all,
  decisive,  // for what is in the log: of votes, and of entries that conflict with it
};

class Refusals {
 public:
  /// What `node`, as it is after the step, refuses with it, or what a leader does about a refusal;
  /// empty: nothing. Every step of a run is to be shown, in order.
  std::string phrase(const StepRecord& record, const node::Node& node, Told told);

 private:
  struct Try {
    Term term;
    LogIndex from;
    friend bool operator==(const Try&, const Try&) = default;
  };
  struct Gap {
    Term term;
    LogIndex log_end;
    LogIndex lacking;
  };

  std::string on_append(NodeId from, const raft::AppendEntries& m, const raft::Raft& raft,
                        Told told);
  std::string on_reply(NodeId from, const raft::AppendEntriesReply& m, const raft::Raft& raft);

  // By leader and follower: from where on the leader last tried, so that it is told once.
  std::array<std::array<Try, kNodesMax + 1>, kNodesMax + 1> tries_{};
  // By follower: what it lacked. What the leader sent ahead beyond it is refused as well.
  std::array<Gap, kNodesMax + 1> gaps_{};
};

}  // namespace snowflk::sim::story
