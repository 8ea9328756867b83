#include "sim/story/refusals.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/check/frames_seen.hpp"

namespace snowflk::sim::story {
namespace {

std::string n(NodeId node) { return fmt::format("n{}", node.value); }

/// The step's events say more of the message: that it was not even listened to.
bool is_rejected(const node::Event& event) {
  if (const auto* of_raft = std::get_if<raft::Event>(&event)) {
    return std::holds_alternative<raft::MessageRefused>(*of_raft);
  }
  const auto* of_node = std::get_if<node::NodeEvent>(&event);
  return of_node != nullptr && std::holds_alternative<node::FrameRejected>(*of_node);
}

std::string hears(const raft::Raft& raft) {
  if (raft.role() == raft::Role::leader) {
    return fmt::format("it leads term {}", raft.hard_state().current_term.value);
  }
  return fmt::format("it hears its leader, {}", n(raft.leader()));
}

std::string is_past(const raft::Raft& raft) {
  return fmt::format("it is in term {} already", raft.hard_state().current_term.value);
}

constexpr std::string_view kNewer = "its own log is newer";

// "If votedFor is null or candidateId, and candidate's log is at least as up-to-date as receiver's
// log, grant vote": else one of these is why not. Thesis §4.2.3 adds the leader that is heard.
std::string why_no_vote(NodeId from, const raft::RequestVote& m, const raft::Raft& raft) {
  const raft::HardState& state = raft.hard_state();
  if (m.term > state.current_term) return hears(raft);  // else it had adopted that term
  if (m.term < state.current_term) return is_past(raft);
  if (state.voted_for == from) return {};  // granted, now or before
  if (state.voted_for == raft.options().self) return "it voted for itself";
  if (!state.voted_for.nobody()) return fmt::format("it voted for {}", n(state.voted_for));
  return std::string{kNewer};
}

std::string on(NodeId from, const raft::RequestVote& m, const raft::Raft& raft, Told told) {
  const std::string why = why_no_vote(from, m, raft);
  if (why.empty()) return {};
  // To whom the vote went instead has been told.
  const bool free = raft.hard_state().voted_for.nobody();
  if (told != Told::all && !(free && m.term == raft.hard_state().current_term)) return {};
  return fmt::format("refuses its vote to {} in term {}: {}", n(from), m.term.value, why);
}

/// Whether the step answers `to` that it would not vote for it.
bool sends_no(const node::Effects& effects, NodeId to) {
  return std::ranges::any_of(effects.sends, [&](const node::Send& send) {
    if (send.to != to) return false;
    if (wire::frame_kind(send.frame) != wire::FrameKind::pre_vote_reply) return false;
    const auto reply = message_in<raft::PreVoteReply>(send.frame);
    return reply && !reply->vote_granted;
  });
}

std::string on(NodeId from, const raft::PreVote& m, const raft::Raft& raft,
               const node::Effects& effects) {
  // A refusal that waits for the disk is not told.
  if (!sends_no(effects, from)) return {};
  std::string why{kNewer};
  if (m.term <= raft.hard_state().current_term) {
    why = is_past(raft);
  } else if (raft.log().up_to_date(m.last_log_term, m.last_log_index)) {
    why = hears(raft);
  }
  return fmt::format("would not vote for {}: {}", n(from), why);
}

}  // namespace

std::string Refusals::phrase(const StepRecord& record, const node::Node& node, Told told) {
  const auto* delivered = std::get_if<FrameDelivered>(&record.what);
  if (delivered == nullptr || !record.stepped || delivered->damaged) return {};
  const raft::Raft* raft = node.raft();
  if (raft == nullptr || std::ranges::any_of(record.effects->events, is_rejected)) return {};
  const auto frame = wire::decode(node.options().cluster, record.bytes);
  if (!frame) return {};
  const NodeId from = frame->from;
  return std::visit(
      Overloaded{
          [&](const raft::RequestVote& m) { return on(from, m, *raft, told); },
          [&](const raft::PreVote& m) {
            return told == Told::all ? on(from, m, *raft, *record.effects) : std::string{};
          },
          [&](const wire::AppendEntriesView& m) { return on_append(from, m.message, *raft, told); },
          [&](const raft::AppendEntriesReply& m) {
            return told == Told::all ? on_reply(from, m, *raft) : std::string{};
          },
          [](const auto&) { return std::string{}; },
      },
      frame->body);
}

// "Reply false if term < currentTerm"; "reply false if log doesn't contain an entry at prevLogIndex
// whose term matches prevLogTerm".
std::string Refusals::on_append(NodeId from, const raft::AppendEntries& m, const raft::Raft& raft,
                                Told told) {
  const raft::Log& log = raft.log();
  const Term term = raft.hard_state().current_term;
  if (m.term < term) {
    if (told != Told::all) return {};
    return fmt::format("refuses what {} sends as leader of term {}: {}", n(from), m.term.value,
                       is_past(raft));
  }
  const LogIndex prev = m.prev_log_index;
  if (log.contains(prev, m.prev_log_term) || prev.next() < log.first_index()) return {};
  if (prev <= log.last_index()) {
    return fmt::format("has term {} at {}, not {}: refuses what follows", log.term_at(prev).value,
                       prev.value, m.prev_log_term.value);
  }
  if (told != Told::all) return {};
  Gap& gap = gaps_[raft.options().self.value];
  const bool known = gap.term == term && gap.log_end == log.last_index() && gap.lacking < prev;
  if (known) return {};
  gap = Gap{.term = term, .log_end = log.last_index(), .lacking = prev};
  return fmt::format("lacks entry {}: refuses what follows, its log ends at {}", prev.value,
                     log.last_index().value);
}

// "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry". A refusal
// that is too late to matter leaves nextIndex where it is.
std::string Refusals::on_reply(NodeId from, const raft::AppendEntriesReply& m,
                               const raft::Raft& raft) {
  if (raft.role() != raft::Role::leader || m.success) return {};
  const Term term = raft.hard_state().current_term;
  const LogIndex next = raft.progress(from).next_index;
  if (m.term < term || next > m.match_index) return {};
  Try& before = tries_[raft.options().self.value][from.value];
  const Try now{.term = term, .from = next};
  if (before == now) return {};
  before = now;
  return fmt::format("tries {} from entry {} on", n(from), next.value);
}

}  // namespace snowflk::sim::story
