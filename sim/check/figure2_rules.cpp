#include "sim/check/figure2_rules.hpp"

#include <algorithm>

#include "core/base/describe.hpp"
#include "core/node/node.hpp"
#include "sim/check/frames_seen.hpp"

namespace snowflk::sim {
namespace {

std::string entry_text(LogIndex index, Term term) {
  return "entry " + std::to_string(index.value) + " of term " + std::to_string(term.value);
}

/// "a majority of matchIndex[i] >= N"
bool majority_has(const StepView& view, LogIndex index) {
  if (view.state == nullptr) return true;  // a test's
  const raft::Raft* raft = view.state->raft();
  if (raft == nullptr || raft->role() != raft::Role::leader) return true;  // no more
  std::size_t holders = 0;
  for (const NodeId voter : raft->options().voters) {
    if (raft->progress(voter).match_index >= index) holders += 1;
  }
  return holders * 2 > raft->options().voters.size();
}

}  // namespace

Finding ElectionRestriction::observe(const StepView& view) {
  for (const node::Send& send : view.sends) {
    if (peek_kind(send.frame) != wire::FrameKind::request_vote) continue;
    const auto request = message_in<raft::RequestVote>(send.frame);
    if (!request) continue;
    candidacies_[Candidacy{.term = request->term, .candidate = view.node}] =
        LogEnd{.last_term = request->last_log_term, .last_index = request->last_log_index};
  }
  Finding finding;
  for_each_event(view, Overloaded{
                           [&](const raft::VoteGranted& vote) {
                             finding = granted(
                                 view, Candidacy{.term = vote.term, .candidate = vote.candidate});
                           },
                           [](const auto&) {},
                       });
  return finding;
}

Finding ElectionRestriction::granted(const StepView& view, const Candidacy& candidacy) const {
  const auto found = candidacies_.find(candidacy);
  if (found == candidacies_.end() || view.log == nullptr) return std::nullopt;
  const LogEnd own{.last_term = view.log->last_term(), .last_index = view.log->last_index()};
  const LogEnd& other = found->second;
  if (other >= own) return std::nullopt;
  return Violation{.property = "election_restriction",
                   .kind = ViolationKind::safety,
                   .sentence = "node " + text_of(view.node) + ", whose log ends with " +
                               entry_text(own.last_index, own.last_term) + ", voted at " +
                               text_of(view.at) + " in term " +
                               std::to_string(candidacy.term.value) + " for node " +
                               text_of(candidacy.candidate) + ", whose log ends with " +
                               entry_text(other.last_index, other.last_term)};
}

Finding CommitRestriction::observe(const StepView& view) {
  Finding finding;
  for_each_event(
      view, Overloaded{
                [&](const raft::BecameLeader& leader) { leading_[view.node] = leader.term; },
                [&](const raft::SteppedDown&) { leading_.erase(view.node); },
                [&](const node::Started&) { leading_.erase(view.node); },
                [&](const raft::CommitAdvanced& advanced) {
                  const auto leads = leading_.find(view.node);
                  if (leads == leading_.end() || view.log == nullptr || finding) return;
                  const Term term = view.log->term_at(advanced.commit_index);
                  if (term == leads->second && majority_has(view, advanced.commit_index)) return;
                  finding =
                      Violation{.property = "commit_restriction",
                                .kind = ViolationKind::safety,
                                .sentence = "node " + text_of(view.node) + ", the leader of term " +
                                            std::to_string(leads->second.value) + ", counted " +
                                            entry_text(advanced.commit_index, term) +
                                            " to be committed at " + text_of(view.at)};
                },
                [](const auto&) {},
            });
  return finding;
}

Finding WholeTermsSkipped::observe(const StepView& view) {
  if (view.role != raft::Role::leader || view.state == nullptr) return std::nullopt;
  const raft::Raft* raft = view.state->raft();
  if (raft == nullptr || raft->role() != raft::Role::leader) return std::nullopt;
  Finding finding = judge(view);
  for (const node::Send& send : view.sends) {
    if (peek_kind(send.frame) != wire::FrameKind::append_entries) continue;
    if (raft->progress(send.to).state != raft::ProgressState::probe) continue;
    const auto append = fields_in<raft::AppendEntries>(send.frame);
    if (!append) continue;
    probes_[{.leader = view.node, .follower = send.to}] =
        Probe{.term = append->term, .prev = append->prev_log_index};
  }
  return finding;
}

// An answer to an older probe, or one that a success has overtaken, changes nothing.
Finding WholeTermsSkipped::judge(const StepView& view) const {
  if (peek_kind(view.heard) != wire::FrameKind::append_entries_reply) return std::nullopt;
  const auto probe = probes_.find({.leader = view.node, .follower = view.heard_from});
  const auto reply = fields_in<raft::AppendEntriesReply>(view.heard);
  if (probe == probes_.end() || !reply || reply->success || view.heard_wrong) return std::nullopt;
  if (reply->term != view.term || probe->second.term != view.term) return std::nullopt;
  const raft::Raft& raft = *view.state->raft();
  const raft::Progress& progress = raft.progress(view.heard_from);
  const LogIndex refused = reply->match_index;
  if (refused != probe->second.prev || refused <= progress.match_index) return std::nullopt;
  if (refused > raft.log().last_index()) return std::nullopt;  // of no message of this term
  if (progress.state != raft::ProgressState::probe) return std::nullopt;
  const LogIndex bound = std::max(reply->conflict_index, progress.match_index);
  const LogIndex next_probe = progress.next_index.previous();
  if (next_probe < refused && next_probe <= bound) return std::nullopt;
  return Violation{
      .property = "whole_terms_skipped",
      .kind = ViolationKind::liveness,
      .sentence = "node " + text_of(view.node) + ", the leader of term " +
                  std::to_string(view.term.value) + ", probes node " + text_of(view.heard_from) +
                  " at entry " + std::to_string(next_probe.value) + " next, and was told that " +
                  "their logs agree up to entry " + std::to_string(reply->conflict_index.value) +
                  " at most (seen at " + text_of(view.at) + ")"};
}

}  // namespace snowflk::sim
