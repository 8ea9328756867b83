#include "sim/check/leader_append_only.hpp"

#include "core/base/describe.hpp"

namespace snowflk::sim {
namespace {

Violation violation(const StepView& view, Term term, const std::string& what) {
  return Violation{.property = "leader_append_only",
                   .kind = ViolationKind::safety,
                   .sentence = "node " + text_of(view.node) + ", the leader of term " +
                               std::to_string(term.value) + ", " + what + " at " +
                               text_of(view.at)};
}

}  // namespace

Finding LeaderAppendOnly::observe(const StepView& view) {
  Finding finding;
  for_each_event(view, Overloaded{
                           [&](const raft::BecameLeader& elected) {
                             leading_[view.node] = Leading{.term = elected.term,
                                                           .last_index = elected.last_log_index,
                                                           .last_term = {}};
                           },
                           [&](const raft::LogTruncated& truncated) {
                             const auto leads = leading_.find(view.node);
                             if (leads == leading_.end() || finding) return;
                             finding = violation(view, leads->second.term,
                                                 "dropped its entries from index " +
                                                     std::to_string(truncated.from.value) + " on");
                           },
                           [&](const raft::SteppedDown&) { leading_.erase(view.node); },
                           [&](const node::Started&) { leading_.erase(view.node); },
                           [](const auto&) {},
                       });
  const auto leads = leading_.find(view.node);
  if (leads == leading_.end() || view.log == nullptr) return finding;
  if (!finding) finding = check_log(view, leads->second);
  leads->second.last_index = view.log->last_index();
  leads->second.last_term = view.log->last_term();
  return finding;
}

Finding LeaderAppendOnly::check_log(const StepView& view, const Leading& before) const {
  if (view.log->last_index() < before.last_index) {
    return violation(view, before.term,
                     "lost entry " + std::to_string(before.last_index.value) + " of its log");
  }
  const bool known = before.last_term != Term{};  // not in the step of its election
  if (known && view.log->term_at(before.last_index) != before.last_term) {
    return violation(view, before.term,
                     "overwrote entry " + std::to_string(before.last_index.value) + " of term " +
                         std::to_string(before.last_term.value));
  }
  return std::nullopt;
}

}  // namespace snowflk::sim
