#include "sim/trace_file/tla.hpp"

#include <algorithm>

#include "core/trace/json.hpp"
#include "sim/check/frames_seen.hpp"

namespace snowflk::sim::trace_file {
namespace {

using spec::Action;
using trace::JsonWriter;

void begin_line(const StepView& view, JsonWriter& json) {
  json.begin_object()
      .member("event", view.event)
      .member("time_ns", view.at.value)
      .member("server", view.node.value);
}

// ---- Messages, in the words of the TLA+ -------------------------------------------------------

void members_of(const raft::RequestVote& m, Bytes, JsonWriter& json) {
  json.member("mtype", "RequestVoteRequest")
      .member("mterm", m.term.value)
      .member("mlastLogTerm", m.last_log_term.value)
      .member("mlastLogIndex", m.last_log_index.value);
}

void members_of(const raft::RequestVoteReply& m, Bytes, JsonWriter& json) {
  json.member("mtype", "RequestVoteResponse")
      .member("mterm", m.term.value)
      .member("mvoteGranted", m.vote_granted);
}

void members_of(const raft::AppendEntries& m, Bytes frame, JsonWriter& json) {
  json.member("mtype", "AppendEntriesRequest")
      .member("mterm", m.term.value)
      .member("mprevLogIndex", m.prev_log_index.value)
      .member("mprevLogTerm", m.prev_log_term.value)
      .member("mcommitIndex", m.leader_commit.value);
  const EntryTerms terms{frame};
  json.key("mentries").begin_array();
  for (u32 i = 0; i < m.entry_count; ++i) json.value(terms[i].value);
  json.end_array();
}

void members_of(const raft::AppendEntriesReply& m, Bytes, JsonWriter& json) {
  json.member("mtype", "AppendEntriesResponse")
      .member("mterm", m.term.value)
      .member("msuccess", m.success)
      .member("mmatchIndex", m.success ? m.match_index.value : 0);
}

template <class T>
bool write_as(Bytes frame, JsonWriter& json) {
  const auto message = fields_in<T>(frame);
  if (!message) return false;
  json.key("message").begin_object();
  members_of(*message, frame, json);
  json.end_object();
  return true;
}

/// False: of a kind that the specification does not have.
bool write_message(Bytes frame, JsonWriter& json) {
  switch (peek_kind(frame).value_or(wire::FrameKind::hello)) {
    case wire::FrameKind::request_vote: return write_as<raft::RequestVote>(frame, json);
    case wire::FrameKind::request_vote_reply: return write_as<raft::RequestVoteReply>(frame, json);
    case wire::FrameKind::append_entries: return write_as<raft::AppendEntries>(frame, json);
    case wire::FrameKind::append_entries_reply:
      return write_as<raft::AppendEntriesReply>(frame, json);
    case wire::FrameKind::hello:
    case wire::FrameKind::ping:
    case wire::FrameKind::pre_vote:
    case wire::FrameKind::pre_vote_reply:
    case wire::FrameKind::read_index:
    case wire::FrameKind::read_index_reply:
    case wire::FrameKind::read_round:
    case wire::FrameKind::read_round_reply:
    case wire::FrameKind::forward:
    case wire::FrameKind::forward_reply: return false;
  }
  return false;
}

bool may_change_log(Action action) {
  return action == Action::init || action == Action::restart || action == Action::client_request ||
         action == Action::handle_append_entries_request;
}

}  // namespace

TlaWriter::TlaWriter(std::string& out, const Identity& identity, u32 servers)
    : out_(&out), servers_(servers), refinement_(servers), logs_(servers) {
  JsonWriter json{*out_};
  json.begin_object().member("schema", kTlaSchema).key("Server").begin_array();
  for (u32 id = 1; id <= servers; ++id) json.value(id);
  json.end_array()
      .member("scenario", identity.scenario)
      .member("seed", identity.seed)
      .member("generator", identity.generator)
      .member("build", identity.build)
      .end_object();
  *out_ += '\n';
}

void TlaWriter::observe(const StepView& view) {
  if (ended_) return;
  const Finding finding = refinement_.observe(view, this);
  if (finding) {
    ended_ = true;
    JsonWriter json{*out_};
    begin_line(view, json);
    json.member("violation", finding->sentence).end_object();
    *out_ += '\n';
    return;
  }
  for (const node::Send& send : view.sends) write_said(view, send);
}

void TlaWriter::taken(const StepView& view, Action action, NodeId peer,
                      const spec::Server& server) {
  JsonWriter json{*out_};
  begin_line(view, json);
  json.member("action", name_of(action));
  if (!peer.nobody()) {
    json.member("from", peer.value);
    write_message(view.heard, json);
  }
  json.member("currentTerm", server.current_term().value)
      .member("votedFor", server.voted_for().value)
      .member("state", name_of(server.role()))
      .member("commitIndex", server.commit_index().value);
  if (server.role() == spec::Role::candidate) {
    json.key("votesGranted").begin_array();
    for (u32 id = 1; id <= servers_; ++id) {
      if ((server.votes_granted() >> (id - 1) & 1U) != 0) json.value(id);
    }
    json.end_array();
  }
  if (server.role() == spec::Role::leader) {
    json.key("matchIndex").begin_array();
    for (u32 id = 1; id <= servers_; ++id) json.value(server.match_index(NodeId{id}).value);
    json.end_array();
  }
  if (may_change_log(action)) write_log(server, json);
  json.end_object();
  *out_ += '\n';
}

/// What has changed: so much of the log as it was stays, and these terms follow.
void TlaWriter::write_log(const spec::Server& server, JsonWriter& json) {
  std::vector<Term>& log = logs_[server.self().value - 1];
  std::size_t kept = 0;
  while (kept < log.size() && server.has_entry(LogIndex{kept + 1}, log[kept])) kept += 1;
  const u64 last = server.last_index().value;
  if (kept == log.size() && kept == last) return;
  log.resize(kept);
  json.member("logKept", kept).key("logAdded").begin_array();
  for (u64 index = kept + 1; index <= last; ++index) {
    log.push_back(server.term_at(LogIndex{index}));
    json.value(log.back().value);
  }
  json.end_array();
}

void TlaWriter::write_said(const StepView& view, const node::Send& send) {
  const std::size_t before = out_->size();
  JsonWriter json{*out_};
  begin_line(view, json);
  json.member("action", "Send").member("to", send.to.value);
  if (!write_message(send.frame, json)) return out_->resize(before);
  json.end_object();
  *out_ += '\n';
}

}  // namespace snowflk::sim::trace_file
