// A node: the replicated store as one function, step(now, input, effects).
//
// It only routes. What decides is Raft and the store; what goes on by itself, or waits, is a part
// of its own: applier, reads, proposals, forwards, parking, durability_gate, pending_sends.
//
//   node.cpp       step(): the inputs, and what follows from each
//   boot.cpp       from a directory to a running follower, and how an incarnation ends
//   consensus.cpp  between Raft and the store: what Raft decided is stored, sent, or held back
//   frames.cpp     the gate for what peers send
//   requests.cpp   the gate for what clients ask: read, propose, forward, park or refuse
//   answers.cpp    what is committed is applied, what may be read is read, and who asked is told
//
// A copyable value: no pointer to itself, no reference to a driver, no callback.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bitcask/store.hpp"
#include "core/node/applier.hpp"
#include "core/node/boundary.hpp"
#include "core/node/disk_watch.hpp"
#include "core/node/durability_gate.hpp"
#include "core/node/effects_writer.hpp"
#include "core/node/forwards.hpp"
#include "core/node/parking.hpp"
#include "core/node/peers.hpp"
#include "core/node/pending_sends.hpp"
#include "core/node/proposals.hpp"
#include "core/node/reads.hpp"
#include "core/node/step_budget.hpp"
#include "core/raft/raft.hpp"
#include "core/wire/frame.hpp"

namespace snowflk::node {

enum class Phase : u8 {
  booting,  // reads its directory; answers that it is loading
  running,
  refusing,  // found rot: takes part in nothing, and says so
  stopped,   // halted: is not stepped any more
};
constexpr std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::booting: return "booting";
    case Phase::running: return "running";
    case Phase::refusing: return "refusing";
    case Phase::stopped: return "stopped";
  }
  return "?";
}

class Node {
 public:
  /// REQUIRES: !invalid(options). The first step's input is Booted.
  explicit Node(const Options& options);

  /// Clears `effects`, then does what `input` leads to. REQUIRES: phase() is not stopped; `now`
  /// does not go back.
  void step(const Now& now, const Input& input, Effects& effects);

