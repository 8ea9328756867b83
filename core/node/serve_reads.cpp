// Reads that have their index are answered from the machine, at or after it (thesis §6.4, 4. and
// 5.): "It waits for its state machine to advance at least as far as the readIndex".
#include <algorithm>

#include "core/node/node.hpp"

namespace snowflk::node {

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
  while (WaitingRead* read = reads_.first_ready(machine_.applied())) {
    const auto command = kv::decode_command(read->command);
    SNOWFLK_ASSERT(command.has_value());  // Judged when it was admitted.
    read_fetch_.clear();
    if (!read_fetch_.ready(machine_, *command, store_, store_output())) {
      reads_.set_aside(std::move(read_fetch_));
      read_fetch_ = Fetch{};
      continue;
    }
    answer_read(read->origin, *command, read_fetch_.operands(), effects);
    reads_.pop_ready();
  }
}

void Node::answer_read(const Origin& origin, const kv::CommandView& command,
                       const kv::Operands& operands, Effects& effects) {
  reply_.clear();
  kv::ReplyWriter reply{reply_};
  machine_.read(command, operands, reply);
  answer(origin, reply_, effects);
}

/// A read of the log is done that somebody here asked for: apply, a client's read, a peer's append.
void Node::on_fetched(const ReadDone& input, Effects& effects) {
  const bitcask::Output out = store_output();
  Fetched fetched = apply_ahead_.on_read(input.id, input.bytes, store_, out);
  if (fetched == Fetched::not_asked) {
    fetched = apply_fetch_.on_read(input.id, input.bytes, store_, machine_, out);
  }
  if (fetched == Fetched::failed) {
    return halt(HaltKind::disk_failed, "the disk would not read an entry of the log", effects);
  }
  if (fetched == Fetched::rot) return on_rot(apply_fetch_.rotten());
  if (fetched == Fetched::taken) return;

  bool rot = false;
  const bool sent = pending_sends_.on_read(
      input.id, input.bytes, store_, rot,
      [&](NodeId to, const raft::AppendEntries& message, std::span<const wire::Entry> entries) {
        send_entries(to, message, entries, effects);
      });
  if (rot) return on_rot(bitcask::RecordLocation{});
  if (!sent) on_fetched_for_client(input, effects);
}

void Node::on_fetched_for_client(const ReadDone& input, Effects& effects) {
  std::vector<FetchingRead>& fetching = reads_.fetching();
  for (std::size_t at = 0; at < fetching.size(); ++at) {
    FetchingRead& waiting = fetching[at];
    const Fetched fetched =
        waiting.fetch.on_read(input.id, input.bytes, store_, machine_, store_output());
    if (fetched == Fetched::not_asked) continue;
    if (fetched == Fetched::rot) return on_rot(waiting.fetch.rotten());
    if (fetched == Fetched::failed) {
      answer_error(waiting.read.origin, kv::ErrorKind::refused, kv::kDiskErrorText, effects);
    } else {
      const auto command = kv::decode_command(waiting.read.command);
      SNOWFLK_ASSERT(command.has_value());
      if (!waiting.fetch.ready(machine_, *command, store_, store_output())) return;
      answer_read(waiting.read.origin, *command, waiting.fetch.operands(), effects);
    }
    fetching.erase(fetching.begin() + static_cast<std::ptrdiff_t>(at));
    return;
  }
}

}  // namespace snowflk::node
