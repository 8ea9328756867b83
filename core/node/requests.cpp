// The gate for what clients ask: a request is read, proposed, forwarded, parked or refused.
//
// A request is answered with an error that says how much of it happened. What was proposed or
// forwarded may have happened, so it is never refused later: its outcome is what the log says, or
// unknown.
#include <algorithm>

#include "core/base/maybe.hpp"
#include "core/node/node.hpp"

namespace snowflk::node {

Node::Admitted Node::admit(const Now& now, const Origin& origin, Bytes command, Effects& effects) {
  const auto refuse = [&](kv::ErrorKind kind, std::string_view text) {
    answer_error(origin, kind, text, effects);
    return Admitted::done;
  };
  if (phase_ == Phase::booting) return refuse(kv::ErrorKind::refused, kv::kLoadingText);
  if (phase_ == Phase::refusing) {
    // Says why: an operator reads it where the clients do.
    return refuse(kv::ErrorKind::refused, "MISCONF " + refusing_reason_);
  }
  if (stopping_) return refuse(kv::ErrorKind::refused, kv::kNoLeaderText);
  SNOWFLK_ASSERT(phase_ == Phase::running);

  const auto view = kv::decode_command(command);
  if (!view) return refuse(kv::ErrorKind::command, "ERR malformed command");
  return kv::is_read_only(*view) ? admit_read(now, origin, command, effects)
                                 : admit_write(now, origin, command, effects);
}

Node::Admitted Node::admit_read(const Now& now, const Origin& origin, Bytes command,
                                Effects& effects) {
  if (raft_->leader().nobody()) return Admitted::wait;
  if (reads_.size() >= limits::kPendingReadsMax) {
    answer_error(origin, kv::ErrorKind::refused, kv::kBusyText, effects);
    return Admitted::done;
  }
  reads_.add(origin, command, now.monotonic + options_.request_timeout);
  return Admitted::done;
}

Node::Admitted Node::admit_write(const Now& now, const Origin& origin, Bytes command,
                                 Effects& effects) {
  if (raft_->role() != raft::Role::leader) return forward(now, origin, command, effects);
  if (raft_->uncommitted_bytes() + command.size() > limits::kUncommittedBytesMax) {
    answer_error(origin, kv::ErrorKind::refused, kv::kBusyText, effects);
    return Admitted::done;
  }
  if (!has_room(command.size())) return Admitted::wait;
  propose(now, origin, command, effects);
  return Admitted::done;
}

bool Node::has_room(u64 bytes) {
  SNOWFLK_MAYBE(store_.can_append(bytes));
  if (!store_.can_append(bytes)) {
    refused_room_ = std::max(refused_room_, bytes);
    return false;
  }
  return machine().pending().bytes() <= limits::kPendingDerivedBytesMax;
}

void Node::propose(const Now& now, const Origin& origin, Bytes command, Effects& effects) {
  const auto index = raft_->propose(now.monotonic, raft::EntryKind::command,
                                    static_cast<u32>(command.size()), raft_output_);
  SNOWFLK_ASSERT(index.has_value());
  const Term term = raft_->hard_state().current_term;
  store_.append(*index, term, static_cast<u8>(raft::EntryKind::command), stamp(now), command);
  proposals_.add(Proposal{.index = *index,
                          .term = term,
                          .origin = origin,
                          .deadline = now.monotonic + options_.request_timeout});
  absorb(now, nullptr, effects);
}

/// To the leader, once. From there on only its answer, or the end of the stream, tells the outcome.
Node::Admitted Node::forward(const Now& now, const Origin& origin, Bytes command,
                             Effects& effects) {
  const NodeId leader = raft_->leader();
  if (origin.kind == Origin::Kind::peer) {
    answer_error(origin, kv::ErrorKind::refused, kv::kNoLeaderText, effects);
    return Admitted::done;
  }
  if (leader.nobody()) return Admitted::wait;
  const u64 epoch = peers_.epoch(leader);
  SNOWFLK_MAYBE(epoch == 0);  // Whom we follow may have no stream to us, or none yet.
  if (epoch == 0) return Admitted::wait;
  const ForwardId id =
      forwards_.add(leader, epoch, origin, now.monotonic + options_.request_timeout);
  writer_.send(effects, leader, Channel::stream, epoch, [&](std::vector<std::byte>& arena) {
    wire::encode(sender(), wire::Forward{.id = id.value, .command = command}, arena);
  });
  return Admitted::done;
}

void Node::park(const Now& now, const Origin& origin, Bytes command, Effects& effects) {
  if (parking_.full()) {
    return answer_error(origin, kv::ErrorKind::refused, kv::kBusyText, effects);
  }
  parking_.add(origin, command, now.monotonic + options_.park_timeout);
}

void Node::retry_parked(const Now& now, Effects& effects) {
  parking_.retry([&](const Parked& parked) {
    return admit(now, parked.origin, parked.command, effects) == Admitted::done;
  });
}

}  // namespace snowflk::node
