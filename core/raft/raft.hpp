// Raft, as a pure state machine: Figure 2 of the paper, a file a box.
//
//   raft.cpp           Rules for Servers: terms, roles, which box a message belongs to
//   election.cpp       §5.2, §5.4.1: timeouts, votes, pre-votes (thesis §9.6), check-quorum
//   append_entries.cpp AppendEntries RPC, receiver implementation
//   replication.cpp    §5.3, §5.4.2 Leaders: what to send to whom, and what is committed
//   read_index.cpp     thesis §6.4: reads without the log
//   contradiction.cpp  what no server that keeps the rules can say, and is refused
//   invariants.cpp     what holds of a state, and between two
//   state.cpp          a state as a plain value
//
// It sees neither payloads nor disks nor clocks: time is an argument, the log is a row of terms,
// and what must be durable before it is said goes out through Gate::durable.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/base/prng.hpp"
#include "core/raft/log.hpp"
#include "core/raft/output.hpp"
#include "core/raft/progress.hpp"
#include "core/raft/quorum.hpp"
#include "core/raft/state.hpp"

namespace snowflk::raft {

struct Options {
  NodeId self;
  std::vector<NodeId> voters;  // ascending, `self` among them, 1 to kVotersMax
  Duration election_timeout_min = milliseconds(150);
  Duration election_timeout_max = milliseconds(300);
  Duration heartbeat_interval = milliseconds(50);
  u32 entries_per_message_max = 1024;
  u64 bytes_per_message_max = 1ULL << 20;
  u32 inflight_messages_max = 4;  // at most Inflight::kMessagesMax
  u64 inflight_bytes_max = 4ULL << 20;
  bool check_expensive_invariants = false;
};

class Raft {
 public:
  /// Reads of others that a leader keeps at most; who finds no room asks again.
  static constexpr std::size_t kPendingReadsMax = 4096;
  /// A message whose term is further ahead is refused: more elections than a cluster can have had
  /// while we were away (ten a second for 13 years).
  static constexpr u64 kTermLeapMax = 1ULL << 32;

  /// A follower, as every server starts (§5.2). `commit_index`: what is known to be committed; the
  /// log holds it. `random`: for election timeouts; no two servers may have the same stream.
  Raft(const Options& options, const HardState& hard_state, Log log, LogIndex commit_index,
       const Prng& random, Instant now);

  /// `message` came from `from`, a voter or this node itself. `entries` are those of an
  /// AppendEntries, else empty; they are borrowed for the call. A message that contradicts what
  /// holds here is refused, with an event.
  void on(Instant now, NodeId from, const Message& message, std::span<const EntryInfo> entries,
          Output& out);
  /// Harmless when early.
  void on_deadline(Instant now, Output& out);
  /// When on_deadline must be called at the latest. A level: it may change with every call.
  [[nodiscard]] Instant deadline() const;

  /// Appends an entry to the leader's log and starts to replicate it. Nothing if not the leader.
  std::optional<LogIndex> propose(Instant now, EntryKind kind, u32 size, Output& out);
  /// Asks for the index from which `read` is linearizable; the answer is in this or a later Output.
  /// False: no leader is known, so there is nobody to ask. A leader answers always, if only that it
  /// leads no more. A follower's question, and the answer to it, may be lost on the way: whoever
  /// waits asks again, with a ReadId of its own or the same, and takes the first answer.
  [[nodiscard]] bool read_index(Instant now, ReadId read, Output& out);
  /// Stands for election now, without a pre-vote, as if its timeout had run out.
  void campaign(Instant now, Output& out);
  /// Waits another election timeout before standing. No effect on a leader.
  void postpone_election(Instant now) { reset_election_deadline(now); }
  /// A leader becomes a follower of its own term. No effect on others.
  void step_down(Instant now, StepDownReason reason, Output& out);

  [[nodiscard]] Role role() const { return role_; }
  [[nodiscard]] const HardState& hard_state() const { return hard_state_; }
  [[nodiscard]] NodeId leader() const { return leader_; }  // nobody: not known
  [[nodiscard]] LogIndex commit_index() const { return commit_index_; }
  [[nodiscard]] const Log& log() const { return log_; }
  [[nodiscard]] const Options& options() const { return options_; }
  /// Bytes of entries in the log that are not known to be committed.
  [[nodiscard]] u64 uncommitted_bytes() const { return uncommitted_bytes_; }
  /// A leader's belief about a voter. REQUIRES: role() is leader, `voter` is a voter.
  [[nodiscard]] const Progress& progress(NodeId voter) const;

  void check_invariants();

  /// Sets `state` to what this Raft is. REQUIRES: no read is in progress.
  void save(State& state) const;
  /// Goes on from `state`, saved by a Raft of the same options: at `now`, with no leader heard of
  /// lately, all voters heard of just now by a leader, and all deadlines a full timeout ahead.
  void resume(const State& state, Instant now);

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct PendingRead {
    ReadId read;
    NodeId origin;
    LogIndex index;
    u64 round = 0;  // zero: waits for a commit in the leader's own term
  };

