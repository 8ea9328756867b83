#include "sim/search/exhaustive/convert.hpp"

#include "core/base/assert.hpp"

namespace snowflk::sim::exhaustive {

u8 small(const raft::EntryInfo& entry) {
  return static_cast<u8>(entry.term.value * 2 + (entry.kind == raft::EntryKind::no_op ? 1 : 0));
}

raft::EntryInfo entry_info(u8 entry) {
  return raft::EntryInfo{
      .term = Term{term_of_entry(entry)},
      .size = 0,
      .kind = (entry & 1U) != 0 ? raft::EntryKind::no_op : raft::EntryKind::command};
}

SmallMessage small(const raft::Message& message, const raft::Log& log) {
  SmallMessage out;
  std::visit(Overloaded{
                 [&](const raft::RequestVote& m) {
                   out.kind = MessageKind::request_vote;
                   out.index = small(m.last_log_index);
                   out.index_term = small(m.last_log_term);
                 },
                 [&](const raft::RequestVoteReply& m) {
                   out.kind = MessageKind::request_vote_reply;
                   out.yes = m.vote_granted ? 1 : 0;
                 },
                 [&](const raft::AppendEntries& m) {
                   out.kind = MessageKind::append;
                   out.index = small(m.prev_log_index);
                   out.index_term = small(m.prev_log_term);
                   out.commit = small(m.leader_commit);
                   SNOWFLK_ASSERT(m.entry_count <= kEntriesPerMessageMax);
                   for (u32 i = 1; i <= m.entry_count; ++i) {
                     out.entries.push(small(log.entry(m.prev_log_index + i)));
                   }
                 },
                 [&](const raft::AppendEntriesReply& m) {
                   out.kind = MessageKind::append_reply;
                   out.yes = m.success ? 1 : 0;
                   out.index = small(m.match_index);
                   out.conflict_index = small(m.conflict_index);
                   out.conflict_term = small(m.conflict_term);
                 },
                 [](const auto&) { SNOWFLK_ASSERT(false); },
             },
             message);
  std::visit([&](const auto& m) { out.term = small(m.term); }, message);
  return out;
}

raft::Message message_of(const SmallMessage& m) {
  const Term term{m.term};
  switch (m.kind) {
    case MessageKind::request_vote:
      return raft::RequestVote{
          .term = term, .last_log_index = LogIndex{m.index}, .last_log_term = Term{m.index_term}};
    case MessageKind::request_vote_reply:
      return raft::RequestVoteReply{.term = term, .vote_granted = m.yes != 0};
    case MessageKind::append:
      return raft::AppendEntries{.term = term,
                                 .prev_log_index = LogIndex{m.index},
                                 .prev_log_term = Term{m.index_term},
                                 .leader_commit = LogIndex{m.commit},
                                 .entry_count = m.entries.size};
    case MessageKind::append_reply:
      return raft::AppendEntriesReply{.term = term,
                                      .success = m.yes != 0,
                                      .match_index = LogIndex{m.index},
                                      .conflict_index = LogIndex{m.conflict_index},
                                      .conflict_term = Term{m.conflict_term}};
  }
  SNOWFLK_ASSERT(false);
  return {};
}

namespace {

raft::Progress progress_of(const Belief& belief) {
  raft::Progress progress;
  progress.next_index = LogIndex{belief.next};
  progress.match_index = LogIndex{belief.match};
  progress.state =
      belief.replicates != 0 ? raft::ProgressState::replicate : raft::ProgressState::probe;
  progress.probe_sent = belief.probe_sent != 0;
  progress.commit_sent = LogIndex{belief.commit_sent};
  for (const u8 last : belief.inflight) progress.inflight.add(LogIndex{last}, 0);
  return progress;
}

Belief belief_of(const raft::Progress& progress) {
  Belief belief{.next = small(progress.next_index),
                .match = small(progress.match_index),
                .commit_sent = small(progress.commit_sent),
                .replicates = progress.state == raft::ProgressState::replicate ? u8{1} : u8{0},
                .probe_sent = progress.probe_sent ? u8{1} : u8{0},
                .inflight = {}};
  for (std::size_t i = 0; i < progress.inflight.count(); ++i) {
    belief.inflight.push(small(progress.inflight.last_of(i)));
  }
  return belief;
}

}  // namespace

void expand(const SmallNode& node, u8 nodes, raft::State& state) {
  state.hard_state = {.current_term = Term{node.now.term}, .voted_for = node_id(node.now.vote)};
  state.log = raft::Log{};
  for (const u8 entry : node.now.log) state.log.append(entry_info(entry));
  state.commit_index = LogIndex{node.commit};
  state.role = static_cast<raft::Role>(node.role);
  state.leader = node_id(node.leader);
  state.leader_of_term = node_id(node.leader_of_term);
  state.votes.clear();
  state.progress.assign(nodes, raft::Progress{});
  for (u32 i = 0; i < nodes; ++i) {
    if ((node.votes >> i & 1U) != 0) state.votes.add(i);
    if (state.role == raft::Role::leader) state.progress[i] = progress_of(node.beliefs[i]);
  }
}

bool shrink(const raft::State& state, u8 nodes, SmallNode& node) {
  Persistent held{.term = small(state.hard_state.current_term),
                  .vote = small(state.hard_state.voted_for),
                  .commit = small(state.commit_index),
                  .log = {}};
  const raft::Log& log = state.log;
  SNOWFLK_ASSERT(log.last_index().value <= kLogMax);
  for (LogIndex i{1}; i <= log.last_index(); i = i.next()) held.log.push(small(log.entry(i)));
  const bool changed = held.term != node.now.term || held.vote != node.now.vote ||
                       held.log.size != node.now.log.size || held.log.at != node.now.log.at;
  if (changed) node.now = held;
  node.commit = small(state.commit_index);
  node.role = static_cast<u8>(state.role);
  node.leader = small(state.leader);
  node.leader_of_term = small(state.leader_of_term);
  node.votes = 0;
  for (u32 i = 0; i < nodes; ++i) {
    if (state.votes.contains(i)) node.votes = static_cast<u8>(node.votes | 1U << i);
    node.beliefs[i] = state.role == raft::Role::leader ? belief_of(state.progress[i]) : Belief{};
  }
  return changed;
}

}  // namespace snowflk::sim::exhaustive
