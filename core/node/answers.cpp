// What is committed is applied, what may be read is read, and who asked is told: as much of it as a
// step may do.
#include <algorithm>

#include "core/node/node.hpp"

namespace snowflk::node {

void Node::apply_committed(Effects& effects) {
  // Committed, by a majority without us, and not yet durable here: it waits for our disk, so that
  // what is applied has its place in the log.
  const LogIndex last = std::min(raft_->commit_index(), store_.durable_index());
  while (!budget_.spent()) {
    const auto entry = applier_.next(last, raft_->log(), store_, store_output());
    if (!entry) return;
    budget_.spend_entry();
    finish_apply(*entry, effects);
  }
}

void Node::finish_apply(const AppliedEntry& entry, Effects& effects) {
  effects.events.emplace_back(NodeEvent{Applied{.index = entry.index,
                                                .term = entry.term,
                                                .payload_hash = entry.payload_hash,
                                                .digest = state_digest()}});
  proposals_.applied(entry.index, entry.term, [&](const Proposal& proposal, bool executed) {
    if (executed) return answer(proposal.origin, entry.reply, effects);
    // Another entry is committed in its place: it can never be executed.
    answer_error(proposal.origin, kv::ErrorKind::refused, kv::kOverriddenText, effects);
  });
}

// ---- Reads ----------------------------------------------------------------------------------

void Node::ask_for_rounds(const Now& now, Effects& effects) {
  if (!reads_.round_due() && !reads_.round_overdue(now.monotonic)) return;
  const raft::ReadId id = next_read_id();
  if (!raft_->read_index(now.monotonic, id, raft_output_)) {
    reads_.round_given_up();  // Nobody to ask: again at any step, by no deadline.
    return;
  }
  // A question to a leader, or its answer, may be lost. Our own leadership loses none.
  const Instant again = raft_->role() == raft::Role::leader
                            ? kNever
                            : now.monotonic + options_.heartbeat_interval * 2;
  reads_.round_asked(id, again);
  absorb(now, nullptr, effects);
}

/// Unique over all incarnations of all nodes: the node, its incarnation, a count.
raft::ReadId Node::next_read_id() {
  last_read_ += 1;
  return raft::ReadId{(u64{options_.self.value} << 56) | (incarnation_.value << 32) | last_read_};
}

void Node::serve_reads(Effects& effects) {
  while (!budget_.spent()) {
    const auto answered = reads_.next_answer(machine(), store_, store_output());
    if (!answered) return;
    answer(answered->origin, answered->reply, effects);
  }
}

/// A read of the log is done that somebody here asked for: apply, a client's read, a peer's append.
void Node::on_fetched(const ReadDone& input, Effects& effects) {
  const bitcask::Output out = store_output();
  const Fetched to_apply = applier_.on_read(input.id, input.bytes, store_, out);
  if (to_apply == Fetched::failed) {
    return halt(HaltKind::disk_failed, "the disk would not read an entry of the log", effects);
  }
  if (to_apply == Fetched::rot) return store_.refuse_rotten(applier_.rotten(), store_output());
  if (to_apply == Fetched::taken) return;

  const Fetched to_send = pending_sends_.on_read(
      input.id, input.bytes, store_, out,
      [&](NodeId to, const raft::AppendEntries& message, std::span<const wire::Entry> entries) {
        send_entries(to, message, entries, effects);
      });
  if (to_send == Fetched::rot) store_.refuse_rotten(pending_sends_.rotten(), store_output());
  if (to_send != Fetched::not_asked) return;

  const Fetched to_read =
      reads_.on_read(input.id, input.bytes, store_, applier_.machine(), store_output());
  if (to_read == Fetched::rot) store_.refuse_rotten(reads_.rotten(), store_output());
}

// ---- Answers --------------------------------------------------------------------------------

void Node::answer(const Origin& origin, Bytes reply, Effects& effects) {
  budget_.spend_reply(reply.size());
  switch (origin.kind) {
    case Origin::Kind::nobody: return;
    case Origin::Kind::client:
      writer_.reply(effects, origin.client, origin.request, [&](std::vector<std::byte>& arena) {
        arena.insert(arena.end(), reply.begin(), reply.end());
      });
      return;
    case Origin::Kind::peer:
      // Under the epoch it came on: if that stream is gone, the peer has told its client already.
      writer_.send(
          effects, origin.peer, Channel::stream, origin.epoch, [&](std::vector<std::byte>& arena) {
            wire::encode(sender(), wire::ForwardReply{.id = origin.forward.value, .reply = reply},
                         arena);
          });
      return;
  }
}

void Node::answer_error(const Origin& origin, kv::ErrorKind kind, std::string_view text,
                        Effects& effects) {
  error_.clear();
  kv::ReplyWriter{error_}.error(kind, text);
  answer(origin, error_, effects);
}

}  // namespace snowflk::node
