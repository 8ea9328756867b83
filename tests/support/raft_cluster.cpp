// What a wire and a disk do for Raft, and no more. See raft_cluster.hpp.
#include "tests/support/raft_cluster.hpp"

#include <algorithm>

namespace snowflk::testing {

std::vector<raft::EntryInfo> log_of(const std::vector<u64>& terms) {
  std::vector<raft::EntryInfo> entries;
  for (const u64 term : terms) {
    // Equal (index, term), equal entry: the size is a function of both.
    const u32 size = static_cast<u32>(term * 100 + entries.size());
    entries.push_back({.term = Term{term}, .size = size, .kind = raft::EntryKind::command});
  }
  return entries;
}

std::vector<u64> terms_of(const raft::Log& log) {
  std::vector<u64> terms;
  for (LogIndex i = log.first_index(); i <= log.last_index(); i = i.next()) {
    terms.push_back(log.term_at(i).value);
  }
  return terms;
}

RaftCluster::RaftCluster(u32 count, const raft::Options& options) : options_(options) {
  options_.check_expensive_invariants = true;
  options_.voters.clear();
  for (u32 id = 1; id <= count; ++id) options_.voters.push_back(NodeId{id});
  servers_.resize(count);
  for (const NodeId id : options_.voters) start(id, Stored{});
}

NodeId RaftCluster::leader() const {
  NodeId found;
  for (const NodeId id : voters()) {
    if (!is_up(id) || server(id).role() != raft::Role::leader) continue;
    if (found.nobody() ||
        server(id).hard_state().current_term > server(found).hard_state().current_term) {
      found = id;
    }
  }
  return found;
}

void RaftCluster::start(NodeId id, Stored stored, LogIndex commit_index) {
  Server& server = at(id);
  const u64 starts = server.starts + 1;
  server = Server{};
  server.starts = starts;
  server.stored = std::move(stored);
  raft::Options options = options_;
  options.self = id;
  server.raft.emplace(options, server.stored.hard_state, raft::Log{server.stored.entries},
                      commit_index, Prng{7, id.value, starts}, now_);
}

void RaftCluster::time_out(NodeId id) {
  now_ = std::max(now_, server(id).deadline());
  raft::Output out;
  at(id).raft->on_deadline(now_, out);
  absorb(id, out);
}

void RaftCluster::run(Duration span) {
  const Instant end = now_ + span;
  settle();
  while (true) {
    NodeId next;
    for (const NodeId id : voters()) {
      if (!is_up(id)) continue;
      if (next.nobody() || server(id).deadline() < server(next).deadline()) next = id;
    }
    if (next.nobody() || server(next).deadline() > end) break;
    time_out(next);
    settle();
  }
  now_ = end;
}

void RaftCluster::campaign(NodeId id) {
  raft::Output out;
  at(id).raft->campaign(now_, out);
  absorb(id, out);
}

void RaftCluster::elect(NodeId id) {
  campaign(id);
  settle();
  SNOWFLK_ASSERT(server(id).role() == raft::Role::leader);
}

std::optional<LogIndex> RaftCluster::propose(NodeId id, u32 size) {
  raft::Output out;
  const auto index = at(id).raft->propose(now_, raft::EntryKind::command, size, out);
  absorb(id, out);
  return index;
}

bool RaftCluster::read(NodeId id, raft::ReadId read) {
  raft::Output out;
  const bool asked = at(id).raft->read_index(now_, read, out);
  absorb(id, out);
  return asked;
}

void RaftCluster::step_down(NodeId id) {
  raft::Output out;
  at(id).raft->step_down(now_, raft::StepDownReason::stopping, out);
  absorb(id, out);
}

void RaftCluster::receive(NodeId to, NodeId from, const raft::Message& message,
                          const std::vector<raft::EntryInfo>& entries) {
  raft::Output out;
  at(to).raft->on(now_, from, message, entries, out);
  absorb(to, out);
}

void RaftCluster::deliver(std::size_t position) {
  const Envelope envelope = wire[position];
  drop(position);
  if (!is_up(envelope.to)) return;
  if (std::ranges::count(cuts_, Link{envelope.from, envelope.to}) > 0) return;
  receive(envelope.to, envelope.from, envelope.message, envelope.entries);
}

void RaftCluster::drop(std::size_t position) {
  wire.erase(wire.begin() + static_cast<std::ptrdiff_t>(position));
}

void RaftCluster::deliver_round() {
  for (std::size_t left = wire.size(); left > 0; --left) deliver(0);
}

void RaftCluster::settle() {
  while (true) {
    for (const NodeId id : voters()) finish_writes(id);
    if (wire.empty()) return;
    deliver(0);
  }
}

void RaftCluster::isolate(NodeId id) {
  for (const NodeId other : voters()) {
    if (other == id) continue;
    cut(id, other);
    cut(other, id);
  }
}

void RaftCluster::finish_write(NodeId id) {
  Server& server = at(id);
  SNOWFLK_ASSERT(!server.writes.empty());
  server.stored = server.writes.front();
  server.writes.pop_front();
  server.writes_done += 1;
  release(id);
}

void RaftCluster::finish_writes(NodeId id) {
  while (!at(id).writes.empty()) finish_write(id);
}

void RaftCluster::crash(NodeId id) {
  Server& server = at(id);
  server.raft.reset();
  server.writes.clear();
  server.held.clear();
  server.reads.clear();
}

void RaftCluster::absorb(NodeId id, const raft::Output& out) {
  Server& server = at(id);
  events.insert(events.end(), out.events.begin(), out.events.end());
  server.reads.insert(server.reads.end(), out.reads.begin(), out.reads.end());
  server.raft->check_invariants();
  write_changes(server);
  for (const raft::Outgoing& outgoing : out.messages) {
    if (outgoing.gate == raft::Gate::open) {
      send(id, outgoing);
    } else {
      server.held.push_back({.after_write = server.writes_issued, .outgoing = outgoing});
    }
  }
  if (!slow_disks) finish_writes(id);
  release(id);
}

void RaftCluster::write_changes(Server& server) {
  Stored now{.hard_state = server.raft->hard_state(), .entries = {}};
  const raft::Log& log = server.raft->log();
  for (LogIndex i = log.first_index(); i <= log.last_index(); i = i.next()) {
    now.entries.push_back(log.entry(i));
  }
  const Stored& before = server.writes.empty() ? server.stored : server.writes.back();
  if (now.hard_state == before.hard_state && now.entries == before.entries) return;
  server.writes.push_back(std::move(now));
  server.writes_issued += 1;
}

void RaftCluster::release(NodeId id) {
  Server& server = at(id);
  while (!server.held.empty() && server.held.front().after_write <= server.writes_done) {
    const raft::Outgoing outgoing = server.held.front().outgoing;
    server.held.pop_front();
    if (outgoing.to == id) {
      receive(id, id, outgoing.message);
    } else {
      send(id, outgoing);
    }
  }
}

/// Whatever is sent carries the entries that the log has now: until it leaves they may not change.
void RaftCluster::send(NodeId from, const raft::Outgoing& outgoing) {
  Envelope envelope{.from = from, .to = outgoing.to, .message = outgoing.message, .entries = {}};
  if (const auto* append = as<raft::AppendEntries>(envelope)) {
    for (u32 i = 1; i <= append->entry_count; ++i) {
      envelope.entries.push_back(server(from).log().entry(append->prev_log_index + i));
    }
  }
  wire.push_back(std::move(envelope));
}

}  // namespace snowflk::testing
