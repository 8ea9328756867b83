// The gate for what peers send: decoded and judged once, then handed on as typed messages.
#include <algorithm>

#include "core/base/maybe.hpp"
#include "core/node/node.hpp"

namespace snowflk::node {

void Node::on(const Now& now, const FrameReceived& input, Effects& effects) {
  if (phase_ != Phase::running) return;
  const auto frame = wire::decode(options_.cluster, input.frame);
  if (!frame) {
    effects.events.emplace_back(
        NodeEvent{FrameRejected{.from = input.from, .fault = frame.error()}});
    return;
  }
  if (frame->from != input.from || frame->from == options_.self) {
    effects.events.emplace_back(
        NodeEvent{FrameRejected{.from = input.from, .fault = wire::FrameFault::sender}});
    return;
  }
  std::visit(
      Overloaded{
          [&](const wire::AppendEntriesView& view) {
            on_append_entries(now, input.from, view, effects);
          },
          [&](const wire::Forward& forward) { on_forward(now, input.from, forward, effects); },
          [&](const wire::ForwardReply& reply) {
            on_forward_reply(now, input.from, reply, effects);
          },
          [](const wire::Hello&) {},  // The link's own: who is there, and is it alive.
          [](const wire::Ping&) {},
          [&](const auto& message) {
            raft_->on(now.monotonic, input.from, message, {}, raft_output_);
            absorb(now, nullptr, effects);
          },
      },
      frame->body);
}

void Node::on_append_entries(const Now& now, NodeId from, const wire::AppendEntriesView& view,
                             Effects& effects) {
  raft::AppendEntries message = view.message;
  view.copy_infos(entry_infos_);
  // No room for the entries: the message still is the leader's sign of life, and its consistency
  // check still holds. The leader sends the entries again.
  if (message.entry_count > 0 && !store_.can_append(view.payloads().size())) {
    refused_room_ = std::max<u64>(refused_room_, view.payloads().size());
    message.entry_count = 0;
    entry_infos_.clear();
  }
  raft_->on(now.monotonic, from, raft::Message{message}, entry_infos_, raft_output_);
  absorb(now, &view, effects);
}

/// A peer's client wants a write. Forwarded once, it is never forwarded on: a leader without room
/// has it wait; who is no leader refuses it, and the peer knows that nothing has happened.
void Node::on_forward(const Now& now, NodeId from, const wire::Forward& forward, Effects& effects) {
  const u64 epoch = peers_.epoch(from);
  if (epoch == 0) return;  // Its stream is gone: the answer would find nobody.
  const Origin origin = Origin::of_peer(from, epoch, ForwardId{forward.id});
  const bool leads = phase_ == Phase::running && raft_->role() == raft::Role::leader;
  const bool others_wait = leads && !parking_.empty();
  if (others_wait || admit(now, origin, forward.command, effects) == Admitted::wait) {
    park(now, origin, forward.command, effects);
  }
}

void Node::on_forward_reply(const Now& now, NodeId from, const wire::ForwardReply& reply,
                            Effects& effects) {
  SNOWFLK_MAYBE(now.monotonic >= raft_->deadline());
  const auto forwarded = forwards_.answered(from, ForwardId{reply.id});
  if (!forwarded) return;  // Given up already, or of an earlier incarnation.
  if (!kv::decode_reply(reply.reply)) {
    return answer_error(forwarded->origin, kv::ErrorKind::unknown, kv::kOutcomeUnknownText,
                        effects);
  }
  answer(forwarded->origin, reply.reply, effects);
}

}  // namespace snowflk::node
