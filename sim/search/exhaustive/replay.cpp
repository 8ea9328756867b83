#include "sim/search/exhaustive/replay.hpp"

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "core/raft/events.hpp"
#include "sim/search/exhaustive/canonical.hpp"
#include "sim/search/exhaustive/stepper.hpp"

namespace snowflk::sim::exhaustive {
namespace {

/// `action` of the world whose nodes stand in `order`, with their own names.
Action named(const Action& action, const Order& order, u8 nodes) {
  Action own = action;
  own.node = order[action.node];
  own.other = order[action.other];
  own.asked = 0;
  for (u32 at = 0; at < nodes; ++at) {
    if ((action.asked >> at & 1U) != 0) own.asked = static_cast<u8>(own.asked | 1U << order[at]);
  }
  return own;
}

std::string asked_of(const Action& action) {
  std::string names;
  for (u32 id = 0; id < kNodesMax; ++id) {
    if ((u32{action.asked} >> id & 1U) != 0) {
      names += fmt::format("{}n{}", names.empty() ? "" : ", ", id + 1);
    }
  }
  return names;
}

std::string phrase(const SmallMessage& m) {
  switch (m.kind) {
    case MessageKind::request_vote:
      return fmt::format("request_vote, term {}, last entry ({}, term {})", m.term, m.index,
                         m.index_term);
    case MessageKind::request_vote_reply:
      return fmt::format("request_vote_reply, term {}, {}", m.term, m.yes != 0 ? "yes" : "no");
    case MessageKind::append_reply:
      return fmt::format("append_entries_reply, term {}, {} up to {}", m.term,
                         m.yes != 0 ? "equal" : "not equal", m.index);
    case MessageKind::append: break;
  }
  std::string entries;
  for (const u8 entry : m.entries) entries += fmt::format(" {}", term_of_entry(entry));
  return fmt::format("append_entries, term {}, after ({}, term {}){}{}, commit {}", m.term, m.index,
                     m.index_term, entries.empty() ? "" : " entries of terms", entries, m.commit);
}

std::string deed(const ReplayStep& step) {
  const Action& action = step.action;
  const u32 node = action.node + 1U;
  switch (action.kind) {
    case ActionKind::campaign:
      return fmt::format("n{} {}asks {} whether it can win term {}", node,
                         action.steps_down ? "steps down, and " : "", asked_of(action),
                         step.before.nodes[action.node].now.term + 1);
    case ActionKind::heartbeat: return fmt::format("n{} sends heartbeats", node);
    case ActionKind::propose: return fmt::format("n{} takes a command of a client", node);
    case ActionKind::crash_losing: return fmt::format("n{} crashes", node);
    case ActionKind::crash_keeping:
      return fmt::format("n{} crashes, and all it has written is there", node);
    case ActionKind::lose:
    case ActionKind::deliver:
    case ActionKind::drop:
    case ActionKind::duplicate:
    case ActionKind::overtake: break;
  }
  const SmallMessage& message = step.before.links[action.other][action.node].at[action.position];
  const char* verb = action.kind == ActionKind::lose        ? "loses"
                     : action.kind == ActionKind::drop      ? "does not get"
                     : action.kind == ActionKind::duplicate ? "gets, not for the last time,"
                     : action.kind == ActionKind::overtake  ? "gets, before earlier ones,"
                                                            : "gets";
  return fmt::format("n{} {}{} from n{}: {}", node, action.steps_down ? "steps down, and " : "",
                     verb, action.other + 1U, phrase(message));
}

}  // namespace

std::optional<Replay> replay(const Bounds& bounds, const Finding& finding) {
  Replay all;
  Stepper stepper{bounds};
  Canonical canonical{bounds};
  SmallWorld world = first_worlds(bounds)[finding.first];
  for (const Action& action : finding.actions) {
    canonical.encode(world);
    ReplayStep step{.action = named(action, canonical.order(), bounds.nodes),
                    .before = world,
                    .after = world,
                    .sent = {}};
    const bool last = all.steps.size() + 1 == finding.actions.size();
    if (last && !finding.assertion.empty()) {
      all.property = "assertion";
      all.sentence = finding.assertion;
      all.steps.push_back(step);
      return all;
    }
    stepper.note_sends(&step.sent);
    const StepResult result = stepper.apply(world, step.action);
    if (result != (last ? StepResult::broken : StepResult::done)) return std::nullopt;
    step.after = world;
    all.steps.push_back(step);
  }
  all.property = stepper.broken()->property;
  all.sentence = stepper.broken()->sentence;
  return all;
}

std::string telling(const ReplayStep& step) {
  std::string text = deed(step);
  const SmallNode& before = step.before.nodes[step.action.node];
  const SmallNode& after = step.after.nodes[step.action.node];
  if (step.action.dooms) text += "; its disk does not get to it";
  const auto role = static_cast<raft::Role>(after.role);
  if (step.action.kind == ActionKind::campaign && after.now.term > before.now.term) {
    text += role == raft::Role::candidate
                ? std::string("; it can, and stands")
                : fmt::format("; it cannot, and learns of term {}", after.now.term);
  }
  if (role == raft::Role::leader && before.role != after.role) {
    text += fmt::format("; it leads term {}", after.now.term);
  }
  if (after.commit > before.commit) text += fmt::format("; it commits up to {}", after.commit);
  return text;
}

}  // namespace snowflk::sim::exhaustive
