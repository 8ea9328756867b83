// From a directory to a running follower, and how an incarnation ends.
#include "core/node/node.hpp"

namespace snowflk::node {
namespace {

raft::Options raft_options(const Options& options) {
  raft::Options raft;
  raft.self = options.self;
  raft.voters = options.voters;
  raft.election_timeout_min = options.election_timeout_min;
  raft.election_timeout_max = options.election_timeout_max;
  raft.heartbeat_interval = options.heartbeat_interval;
  raft.entries_per_message_max = options.entries_per_message_max;
  raft.bytes_per_message_max = options.batch_bytes_max;
  raft.check_expensive_invariants = options.check_expensive_invariants;
  return raft;
}

raft::Log log_of(const bitcask::Recovered& recovered) {
  std::vector<raft::EntryInfo> entries;
  entries.reserve(recovered.entries.size());
  for (const bitcask::RecoveredEntry& entry : recovered.entries) {
    entries.push_back(raft::EntryInfo{
        .term = entry.term, .size = entry.size, .kind = static_cast<raft::EntryKind>(entry.kind)});
  }
  return raft::Log(std::move(entries));
}

}  // namespace

/// After anything that may have changed the store's state: the node's phase follows.
void Node::follow_store(const Now& now, Effects& effects) {
  switch (store_.state()) {
    case bitcask::StoreState::opening: return;
    case bitcask::StoreState::ready:
      if (phase_ == Phase::booting) start(now, effects);
      return;
    case bitcask::StoreState::refusing:
      if (phase_ != Phase::refusing && phase_ != Phase::stopped) refuse(effects);
      return;
    case bitcask::StoreState::failed:
      if (phase_ == Phase::stopped) return;
      halt(store_.disk_failed() ? HaltKind::disk_failed : HaltKind::refused, store_.reason(),
           effects);
      return;
  }
}

void Node::start(const Now& now, Effects& effects) {
  const bitcask::Recovered& recovered = store_.recovered();
  incarnation_ = recovered.incarnation;
  const raft::HardState hard_state{.current_term = recovered.term, .voted_for = recovered.vote};
  raft_.emplace(raft_options(options_), hard_state, log_of(recovered), recovered.commit, random_,
                now.monotonic);
  effects.events.emplace_back(NodeEvent{Started{.incarnation = incarnation_,
                                                .term = hard_state.current_term,
                                                .last_index = raft_->log().last_index(),
                                                .commit_index = recovered.commit}});
  stored_hard_state_ = hard_state;
  applier_.start(std::vector(recovered.derived));
  store_.forget_recovered();
  phase_ = Phase::running;
}

/// Rot was found. What the log held here cannot be told, so the node must not vote by it, lead by
/// it or answer from it. It stays up, to say so.
void Node::refuse(Effects& effects) {
  refusing_reason_ = store_.reason();
  phase_ = Phase::refusing;
  raft_.reset();
  gate_.clear();
  pending_sends_.clear();
  expire(kNever, effects);  // Nobody waits for what will not come.
  effects.events.emplace_back(NodeEvent{Refusing{}});
}

void Node::halt(HaltKind kind, std::string_view reason, Effects& effects) {
  SNOWFLK_ASSERT(phase_ != Phase::stopped);
  phase_ = Phase::stopped;
  raft_.reset();
  gate_.clear();
  effects.halt.push_back(Halt{.kind = kind, .reason = std::string{reason}});
}

/// Asked to stop, the node leaves once what its clients asked is answered and all that it has said
/// yes to is durable; or, if a new leader is long in coming, when its patience ends.
void Node::leave_if_stopping(Instant now, Effects& effects) {
  if (phase_ != Phase::running) return;
  const bool owes = proposals_.size() > 0 || store_.durable_ticket() < store_.ticket();
  if (owes && now < stop_deadline_) return;
  halt(HaltKind::stopped, "stopped as asked", effects);
}

}  // namespace snowflk::node