  // What a driver's reports, stories and checks may look at.
  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] const Options& options() const { return options_; }
  /// Null before the node runs, and when it refuses.
  [[nodiscard]] const raft::Raft* raft() const { return raft_ ? &*raft_ : nullptr; }
  [[nodiscard]] LogIndex applied_index() const { return applier_.applied(); }
  [[nodiscard]] LogIndex durable_index() const { return store_.durable_index(); }
  [[nodiscard]] u64 state_digest() const { return machine().digest(); }
  [[nodiscard]] const kv::Machine& machine() const { return applier_.machine(); }
  [[nodiscard]] const bitcask::Store& store() const { return store_; }
  [[nodiscard]] Incarnation incarnation() const { return incarnation_; }
  /// A sentence; empty unless refusing.
  [[nodiscard]] std::string_view refusing_reason() const { return refusing_reason_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  enum class Admitted : u8 { done, wait };

  // node.cpp
  void on(const Now& now, const Booted& input, Effects& effects);
  void on(const Now& now, const DeadlinePassed& input, Effects& effects);
  void on(const Now& now, const FrameReceived& input, Effects& effects);
  void on(const Now& now, const PeerUp& input, Effects& effects);
  void on(const Now& now, const PeerDown& input, Effects& effects);
  void on(const Now& now, const ClientRequest& input, Effects& effects);
  void on(const Now& now, const ClientGone& input, Effects& effects);
  void on(const Now& now, const SendRoom& input, Effects& effects);
  void on(const Now& now, const ReplyRoom& input, Effects& effects);
  void on(const Now& now, const DiskDone& input, Effects& effects);
  void on(const Now& now, const DiskRefused& input, Effects& effects);
  void on(const Now& now, const ReadDone& input, Effects& effects);
  void on(const Now& now, const Stop& input, Effects& effects);
  void settle(const Now& now, Effects& effects);
  void expire(Instant now, Effects& effects);
  void finish(const Now& now, Effects& effects);
  void check_invariants();
  [[nodiscard]] Instant deadline() const;
  [[nodiscard]] bitcask::Output store_output() { return {disk_, store_events_}; }

  // boot.cpp
  void follow_store(const Now& now, Effects& effects);
  void start(const Now& now, Effects& effects);
  void refuse(Effects& effects);
  void halt(HaltKind kind, std::string_view reason, Effects& effects);
  void leave_if_stopping(Instant now, Effects& effects);

  // consensus.cpp
  void absorb(const Now& now, const wire::AppendEntriesView* view, Effects& effects);
  void store_hard_state();
  void store_entries(const wire::AppendEntriesView& view);
  void route(const raft::Outgoing& message, Effects& effects);
  void transmit(NodeId to, const raft::Message& message, Effects& effects);
  void transmit_entries(NodeId to, const raft::AppendEntries& message, Effects& effects);
  void send_entries(NodeId to, const raft::AppendEntries& message,
                    std::span<const wire::Entry> entries, Effects& effects);
  WallTime stamp(const Now& now);
  [[nodiscard]] wire::Sender sender() const { return {options_.cluster, options_.self}; }
  void open_gate(const Now& now, Effects& effects);
  void watch_disk(const Now& now, Effects& effects);
  [[nodiscard]] bool disk_is_unfit(Instant now) const;
  [[nodiscard]] bool out_of_space() const;

  // frames.cpp
  void on_append_entries(const Now& now, NodeId from, const wire::AppendEntriesView& view,
                         Effects& effects);
  void on_forward(const Now& now, NodeId from, const wire::Forward& forward, Effects& effects);
  void on_forward_reply(const Now& now, NodeId from, const wire::ForwardReply& reply,
                        Effects& effects);

  // requests.cpp
  Admitted admit(const Now& now, const Origin& origin, Bytes command, Effects& effects);
  Admitted admit_read(const Now& now, const Origin& origin, Bytes command, Effects& effects);
  Admitted admit_write(const Now& now, const Origin& origin, Bytes command, Effects& effects);
  Admitted forward(const Now& now, const Origin& origin, Bytes command, Effects& effects);
  void propose(const Now& now, const Origin& origin, Bytes command, Effects& effects);
  void park(const Now& now, const Origin& origin, Bytes command, Effects& effects);
  void retry_parked(const Now& now, Effects& effects);
  [[nodiscard]] bool has_room(u64 bytes);

  // answers.cpp
  void apply_committed(Effects& effects);
  void finish_apply(const AppliedEntry& entry, Effects& effects);
  void ask_for_rounds(const Now& now, Effects& effects);
  raft::ReadId next_read_id();
  void serve_reads(Effects& effects);
  void on_fetched(const ReadDone& input, Effects& effects);
  void answer(const Origin& origin, Bytes reply, Effects& effects);
  void answer_error(const Origin& origin, kv::ErrorKind kind, std::string_view text,
                    Effects& effects);

  Options options_;
  Phase phase_ = Phase::booting;
  std::string refusing_reason_;
  bool stopping_ = false;
  Instant stop_deadline_ = kNever;
  Prng random_;
  Incarnation incarnation_;
  u64 last_read_ = 0;
  WallTime last_stamp_;

  bitcask::Store store_;
  std::optional<raft::Raft> raft_;
  raft::HardState stored_hard_state_;
  Applier applier_;
  u64 refused_room_ = 0;   // bytes: the most that found no room since there was some
  DiskWatch write_watch_;  // for changes that are not durable
  DiskWatch read_watch_;
  u64 disk_reads_begun_ = 0;
  u64 disk_reads_ended_ = 0;
  StepBudget budget_;  // of this step

  Peers peers_;
  DurabilityGate gate_;
  PendingSends pending_sends_;
  Proposals proposals_;
  Forwards forwards_;
  Parking parking_;
  Reads reads_;

  // Reused from step to step.
  raft::Output raft_output_;
  bitcask::DiskRequests disk_;
  std::vector<bitcask::Event> store_events_;
  EffectsWriter writer_;
  std::vector<raft::EntryInfo> entry_infos_;
  std::vector<wire::Entry> entries_;
  std::vector<std::byte> error_;
};

}  // namespace snowflk::node
