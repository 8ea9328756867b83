// Which choice means what, and what must hold after it. See raft_walk.hpp.
#include "tests/support/raft_walk.hpp"

#include <algorithm>

namespace snowflk::testing {
namespace {

/// On the wire, of 100; then on servers.
constexpr u64 kDeliver = 52;
constexpr u64 kDuplicate = 56;
constexpr u64 kDrop = 62;
constexpr u64 kPropose = 70;
constexpr u64 kFinishWrite = 84;
constexpr u64 kPassTime = 89;
constexpr u64 kTimeOut = 93;
constexpr u64 kRead = 95;
constexpr u64 kCrash = 96;
constexpr u64 kRestart = 98;
constexpr u64 kCut = 99;  // else: all links are healed

}  // namespace

RaftWalk::RaftWalk(u32 servers, const raft::Options& options) : cluster_(servers, options) {
  cluster_.slow_disks = true;
}

void RaftWalk::step(u64 choice) {
  if (broken_) return;
  const u64 action = choice % 100;
  const u64 draw = choice / 100;
  if (action < kDrop) {
    on_wire(action, draw);
  } else {
    on_server(action, pick(draw), draw / cluster_.voters().size());
  }
  observe();
}

NodeId RaftWalk::pick(u64 draw) const { return cluster_.voters()[draw % cluster_.voters().size()]; }

void RaftWalk::on_wire(u64 action, u64 draw) {
  if (cluster_.wire.empty()) return;
  // Half of the time the oldest arrives, else things would go forward too seldom.
  const bool oldest = action < kDeliver / 2;
  const std::size_t position = oldest ? 0 : draw % cluster_.wire.size();
  if (action < kDeliver) return cluster_.deliver(position);
  if (action < kDuplicate) return cluster_.duplicate(position);
  cluster_.drop(position);
}

void RaftWalk::on_server(u64 action, NodeId id, u64 draw) {
  if (!cluster_.is_up(id)) {
    if (action >= kPassTime) restart(id);
    return;
  }
  if (action < kPropose) {
    cluster_.propose(id, static_cast<u32>(draw % 1000));
  } else if (action < kFinishWrite) {
    if (cluster_.writes_under_way(id) > 0) cluster_.finish_write(id);
  } else if (action < kPassTime) {
    cluster_.advance(milliseconds(static_cast<i64>(draw % 60)));
  } else if (action < kTimeOut) {
    cluster_.time_out(id);
  } else if (action < kRead) {
    read(id);
  } else if (action < kCrash) {
    crash(id);
  } else if (action >= kCut) {
    cluster_.heal();
  } else if (action >= kRestart) {
    cluster_.cut(id, pick(draw));
  }
}

/// A batch also says what was known to be committed; that is found again as far as it is stored.
void RaftWalk::crash(NodeId id) {
  const raft::Raft& server = cluster_.server(id);
  const auto& stored = cluster_.stored(id).entries;
  LogIndex known;
  while (known < server.commit_index() && known.value < stored.size() &&
         stored[known.value] == server.log().entry(known.next())) {
    known = known.next();
  }
  known_commit_[id] = known;
  cluster_.crash(id);
}

void RaftWalk::restart(NodeId id) { cluster_.restart(id, known_commit_[id]); }

void RaftWalk::read(NodeId id) {
  reads_ += 1;
  if (cluster_.read(id, raft::ReadId{reads_})) asked_[reads_] = figure3_.committed();
}

void RaftWalk::observe() {
  if (!broken_) broken_ = figure3_.observe(cluster_);
  for (const NodeId id : cluster_.voters()) check_reads(id);
}

// §8: a read sees all that was committed before it was asked.
void RaftWalk::check_reads(NodeId id) {
  for (const raft::ReadOutcome& outcome : cluster_.reads(id)) {
    if (!outcome.confirmed) continue;
    answered_[outcome.read.value] = true;
    const auto asked = asked_.find(outcome.read.value);
    if (asked == asked_.end()) continue;  // Answered within the call that asked.
    expect(outcome.index.value >= asked->second, "a read sees what was committed before it");
  }
}

void RaftWalk::heal() {
  cluster_.heal();
  cluster_.slow_disks = false;
  for (const NodeId id : cluster_.voters()) {
    if (!cluster_.is_up(id)) restart(id);
  }
  cluster_.run(seconds(5));
  observe();
  const NodeId leader = cluster_.leader();
  expect(!leader.nobody(), "a healed cluster has a leader within five seconds");
  if (broken_) return;
  cluster_.propose(leader);
  for (const NodeId id : cluster_.voters()) read(id);
  const u64 reads = reads_;
  cluster_.run(milliseconds(500));
  observe();
  for (u64 id = reads + 1 - cluster_.voters().size(); id <= reads; ++id) {
    expect(answered_[id], "in a healed cluster every read is answered");
  }
  check_healed();
}

void RaftWalk::check_healed() {
  const raft::Raft& leader = cluster_.server(cluster_.leader());
  expect(leader.commit_index() == leader.log().last_index(), "in the end everything is committed");
  for (const NodeId id : cluster_.voters()) {
    const raft::Raft& server = cluster_.server(id);
    expect(server.leader() == cluster_.leader(), "in the end everybody follows one leader");
    expect(server.log().last_index() == leader.log().last_index(), "in the end all logs are equal");
    expect(server.commit_index() == leader.commit_index(), "in the end all know the commit");
  }
}

}  // namespace snowflk::testing
