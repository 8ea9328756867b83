#include "sim/check/promises_kept.hpp"

#include "core/base/describe.hpp"
#include "sim/check/frames_seen.hpp"

namespace snowflk::sim {

// ---- Votes -----------------------------------------------------------------------------------

Finding VoteOnce::observe(const StepView& view) {
  Finding forgotten;
  for_each_event(view, Overloaded{
                           [&](const node::Started&) { forgotten = started(view); },
                           [](const auto&) {},
                       });
  if (forgotten) return forgotten;
  for (const node::Send& send : view.sends) {
    const auto kind = peek_kind(send.frame);
    Finding finding;
    if (kind == wire::FrameKind::request_vote) {
      // "On conversion to candidate: vote for self"
      const auto request = message_in<raft::RequestVote>(send.frame);
      if (request) finding = voted(view, request->term, view.node);
    } else if (kind == wire::FrameKind::request_vote_reply) {
      const auto reply = message_in<raft::RequestVoteReply>(send.frame);
      if (reply && reply->vote_granted) finding = voted(view, reply->term, send.to);
    }
    if (finding) return finding;
  }
  return std::nullopt;
}

Finding VoteOnce::voted(const StepView& view, Term term, NodeId candidate) {
  const auto [vote, first] =
      candidates_.try_emplace(Vote{.node = view.node, .term = term}, candidate);
  if (first || vote->second == candidate) return std::nullopt;
  return Violation{.property = "vote_once",
                   .kind = ViolationKind::safety,
                   .sentence = "node " + text_of(view.node) + " voted for node " +
                               text_of(candidate) + " in term " + std::to_string(term.value) +
                               " at " + text_of(view.at) + ", and had voted for node " +
                               text_of(vote->second) + " in that term"};
}

Finding VoteOnce::started(const StepView& view) const {
  const auto later = candidates_.upper_bound(Vote{.node = view.node, .term = Term{UINT64_MAX}});
  if (later == candidates_.begin()) return std::nullopt;
  const auto& [vote, candidate] = *std::prev(later);
  if (vote.node != view.node || view.term > vote.term) return std::nullopt;
  // A vote that it cannot prove counts as its own, which helps nobody: it stands in later terms.
  const bool keeps = view.voted_for == candidate || view.voted_for == view.node;
  if (view.term == vote.term && keeps) return std::nullopt;
  return Violation{.property = "vote_once",
                   .kind = ViolationKind::safety,
                   .sentence = "node " + text_of(view.node) + " came back at " + text_of(view.at) +
                               " and has forgotten its vote for node " + text_of(candidate) +
                               " in term " + std::to_string(vote.term.value) +
                               ", which it had told of"};
}

// ---- Entries ---------------------------------------------------------------------------------

Finding AcknowledgedEntries::observe(const StepView& view) {
  Finding finding;
  if (!view.events.empty()) {
    for_each_event(view,
                   Overloaded{
                       [&](const raft::LogTruncated& event) { truncated(view.node, event.from); },
                       [&](const node::Started&) { finding = started(view); },
                       [](const auto&) {},
                   });
  }
  for (const node::Send& send : view.sends) {
    if (peek_kind(send.frame) != wire::FrameKind::append_entries_reply) continue;
    const auto reply = message_in<raft::AppendEntriesReply>(send.frame);
    // An answer to an earlier leader, held back until then, says nothing of what a later one made
    // of the log since. Within a term the log of who follows only grows.
    if (!reply || !reply->success || reply->term != view.term) continue;
    promised(view, reply->match_index);
  }
  return finding;
}

void AcknowledgedEntries::promised(const StepView& view, LogIndex match_index) {
  if (view.log == nullptr) return;
  std::vector<Term>& terms = terms_[view.node];
  while (terms.size() < match_index.value && terms.size() < view.log->last_index().value) {
    terms.push_back(view.log->term_at(LogIndex{terms.size() + 1}));
  }
}

void AcknowledgedEntries::truncated(NodeId node, LogIndex from) {
  std::vector<Term>& terms = terms_[node];
  SNOWFLK_ASSERT(from.value > 0);
  if (terms.size() >= from.value) terms.resize(from.value - 1);
}

Finding AcknowledgedEntries::started(const StepView& view) {
  if (view.log == nullptr) return std::nullopt;
  const std::vector<Term>& terms = terms_[view.node];
  for (u64 index = 1; index <= terms.size(); ++index) {
    if (view.log->contains(LogIndex{index}, terms[index - 1])) continue;
    return Violation{.property = "acknowledged_entries",
                     .kind = ViolationKind::safety,
                     .sentence = "node " + text_of(view.node) + " came back at " +
                                 text_of(view.at) + " without entry " + std::to_string(index) +
                                 " of term " + std::to_string(terms[index - 1].value) +
                                 ", which it had acknowledged as stored"};
  }
  return std::nullopt;
}

}  // namespace snowflk::sim
