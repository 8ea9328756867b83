// Reads without the log (§8, thesis §6.4): what index a read must wait for.
//
// One round of questions confirms the leadership for all reads that came before it; while a round
// is under way, later reads wait for the next one together.
#include <algorithm>
#include <array>

#include "core/base/maybe.hpp"
#include "core/raft/raft.hpp"

namespace snowflk::raft {

bool Raft::read_index(Instant /*now*/, ReadId read, Output& out) {
  if (leader_.nobody()) return false;
  if (role_ == Role::leader) {
    register_read(options_.self, read, out);
    return true;
  }
  send(leader_, Gate::open, ReadIndex{.term = hard_state_.current_term, .read = read}, out);
  return true;
}

void Raft::on(Instant /*now*/, NodeId from, const ReadIndex& m, Output& out) {
  if (role_ != Role::leader) return;              // The asker asks again, another one.
  if (m.term < hard_state_.current_term) return;  // It follows an earlier leadership.
  if (pending_reads_.size() >= kPendingReadsMax) return;
  register_read(from, m.read, out);
}

void Raft::on(Instant now, NodeId from, const ReadIndexReply& m, Output& out) {
  SNOWFLK_MAYBE(now >= election_deadline_);
  if (from == options_.self) return;
  if (m.term < hard_state_.current_term) return;
  out.reads.push_back(ReadOutcome{.read = m.read, .index = m.index, .confirmed = true});
}

void Raft::register_read(NodeId origin, ReadId read, Output& out) {
  SNOWFLK_ASSERT(role_ == Role::leader);
  pending_reads_.push_back(
      PendingRead{.read = read, .origin = origin, .index = commit_index_, .round = 0});
  start_waiting_reads(out);
  answer_confirmed_reads(out);
}

// Thesis §6.4, 1.: "If the leader has not yet marked an entry from its current term committed, it
// waits until it has done so." Until then its commit index may be behind what was acknowledged.
void Raft::start_waiting_reads(Output& out) {
  if (role_ != Role::leader || pending_reads_.empty()) return;
  if (pending_reads_.back().round != 0) return;  // None waits: reads wait in the order they came.
  if (!committed_in_current_term()) return;
  const bool round_under_way = confirmed_round() < read_round_;
  for (PendingRead& pending : pending_reads_) {
    if (pending.round != 0) continue;
    // 2. "The leader saves its current commit index in a local variable readIndex."
    pending.index = std::max(pending.index, commit_index_);
    pending.round = read_round_ + 1;
  }
  read_round_wanted_ = true;
  if (!round_under_way) start_read_round(out);
}

// 3. "The leader needs to make sure it hasn't been superseded by a newer leader of which it is
// unaware. It issues a new round of heartbeats and waits for their acknowledgments from a majority
// of the cluster."
//
// Beside the log's heartbeats, not on them: an echo speaks for nothing that must be stored, so it
// does not wait behind the entries that a follower is writing.
void Raft::start_read_round(Output& out) {
  SNOWFLK_ASSERT(role_ == Role::leader);
  SNOWFLK_ASSERT(read_round_wanted_);
  read_round_ += 1;
  read_round_wanted_ = false;
  ask_for_echoes(out);
}

void Raft::ask_for_echoes(Output& out) {
  for (const NodeId voter : options_.voters) {
    if (voter == options_.self || progress_[position(voter)].read_round == read_round_) continue;
    send(voter, Gate::open, ReadRound{.term = hard_state_.current_term, .round = read_round_}, out);
  }
}

// A newer leader needs our vote, or that of another in this majority; it was given to none yet. So
// what it will acknowledge comes after every read of this round, and the round may answer them.
void Raft::on(Instant /*now*/, NodeId from, const ReadRound& m, Output& out) {
  if (from == options_.self) return;
  if (m.term < hard_state_.current_term) return;  // Its heartbeats tell it of the newer term.
  send(from, Gate::open, ReadRoundReply{.term = m.term, .round = m.round}, out);
}

void Raft::on(Instant now, NodeId from, const ReadRoundReply& m, Output& out) {
  if (role_ != Role::leader) return;
  if (m.term < hard_state_.current_term) return;  // An answer to an earlier leadership.
  Progress& progress = progress_[position(from)];
  progress.last_contact = now;
  progress.read_round = std::max(progress.read_round, m.round);
  answer_confirmed_reads(out);
}

void Raft::answer_confirmed_reads(Output& out) {
  if (role_ != Role::leader) return;
  release_reads(confirmed_round(), out);
  if (!read_round_wanted_ || confirmed_round() < read_round_) return;
  start_read_round(out);
  release_reads(confirmed_round(), out);  // Alone in its cluster, a leader is confirmed already.
}

// A majority still followed this leader after these reads came: their indexes are current.
void Raft::release_reads(u64 confirmed, Output& out) {
  std::size_t kept = 0;
  for (const PendingRead& pending : pending_reads_) {
    if (pending.round == 0 || pending.round > confirmed) {
      pending_reads_[kept] = pending;
      kept += 1;
    } else if (pending.origin == options_.self) {
      out.reads.push_back(
          ReadOutcome{.read = pending.read, .index = pending.index, .confirmed = true});
    } else {
      send(pending.origin, Gate::open,
           ReadIndexReply{
               .term = hard_state_.current_term, .read = pending.read, .index = pending.index},
           out);
    }
  }
  pending_reads_.resize(kept);
}

/// No longer the leader: whoever waits here asks again. Others' reads are asked again by them.
void Raft::abandon_reads(Output& out) {
  for (const PendingRead& pending : pending_reads_) {
    if (pending.origin != options_.self) continue;
    out.reads.push_back(ReadOutcome{.read = pending.read, .index = LogIndex{}, .confirmed = false});
  }
  pending_reads_.clear();
  read_round_wanted_ = false;
}

bool Raft::committed_in_current_term() const {
  return log_.term_at(commit_index_) == hard_state_.current_term;
}

/// The last read round that a majority has echoed in this term; we are one of it ourselves.
u64 Raft::confirmed_round() const {
  std::array<u64, kVotersMax> rounds{};
  for (std::size_t i = 0; i < progress_.size(); ++i) {
    rounds[i] = options_.voters[i] == options_.self ? read_round_ : progress_[i].read_round;
  }
  return reached_by_majority<u64>(std::span<const u64>{rounds}.first(progress_.size()));
}

}  // namespace snowflk::raft
