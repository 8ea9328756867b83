#include "sim/check/refinement.hpp"

#include <algorithm>
#include <utility>

#include "core/base/describe.hpp"
#include "sim/check/frames_seen.hpp"

namespace snowflk::sim {
namespace {

using spec::Action;
using spec::LogEnd;
using spec::Objection;
using spec::Server;
using spec::TermRuns;

std::string number(auto quantity) { return std::to_string(quantity.value); }

/// To ask first is still to follow.
spec::Role role_of(const StepView& view) {
  switch (view.role) {
    case raft::Role::follower:
    case raft::Role::pre_candidate: return spec::Role::follower;
    case raft::Role::candidate: return spec::Role::candidate;
    case raft::Role::leader: return spec::Role::leader;
  }
  return spec::Role::follower;
}

struct Told {
  bool started = false;
  bool refused = false;  // what was heard: damaged, or of a stranger, or it cannot be
};

Told told_by_events(const StepView& view) {
  Told told;
  for_each_event(view, Overloaded{
                           [&](const node::Started&) { told.started = true; },
                           [&](const node::FrameRejected&) { told.refused = true; },
                           [&](const raft::MessageRefused&) { told.refused = true; },
                           [](const auto&) {},
                       });
  return told;
}

/// The entry of `run` that `log` has otherwise. Its ends show it: a node's log asserts that terms
/// never fall along it.
std::optional<LogIndex> other_in_run(const raft::Log& log, const TermRuns::Run& run) {
  if (!log.contains(run.first, run.term)) return run.first;
  if (!log.contains(run.last, run.term)) return run.last;
  return std::nullopt;
}

/// One step of one server, read as actions.
class Reading {
 public:
  Reading(const StepView& view, Server& server, std::vector<Term>& terms, ActionListener* listener)
      : view_(view), server_(server), terms_(terms), listener_(listener) {}

  void start(bool first);
  void hear();
  void act();
  void compare();
  void speak();

  [[nodiscard]] const Objection& objection() const { return objection_; }

 private:
  /// What was asked for was allowed, or is the objection.
  void take(Action action, NodeId peer, Objection why) {
    if (objection_) return;
    objection_ = std::move(why);
    if (!objection_ && listener_ != nullptr) listener_->taken(view_, action, peer, server_);
  }
  void object(std::string what) {
    if (!objection_) objection_ = std::move(what);
  }
  void check(Objection why) {
    if (!objection_) objection_ = std::move(why);
  }

  /// The message in what was heard, and its term if that is its sender's own.
  template <class T>
  std::optional<T> heard();
  void hear_request_vote();
  void hear_request_vote_reply();
  void hear_append_entries();
  void hear_append_entries_reply();
  [[nodiscard]] u32 entries_taken(const raft::AppendEntries& message) const;
  void read_terms(Bytes frame, u32 count);
  [[nodiscard]] bool was_elected() const;
  [[nodiscard]] spec::Append append_of(NodeId from, const raft::AppendEntries& message) const {
    return {.from = from,
            .prev_index = message.prev_log_index,
            .prev_term = message.prev_log_term,
            .leader_commit = message.leader_commit,
            .entries = terms_};
  }
  void say(const node::Send& send);