  // What the last check saw, for what must hold between two states.
  struct Seen {
    HardState hard_state;
    LogIndex commit_index;
    Term commit_term;  // of the entry there
    LogIndex last_index;
    Term last_term;
    NodeId leader;  // of this term, also when lost sight of since
    Role role = Role::follower;
    u64 log_changes = UINT64_MAX;  // Log::changes() after the last check of its terms
  };

  // raft.cpp
  void adopt_term(Instant now, NodeId from, Term term, Output& out);
  void become_follower(Instant now, NodeId leader, Output& out);
  void set_leader(NodeId leader, Output& out);
  void send(NodeId to, Gate gate, const Message& message, Output& out);
  [[nodiscard]] std::size_t position(NodeId voter) const;
  [[nodiscard]] bool is_voter(NodeId node) const;

  // contradiction.cpp
  [[nodiscard]] std::optional<Contradiction> contradiction(
      NodeId from, const Message& message, std::span<const EntryInfo> entries) const;
  [[nodiscard]] std::optional<Contradiction> contradiction_of(
      NodeId from, const AppendEntries& m, std::span<const EntryInfo> entries) const;
  [[nodiscard]] bool answers_what_was_asked(const Message& message) const;
  [[nodiscard]] NodeId leader_of_term(Term term) const;

  // election.cpp
  void on(Instant now, NodeId from, const RequestVote& m, Output& out);
  void on(Instant now, NodeId from, const RequestVoteReply& m, Output& out);
  void on(Instant now, NodeId from, const PreVote& m, Output& out);
  void on(Instant now, NodeId from, const PreVoteReply& m, Output& out);
  void start_pre_vote(Instant now, Output& out);
  void start_election(Instant now, Output& out);
  void become_leader(Instant now, Output& out);
  void reset_election_deadline(Instant now);
  void check_quorum(Instant now, Output& out);
  [[nodiscard]] bool hears_leader(Instant now) const;

  // append_entries.cpp
  void on(Instant now, NodeId from, const AppendEntries& m, std::span<const EntryInfo> entries,
          Output& out);
  void store(LogIndex prev, std::span<const EntryInfo> entries, Output& out);
  void refuse(NodeId from, const AppendEntries& m, Output& out);

  // replication.cpp
  void on(Instant now, NodeId from, const AppendEntriesReply& m, Output& out);
  void on_refusal(Progress& progress, const AppendEntriesReply& m);
  void append_as_leader(EntryKind kind, u32 size, Output& out);
  void replicate(NodeId to, Output& out);
  void send_entries(NodeId to, Progress& progress, Output& out);
  void send_heartbeat(NodeId to, Output& out);
  void broadcast_heartbeat(Instant now, Output& out);
  void advance_commit_as_leader(Output& out);
  void commit_to(LogIndex index, Output& out);
  [[nodiscard]] LogIndex quorum_match() const;

  // read_index.cpp
  void on(Instant now, NodeId from, const ReadIndex& m, Output& out);
  void on(Instant now, NodeId from, const ReadIndexReply& m, Output& out);
  void on(Instant now, NodeId from, const ReadRound& m, Output& out);
  void on(Instant now, NodeId from, const ReadRoundReply& m, Output& out);
  void register_read(NodeId origin, ReadId read, Output& out);
  void start_waiting_reads(Output& out);
  void start_read_round(Output& out);
  void ask_for_echoes(Output& out);
  void answer_confirmed_reads(Output& out);
  void release_reads(u64 confirmed, Output& out);
  void abandon_reads(Output& out);
  [[nodiscard]] bool committed_in_current_term() const;
  [[nodiscard]] u64 confirmed_round() const;

  // invariants.cpp
  void check_options() const;
  void check_state() const;
  void check_leader() const;
  void check_progress(const Progress& progress) const;
  void check_reads() const;
  void check_log() const;
  void check_terms() const;
  void check_delta() const;
  void check_same_term() const;
  [[nodiscard]] Seen see() const;

  Options options_;

  // "Persistent state on all servers" and "Volatile state on all servers"
  HardState hard_state_;
  Log log_;
  LogIndex commit_index_;

  Role role_ = Role::follower;
  NodeId leader_;
  VoteSet votes_;  // pre-votes while a pre-candidate
  Prng random_;
  Instant election_deadline_;
  Instant leader_heard_at_;
  u64 uncommitted_bytes_ = 0;

  // "Volatile state on leaders"; one for each voter, in the order of the configuration.
  std::vector<Progress> progress_;
  Instant heartbeat_deadline_;
  Instant quorum_deadline_;
  std::vector<PendingRead> pending_reads_;
  u64 read_round_ = 0;
  bool read_round_wanted_ = false;

  Seen seen_;
};

}  // namespace snowflk::raft
