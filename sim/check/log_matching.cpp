#include "sim/check/log_matching.hpp"

#include "core/base/describe.hpp"

namespace snowflk::sim {
namespace {

Violation violation(const StepView& view, LogIndex index, Term term, NodeId other,
                    const std::string& what) {
  return Violation{.property = "log_matching",
                   .kind = ViolationKind::safety,
                   .sentence = "nodes " + text_of(other) + " and " + text_of(view.node) +
                               " have an entry of index " + std::to_string(index.value) +
                               " and term " + std::to_string(term.value) + ", but " + what +
                               " (seen at " + text_of(view.at) + ")"};
}

}  // namespace

Finding LogMatching::observe(const StepView& view) {
  Finding finding;
  const auto keep_first = [&](Finding found) {
    if (!finding) finding = std::move(found);
  };
  for_each_event(view,
                 Overloaded{
                     [&](const raft::EntriesAppended& some) {
                       if (some.count == 0) return;
                       keep_first(appended(view, some.first, some.first + (some.count - 1)));
                     },
                     [&](const node::Started& started) {
                       if (view.log == nullptr) return;
                       keep_first(appended(view, view.log->first_index(), started.last_index));
                     },
                     [&](const node::Applied& entry) { keep_first(applied(view, entry)); },
                     [](const auto&) {},
                 });
  return finding;
}

Finding LogMatching::appended(const StepView& view, LogIndex first, LogIndex last) {
  SNOWFLK_ASSERT(view.log != nullptr);
  for (LogIndex index = first; index <= last; index = index.next()) {
    if (index > view.log->last_index()) break;  // gone again in the same step
    if (Finding finding = entry(view, index)) return finding;
  }
  return std::nullopt;
}

Finding LogMatching::entry(const StepView& view, LogIndex index) {
  const raft::EntryInfo& info = view.log->entry(index);
  const Term previous = view.log->term_at(index.previous());
  Row& known = row(index, info.term);
  if (known.node.nobody()) {
    known.node = view.node;
    known.previous_term = previous;
    known.size = info.size;
    known.kind = info.kind;
    return std::nullopt;
  }
  if (known.previous_term != previous) {
    return violation(view, index, info.term, known.node,
                     "before it terms " + std::to_string(known.previous_term.value) + " and " +
                         std::to_string(previous.value));
  }
  if (known.size != info.size || known.kind != info.kind) {
    return violation(view, index, info.term, known.node, "of different kinds or sizes");
  }
  return std::nullopt;
}

Finding LogMatching::applied(const StepView& view, const node::Applied& applied) {
  Row& known = row(applied.index, applied.term);
  if (known.node.nobody()) known.node = view.node;
  if (!known.applied) {
    known.applied = true;
    known.payload_hash = applied.payload_hash;
    return std::nullopt;
  }
  if (known.payload_hash == applied.payload_hash) return std::nullopt;
  return violation(view, applied.index, applied.term, known.node, "with different payloads");
}

LogMatching::Row& LogMatching::row(LogIndex index, Term term) {
  if (heads_.size() <= index.value) heads_.resize(index.value + 1, 0);
  for (u32 at = heads_[index.value]; at != 0; at = rows_[at].next) {
    if (rows_[at].term == term) return rows_[at];
  }
  Row made;
  made.term = term;
  made.next = heads_[index.value];
  heads_[index.value] = static_cast<u32>(rows_.size());
  return rows_.emplace_back(made);
}

}  // namespace snowflk::sim
