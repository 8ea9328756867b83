#include "sim/check/bounded_steps.hpp"

#include <fmt/format.h>

#include "core/kv/reply.hpp"
#include "core/node/node.hpp"

namespace snowflk::sim {
namespace {

Violation broken(const StepView& view, ViolationKind kind, const std::string& how) {
  return Violation{.property = "bounded_steps",
                   .kind = kind,
                   .sentence = fmt::format("node {} {} in one step (at {})", text_of(view.node),
                                           how, text_of(view.at))};
}

bool is_error(Bytes reply) {
  return !reply.empty() && reply.front() == static_cast<std::byte>(kv::ReplyKind::error);
}

/// Of the replies that carry something, all and all but the last. Errors are short, and those that
/// a lost leadership brings come all at once.
struct Replied {
  u64 bytes = 0;
  u64 before_last = 0;
};
Replied replied(const StepView& view) {
  Replied sum;
  for (const node::Reply& reply : view.replies) {
    if (is_error(reply.reply)) continue;
    sum.before_last = sum.bytes;
    sum.bytes += reply.reply.size();
  }
  return sum;
}

}  // namespace

Finding BoundedSteps::observe(const StepView& view) const {
  if (view.events.empty() && view.replies.empty()) return std::nullopt;
  u32 applies = 0;
  for_each_event(view, Overloaded{[&](const node::Applied&) { applies += 1; }, [](const auto&) {}});
  const Replied replies = replied(view);
  if (applies > applies_max_) {
    return broken(view, ViolationKind::safety,
                  fmt::format("applied {} entries, its bound being {},", applies, applies_max_));
  }
  // "The last reply may go over what is left"
  if (replies.before_last >= reply_bytes_max_) {
    return broken(
        view, ViolationKind::safety,
        fmt::format("gave {} bytes of replies, and one more after {}, its bound being {},",
                    replies.bytes, replies.before_last, reply_bytes_max_));
  }
  const bool reached = applies == applies_max_ || replies.bytes >= reply_bytes_max_;
  const bool runs = view.state != nullptr && view.state->phase() == node::Phase::running;
  if (!reached || !runs || view.deadline <= view.clock) return std::nullopt;
  return broken(view, ViolationKind::liveness,
                "did as much as it may, and does not ask to go on at once; all that");
}

}  // namespace snowflk::sim
