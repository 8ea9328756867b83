// "If commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] to state machine"
// (Figure 2), once the entry is durable here as well; then whoever waits for it is answered.
#include <algorithm>

#include "core/node/node.hpp"

namespace snowflk::node {

void Node::apply_committed(const Now& now, Effects& effects) {
  SNOWFLK_MAYBE(now.wall < last_stamp_);
  apply_more_ = false;
  // Committed here, by a majority without us, and not yet durable here: it waits for our disk, so
  // that what is applied has its place in the log.
  const LogIndex last = std::min(raft_->commit_index(), store_.durable_index());
  u32 applied = 0;
  while (machine_.applied() < last) {
    if (applied == limits::kAppliesPerStepMax) {
      apply_more_ = true;  // The work of a step is bounded: the rest comes with the next.
      return;
    }
    if (!apply_next(machine_.applied().next(), last, effects)) return;
    applied += 1;
  }
}

/// False: something of the entry is still on its way from the disk.
bool Node::apply_next(LogIndex index, LogIndex last, Effects& effects) {
  const raft::EntryInfo& entry = raft_->log().entry(index);
  if (entry.kind == raft::EntryKind::no_op) {
    machine_.skip(index, entry.term, Bytes{});
    finish_apply(index, entry.term, Bytes{}, effects);
    return true;
  }
  const auto payload = apply_ahead_.payload(index, last, store_, store_output());
  if (!payload) return false;

  reply_.clear();
  const auto command = kv::decode_command(*payload);
  if (command) {
    if (!apply_fetch_.ready(machine_, *command, store_, store_output())) return false;
    kv::ReplyWriter reply{reply_};
    derived_.clear();
    machine_.apply(index, entry.term, *command, place_of(index, entry.size),
                   apply_fetch_.operands(), {reply, derived_});
    apply_fetch_.clear();
  } else {
    // Every replica sees the same bytes, and does the same: nothing.
    machine_.skip(index, entry.term, *payload);
    kv::ReplyWriter{reply_}.error(kv::ErrorKind::command, "ERR malformed command");
  }
  finish_apply(index, entry.term, *payload, effects);
  for (const kv::Derived& derived : derived_) {
    store_.add_derived(derived.index, derived.sub, derived.key, derived.value);
  }
  derived_.clear();
  apply_ahead_.applied(index);
  return true;
}

void Node::finish_apply(LogIndex index, Term term, Bytes payload, Effects& effects) {
  effects.events.emplace_back(NodeEvent{Applied{.index = index,
                                                .term = term,
                                                .payload_hash = hash64(payload, 0),
                                                .digest = machine_.digest()}});
  proposals_.applied(index, term, [&](const Proposal& proposal, bool executed) {
    if (executed) return answer(proposal.origin, reply_, effects);
    // Another entry is committed in its place: it can never be executed.
    answer_error(proposal.origin, kv::ErrorKind::refused, kv::kOverriddenText, effects);
  });
}

/// Where the payload lies, and the value that the entry computed, if an earlier incarnation has
/// written that already.
kv::EntryPlace Node::place_of(LogIndex index, u32 size) {
  const bitcask::RecordLocation payload = store_.record_location(index, 0, std::max(size, 1U));
  kv::EntryPlace place{.segment = payload.segment, .offset = payload.offset};
  while (recovered_derived_next_ < recovered_derived_.size() &&
         recovered_derived_[recovered_derived_next_].index < index) {
    recovered_derived_next_ += 1;
  }
  if (recovered_derived_next_ == recovered_derived_.size()) return place;
  const bitcask::DerivedDurable& derived = recovered_derived_[recovered_derived_next_];
  if (derived.index == index) place.derived = derived.location;
  return place;
}

}  // namespace snowflk::node
