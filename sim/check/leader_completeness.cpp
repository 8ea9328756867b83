#include "sim/check/leader_completeness.hpp"

#include "core/base/describe.hpp"

namespace snowflk::sim {

Finding LeaderCompleteness::observe(const StepView& view) {
  Finding finding;
  for_each_event(view, Overloaded{
                           [&](const raft::BecameLeader& leader) {
                             leading_[view.node] = leader.term;
                             if (!finding) finding = elected(view, leader.term);
                           },
                           [&](const raft::CommitAdvanced& advanced) {
                             committed(view, advanced.commit_index);
                           },
                           [&](const raft::SteppedDown&) { leading_.erase(view.node); },
                           [&](const node::Started&) { leading_.erase(view.node); },
                           [](const auto&) {},
                       });
  return finding;
}

void LeaderCompleteness::committed(const StepView& view, LogIndex commit_index) {
  const auto leads = leading_.find(view.node);
  if (leads == leading_.end() || view.log == nullptr) return;  // a follower only hears of it
  if (commit_index > view.log->last_index()) return;
  Committed& last = last_committed_[leads->second];
  if (commit_index < last.index) return;
  last = Committed{
      .index = commit_index, .term = view.log->term_at(commit_index), .leader = view.node};
}

Finding LeaderCompleteness::elected(const StepView& view, Term term) const {
  if (view.log == nullptr) return std::nullopt;
  for (const auto& [in_term, last] : last_committed_) {
    if (in_term >= term) break;
    if (view.log->contains(last.index, last.term)) continue;
    return Violation{.property = "leader_completeness",
                     .kind = ViolationKind::safety,
                     .sentence = "node " + text_of(view.node) + " became leader of term " +
                                 std::to_string(term.value) + " at " + text_of(view.at) +
                                 " without entry " + std::to_string(last.index.value) +
                                 " of term " + std::to_string(last.term.value) + ", which node " +
                                 text_of(last.leader) + " committed in term " +
                                 std::to_string(in_term.value)};
  }
  return std::nullopt;
}

}  // namespace snowflk::sim
