#include "sim/check/state_machine_safety.hpp"

#include "core/base/describe.hpp"

namespace snowflk::sim {
namespace {

Violation violation(const StepView& view, const std::string& what) {
  return Violation{
      .property = "state_machine_safety",
      .kind = ViolationKind::safety,
      .sentence = "node " + text_of(view.node) + " " + what + " (at " + text_of(view.at) + ")"};
}

std::string entry_text(LogIndex index, Term term) {
  return "entry " + std::to_string(index.value) + " of term " + std::to_string(term.value);
}

}  // namespace

Finding StateMachineSafety::observe(const StepView& view) {
  Finding finding;
  const auto keep_first = [&](Finding found) {
    if (!finding) finding = std::move(found);
  };
  for_each_event(
      view, Overloaded{
                [&](const node::Started& event) { keep_first(started(view, event)); },
                [&](const raft::CommitAdvanced& event) {
                  keep_first(committed(view, event.commit_index));
                },
                [&](const node::Applied& event) { keep_first(applied(view, event)); },
                [&](const raft::LogTruncated& event) { keep_first(truncated(view, event.from)); },
                [](const auto&) {},
            });
  return finding;
}

Finding StateMachineSafety::started(const StepView& view, const node::Started& started) {
  progress_[view.node] = Progress{};
  if (started.commit_index > started.last_index) {
    return violation(view, "started with commit index " +
                               std::to_string(started.commit_index.value) + " and a log of " +
                               std::to_string(started.last_index.value) + " entries");
  }
  return committed(view, started.commit_index);
}

Finding StateMachineSafety::committed(const StepView& view, LogIndex commit_index) {
  Progress& progress = progress_[view.node];
  if (commit_index < progress.commit_index) {
    return violation(view, "took its commit index back from " +
                               std::to_string(progress.commit_index.value) + " to " +
                               std::to_string(commit_index.value));
  }
  if (view.log == nullptr) return std::nullopt;
  if (commit_index > view.log->last_index()) {
    return violation(view, "committed index " + std::to_string(commit_index.value) +
                               ", which its log does not have");
  }
  for (LogIndex index = progress.commit_index.next(); index <= commit_index; index = index.next()) {
    const Term term = view.log->term_at(index);
    Entry& known = at(index);
    if (known.term != Term{} && known.term != term) {
      return violation(view, "committed " + entry_text(index, term) + ", where node " +
                                 text_of(known.committed_by) + " committed " +
                                 entry_text(index, known.term));
    }
    if (known.term == Term{}) known.committed_by = view.node;
    known.term = term;
  }
  progress.commit_index = commit_index;
  return std::nullopt;
}

Finding StateMachineSafety::applied(const StepView& view, const node::Applied& applied) {
  Progress& progress = progress_[view.node];
  if (applied.index != progress.applied_index.next()) {
    return violation(view, "applied entry " + std::to_string(applied.index.value) +
                               " after entry " + std::to_string(progress.applied_index.value));
  }
  progress.applied_index = applied.index;
  if (applied.index > progress.commit_index) {
    return violation(view, "applied " + entry_text(applied.index, applied.term) +
                               ", but has committed only " +
                               std::to_string(progress.commit_index.value));
  }
  Entry& known = at(applied.index);
  if (known.term != applied.term) {
    return violation(view, "applied " + entry_text(applied.index, applied.term) + ", where " +
                               entry_text(applied.index, known.term) + " is committed");
  }
  if (known.applied_by.nobody()) {
    known.applied_by = view.node;
    known.payload_hash = applied.payload_hash;
    return std::nullopt;
  }
  if (known.payload_hash == applied.payload_hash) return std::nullopt;
  return violation(view, "applied " + entry_text(applied.index, applied.term) +
                             " with another payload than node " + text_of(known.applied_by));
}

Finding StateMachineSafety::truncated(const StepView& view, LogIndex from) const {
  const auto progress = progress_.find(view.node);
  if (progress == progress_.end() || from > progress->second.commit_index) return std::nullopt;
  return violation(view, "dropped its entries from index " + std::to_string(from.value) +
                             " on, though it knew those up to " +
                             std::to_string(progress->second.commit_index.value) +
                             " to be committed");
}

StateMachineSafety::Entry& StateMachineSafety::at(LogIndex index) {
  if (entries_.size() <= index.value) entries_.resize(index.value + 1);
  return entries_[index.value];
}

}  // namespace snowflk::sim
