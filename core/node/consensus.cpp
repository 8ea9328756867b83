// Between Raft and the store: what Raft decided is stored, sent, or held back until it is durable.
#include <algorithm>

#include "core/node/node.hpp"

namespace snowflk::node {
namespace {

/// Of payload: with less room than this a log is full, whatever is asked of it.
constexpr u64 kLeastRoom = 4096;

}  // namespace

/// Takes over what Raft wants after a call. `view`: the AppendEntries that the call was about.
void Node::absorb(const Now& now, const wire::AppendEntriesView* view, Effects& effects) {
  // First the changes, in their order, so that each message below waits for all of them.
  store_hard_state();
  if (raft_output_.truncated_from != LogIndex{}) {
    store_.truncate(raft_output_.truncated_from);
    pending_sends_.clear();  // They may be about entries that are gone.
  }
  if (raft_output_.stored.count > 0) {
    SNOWFLK_ASSERT(view != nullptr);
    store_entries(*view);
  }
  if (raft_output_.no_op != LogIndex{}) {
    store_.append(raft_output_.no_op, raft_->hard_state().current_term,
                  static_cast<u8>(raft::EntryKind::no_op), stamp(now), Bytes{});
  }

  const NodeId leader = raft_->leader();
  if (!leader.nobody()) {
    forwards_.followed(leader, now.monotonic + options_.election_timeout_max);
  }
  for (const raft::Event& event : raft_output_.events) effects.events.emplace_back(event);
  for (const raft::ReadOutcome& outcome : raft_output_.reads) reads_.round_answered(outcome);
  for (const raft::Outgoing& message : raft_output_.messages) route(message, effects);
  raft_output_.clear();
}

void Node::store_hard_state() {
  const raft::HardState& hard_state = raft_->hard_state();
  if (hard_state == stored_hard_state_) return;
  store_.set_hard_state(hard_state.current_term, hard_state.voted_for);
  stored_hard_state_ = hard_state;
}

void Node::store_entries(const wire::AppendEntriesView& view) {
  const raft::Stored& stored = raft_output_.stored;
  u32 position = 0;
  LogIndex index = stored.first;
  view.for_each([&](const wire::Entry& entry) {
    position += 1;
    if (position <= stored.skipped) return;
    last_stamp_ = WallTime{static_cast<i64>(entry.time_ms)};
    store_.append(index, entry.info.term, static_cast<u8>(entry.info.kind), last_stamp_,
                  entry.payload);
    index = index.next();
  });
  SNOWFLK_ASSERT(index == stored.first + stored.count);
}

/// The leader's stamp for an entry: its wall clock, but never before the entry's predecessor.
WallTime Node::stamp(const Now& now) {
  if (now.wall > last_stamp_) last_stamp_ = now.wall;
  return last_stamp_;
}

void Node::route(const raft::Outgoing& message, Effects& effects) {
  if (message.gate == raft::Gate::durable) return gate_.hold(store_.ticket(), message);
  transmit(message.to, message.message, effects);
}

void Node::transmit(NodeId to, const raft::Message& message, Effects& effects) {
  SNOWFLK_ASSERT(to != options_.self);
  const auto* append = std::get_if<raft::AppendEntries>(&message);
  if (append != nullptr && append->entry_count > 0) return transmit_entries(to, *append, effects);
  writer_.send(effects, to, Channel::datagram, 0,
               [&](std::vector<std::byte>& arena) { wire::encode(sender(), message, arena); });
}

/// Joins the rows of Raft's log with their payloads. Those that are no longer in memory are read
/// first, and the message goes out when they are here.
void Node::transmit_entries(NodeId to, const raft::AppendEntries& message, Effects& effects) {
  entries_.clear();
  bool all_in_memory = true;
  for (u32 i = 1; i <= message.entry_count; ++i) {
    const LogIndex index = message.prev_log_index + i;
    const auto payload = store_.payload(index);
    if (!payload) all_in_memory = false;
    entries_.push_back(wire::Entry{.info = raft_->log().entry(index),
                                   .time_ms = static_cast<u64>(store_.time_at(index).value),
                                   .payload = payload.value_or(Bytes{})});
  }
  if (!all_in_memory) return pending_sends_.add(to, message, entries_, store_, store_output());
  send_entries(to, message, entries_, effects);
}

void Node::send_entries(NodeId to, const raft::AppendEntries& message,
                        std::span<const wire::Entry> entries, Effects& effects) {
  writer_.send(effects, to, Channel::datagram, 0, [&](std::vector<std::byte>& arena) {
    wire::encode(sender(), message, entries, arena);
  });
}

/// Lets out what waited for changes that are durable now. What the node says to itself (its own
/// vote, its own match index) it hears here.
void Node::open_gate(const Now& now, Effects& effects) {
  while (gate_.open(store_.durable_ticket())) {
    const raft::Outgoing message = gate_.release();
    if (message.to != options_.self) {
      transmit(message.to, message.message, effects);
      continue;
    }
    raft_->on(now.monotonic, options_.self, message.message, {}, raft_output_);
    absorb(now, nullptr, effects);
  }
}

/// A node whose disk takes no more entries, or ends nothing that it has begun, does not lead, nor
/// does it stand when its deadline passes: others can serve. The heartbeats of such a leader would
/// keep them from it; and what it cannot apply it cannot answer, what it cannot read it cannot send
/// to who lacks it.
void Node::watch_disk(const Now& now, Effects& effects) {
  if (phase_ != Phase::running) return;
  const u64 durable = store_.durable_ticket();
  write_watch_.look(now.monotonic, durable < store_.ticket(), durable);
  read_watch_.look(now.monotonic, disk_reads_ended_ < disk_reads_begun_, disk_reads_ended_);
  const bool full = out_of_space();
  if (!full) refused_room_ = 0;
  if (raft_->role() != raft::Role::leader || options_.voters.size() == 1) return;
  if (!disk_is_unfit(now.monotonic)) return;
  const auto why = full ? raft::StepDownReason::disk_full : raft::StepDownReason::disk_stalled;
  raft_->step_down(now.monotonic, why, raft_output_);
  absorb(now, nullptr, effects);
}

/// Followers that hear nothing from a leader for an election timeout replace it (section 5.2). A
/// leader that hears nothing from its disk is given two: disks are slower than networks.
bool Node::disk_is_unfit(Instant now) const {
  const Duration patience = options_.election_timeout_max * 2;
  const bool writes_stall = write_watch_.has_waited(now, patience);
  const bool reads_stall = read_watch_.has_waited(now, patience);
  return out_of_space() || writes_stall || reads_stall;
}

/// There is no space for what was to be stored lately, nor will there be before the disk gives
/// some.
bool Node::out_of_space() const {
  return phase_ == Phase::running && store_.out_of_space(std::max(refused_room_, kLeastRoom));
}

}  // namespace snowflk::node