  const StepView& view_;
  Server& server_;
  std::vector<Term>& terms_;
  ActionListener* listener_;
  Objection objection_;
};

// ---- It starts --------------------------------------------------------------------------------

void Reading::start(bool first) {
  std::vector<Term> log;
  log.reserve(view_.log->last_index().value);
  for (LogIndex i = LogIndex{1}; i <= view_.log->last_index(); i = i.next()) {
    log.push_back(view_.log->term_at(i));
  }
  const spec::Stable stable{.current_term = view_.term,
                            .voted_for = view_.voted_for,
                            .log = log,
                            .commit_index = view_.commit};
  if (!first) return take(Action::restart, NodeId{}, server_.restart(stable));
  server_.init(stable);
  take(Action::init, NodeId{}, std::nullopt);
}

// ---- What it hears ----------------------------------------------------------------------------

/// A request of a newer term that the node did not follow was not taken in: of whoever hears a
/// leader no vote can be asked (thesis §4.2.3).
template <class T>
std::optional<T> Reading::heard() {
  auto message = fields_in<T>(view_.heard);
  if (!message) return std::nullopt;
  if constexpr (std::is_same_v<T, raft::PreVoteReply>) {
    if (message->vote_granted) return std::nullopt;  // of a term that is only asked for
  }
  const bool newer = message->term > server_.current_term();
  if (newer && view_.term < message->term) return std::nullopt;
  if (newer) take(Action::update_term, view_.heard_from, server_.update_term(message->term));
  return message;
}

void Reading::hear() {
  const auto kind = wire::frame_kind(view_.heard);
  if (!kind) return;
  switch (*kind) {
    case wire::FrameKind::request_vote: return hear_request_vote();
    case wire::FrameKind::request_vote_reply: return hear_request_vote_reply();
    case wire::FrameKind::append_entries: return hear_append_entries();
    case wire::FrameKind::append_entries_reply: return hear_append_entries_reply();
    case wire::FrameKind::pre_vote_reply: heard<raft::PreVoteReply>(); return;
    case wire::FrameKind::read_index: heard<raft::ReadIndex>(); return;
    case wire::FrameKind::read_index_reply: heard<raft::ReadIndexReply>(); return;
    case wire::FrameKind::read_round: heard<raft::ReadRound>(); return;
    case wire::FrameKind::read_round_reply: heard<raft::ReadRoundReply>(); return;
    case wire::FrameKind::hello:
    case wire::FrameKind::ping:
    case wire::FrameKind::pre_vote:
    case wire::FrameKind::forward:
    case wire::FrameKind::forward_reply: return;
  }
}

void Reading::hear_request_vote() {
  const auto request = heard<raft::RequestVote>();
  if (!request || request->term != server_.current_term()) return;
  const bool votes = view_.term == request->term && view_.voted_for == view_.heard_from;
  if (!votes || server_.voted_for() == view_.heard_from) return;
  take(Action::handle_request_vote_request, view_.heard_from,
       server_.grant_vote(view_.heard_from, LogEnd{.term = request->last_log_term,
                                                   .index = request->last_log_index}));
}

void Reading::hear_request_vote_reply() {
  const auto reply = heard<raft::RequestVoteReply>();
  if (!reply || !reply->vote_granted || reply->term != server_.current_term()) return;
  take(Action::handle_request_vote_response, view_.heard_from,
       server_.count_vote(view_.heard_from));
}

void Reading::hear_append_entries() {
  const auto message = heard<raft::AppendEntries>();
  if (!message || message->term != server_.current_term()) return;
  read_terms(view_.heard, message->entry_count);
  terms_.resize(entries_taken(*message));
  take(Action::handle_append_entries_request, view_.heard_from,
       server_.append(append_of(view_.heard_from, *message), view_.commit));
}

/// All of them, unless the node lacked room: then those that its log has now.
u32 Reading::entries_taken(const raft::AppendEntries& message) const {
  u32 taken = 0;
  while (taken < terms_.size() &&
         view_.log->contains(message.prev_log_index + taken + 1, terms_[taken])) {
    taken += 1;
  }
  return taken;
}

void Reading::hear_append_entries_reply() {
  const auto reply = heard<raft::AppendEntriesReply>();
  if (!reply || !reply->success || reply->term != server_.current_term()) return;
  take(Action::handle_append_entries_response, view_.heard_from,
       server_.advance_match(view_.heard_from, reply->match_index));
}

void Reading::read_terms(Bytes frame, u32 count) {
  const EntryTerms terms{frame};
  terms_.clear();
  for (u32 i = 0; i < count; ++i) terms_.push_back(terms[i]);
}

// ---- What it does by itself -------------------------------------------------------------------

/// It leads, or did so within the step: a full disk makes a leader step down as soon as it has
/// appended its no-op.
bool Reading::was_elected() const {
  bool elected = role_of(view_) == spec::Role::leader;
  for_each_event(view_, Overloaded{
                            [&](const raft::BecameLeader& event) {
                              elected = elected || event.term == view_.term;
                            },
                            [](const auto&) {},
                        });
  return elected;
}

void Reading::act() {
  if (view_.term > server_.current_term()) {
    const bool stands =
        view_.term == server_.current_term().next() && view_.voted_for == view_.node;
    if (!stands) return object("took term " + number(view_.term) + " without hearing of it");
    take(Action::timeout, NodeId{}, server_.timeout());
  }
  const spec::Role role = role_of(view_);
  if (was_elected() && server_.role() != spec::Role::leader) {
    take(Action::become_leader, NodeId{}, server_.become_leader());
  }
  // What is appended leaves what was there: else the ends alone could look right.
  if (!view_.log->contains(server_.last_index(), server_.last_term()) &&
      server_.last_index() < view_.log->last_index()) {
    object("overwrote entry " + number(server_.last_index()) + " of term " +
           number(server_.last_term()) + ", and no newer leader had sent it another");
  }
  while (!objection_ && server_.last_index() < view_.log->last_index()) {
    const Term term = view_.log->term_at(server_.last_index().next());
    take(Action::client_request, NodeId{}, server_.client_request(term));
  }
  if (view_.commit > server_.commit_index()) {
    take(Action::advance_commit_index, NodeId{}, server_.advance_commit_index(view_.commit));
  }
  if (role == spec::Role::follower && server_.role() != role && !objection_) {
    server_.step_down();
    take(Action::step_down, NodeId{}, std::nullopt);
  }
}

void Reading::compare() {
  if (objection_) return;
  if (view_.term != server_.current_term()) {
    return object("went back to term " + number(view_.term) + " from term " +
                  number(server_.current_term()));
  }
  if (view_.voted_for != server_.voted_for()) {
    return object(
        "has a vote for " +
        (view_.voted_for.nobody() ? "nobody" : "node " + number(view_.voted_for)) + " in term " +
        number(view_.term) + ", and by the rules " +
        (server_.voted_for().nobody() ? "none" : "one for node " + number(server_.voted_for())));
  }
  if (role_of(view_) != server_.role()) {
    return object("is a candidate of term " + number(view_.term) + ", in which it did not stand");
  }
  const LogEnd end{.term = view_.log->last_term(), .index = view_.log->last_index()};
  if (end != server_.log_end()) {
    return object("has a log that ends with entry " + number(end.index) + " of term " +
                  number(end.term) + ", and by the rules it ends with entry " +
                  number(server_.last_index()) + " of term " + number(server_.last_term()));
  }
  // The newest, which alone change by the rules. The others are looked at in turn after quiet
  // steps: a long run has as many as it had leaders.
  constexpr std::size_t kRunsCompared = 8;
  const auto runs = server_.runs();
  for (const TermRuns::Run& run : runs.last(std::min(kRunsCompared, runs.size()))) {
    if (const auto index = other_in_run(*view_.log, run)) {
      return object("has entry " + number(*index) + " of another term than " + number(run.term) +
                    ", which it is of by the rules");
    }
  }
  if (view_.commit != server_.commit_index()) {
    object("took its commitIndex back to " + number(view_.commit) + " from " +
           number(server_.commit_index()));
  }
}

// ---- What it says -----------------------------------------------------------------------------

void Reading::speak() {
  for (const node::Send& send : view_.sends) say(send);
}

void Reading::say(const node::Send& send) {
  const auto kind = peek_kind(send.frame);
  if (kind == wire::FrameKind::append_entries) {
    const auto message = fields_in<raft::AppendEntries>(send.frame);
    if (!message) return;
    read_terms(send.frame, message->entry_count);
    check(server_.tells_entries(message->term, append_of(view_.node, *message)));
  } else if (kind == wire::FrameKind::append_entries_reply) {
    const auto reply = fields_in<raft::AppendEntriesReply>(send.frame);
    if (!reply) return;
    check(reply->success ? server_.tells_match(reply->term, reply->match_index)
                         : server_.tells_term(reply->term));
  } else if (kind == wire::FrameKind::request_vote) {
    const auto request = fields_in<raft::RequestVote>(send.frame);
    if (!request) return;
    check(server_.tells_candidacy(
        request->term, LogEnd{.term = request->last_log_term, .index = request->last_log_index}));
  } else if (kind == wire::FrameKind::request_vote_reply) {
    const auto reply = fields_in<raft::RequestVoteReply>(send.frame);
    if (!reply) return;
    check(reply->vote_granted ? server_.tells_vote(reply->term, send.to)
                              : server_.tells_term(reply->term));
  }
}

/// Whether the log's runs are those of the specification: of many, some after each step, in turn.
bool has_its_runs(const raft::Log& log, std::span<const TermRuns::Run> runs, std::size_t& next) {
  constexpr std::size_t kRunsAStep = 4;
  for (std::size_t i = 0; i < std::min(kRunsAStep, runs.size()); ++i) {
    if (next >= runs.size()) next = 0;
    if (other_in_run(log, runs[next])) return false;
    next += 1;
  }
  return true;
}

/// Nothing was heard or said, and nothing has changed: most steps are the disk's or a client's.
bool is_quiet(const StepView& view, const Server& server, std::size_t& next_run) {
  return view.heard.empty() && view.sends.empty() && view.term == server.current_term() &&
         view.voted_for == server.voted_for() && view.commit == server.commit_index() &&
         role_of(view) == server.role() && view.log->last_index() == server.last_index() &&
         view.log->last_term() == server.last_term() &&
         has_its_runs(*view.log, server.runs(), next_run);
}

}  // namespace

Refinement::Refinement(u32 servers) {
  for (u32 id = 1; id <= servers; ++id) {
    nodes_.push_back(Of{.server = Server{NodeId{id}, servers}});
  }
}

Finding Refinement::observe(const StepView& view, ActionListener* listener) {
  SNOWFLK_ASSERT(view.node.value >= 1);
  SNOWFLK_ASSERT(view.node.value <= nodes_.size());
  Of& of = nodes_[view.node.value - 1];
  // It boots, or this step was its last: what changed in it is not durable, and nobody was told.
  if (view.log == nullptr) return std::nullopt;
  const Told told = view.events.empty() ? Told{} : told_by_events(view);
  if (!told.started && is_quiet(view, of.server, of.next_run)) return std::nullopt;

  Reading reading{view, of.server, terms_, listener};
  if (told.started) {
    reading.start(!of.has_started);
    of.has_started = true;
  } else if (!view.heard.empty() && !told.refused) {
    reading.hear();
  }
  reading.act();
  reading.compare();
  reading.speak();
  if (!reading.objection()) return std::nullopt;
  return Violation{.property = "refinement",
                   .kind = ViolationKind::safety,
                   .sentence = "node " + text_of(view.node) + " " + *reading.objection() +
                               ": no action of the specification allows that (at " +
                               text_of(view.at) + ")"};
}

}  // namespace snowflk::sim
