#include "sim/check/lost_time.hpp"

#include <utility>

#include "core/base/assert.hpp"
#include "core/base/describe.hpp"
#include "core/node/node.hpp"
#include "sim/check/frames_seen.hpp"

namespace snowflk::sim {
namespace {

/// Of payload: with less room than this a log is full, whatever comes.
constexpr u64 kLeastRoom = 4096;

Violation costs_time(const StepView& view, std::string property, const std::string& what) {
  return Violation{.property = std::move(property),
                   .kind = ViolationKind::liveness,
                   .sentence = "node " + text_of(view.node) + " " + what + " at " +
                               text_of(view.at) + ", in term " + std::to_string(view.term.value)};
}

template <class T>
T& of_node(OfNodes<T>& values, NodeId node) {
  SNOWFLK_ASSERT(node.value >= 1);
  SNOWFLK_ASSERT(node.value <= values.size());
  return values[node.value - 1];
}

const raft::Raft* raft_of(const StepView& view) {
  return view.state == nullptr ? nullptr : view.state->raft();
}

bool leads(const raft::Raft* raft) { return raft != nullptr && raft->role() == raft::Role::leader; }

}  // namespace

// ---- Promises --------------------------------------------------------------------------------

Finding PreVoteRules::observe(const StepView& view) {
  Finding finding;
  Of& of = of_node(nodes_, view.node);
  for_each_event(view, Overloaded{
                           [&](const raft::PreVoteStarted& pre_vote) { of.asked = pre_vote.term; },
                           [&](const raft::ElectionStarted& election) {
                             if (election.term == of.asked) return;
                             finding = costs_time(
                                 view, "pre_vote_first",
                                 "stood for election without asking first who would vote "
                                 "for it");
                           },
                           [](const auto&) {},
                       });
  if (!finding) finding = promised(view, of);
  const raft::Raft* raft = raft_of(view);
  of.deadline = raft == nullptr ? kNever : raft->deadline();
  return finding;
}

/// A promise that waited for the disk comes out in a step of its own, which changes nothing else.
Finding PreVoteRules::promised(const StepView& view, const Of& before) const {
  const raft::Raft* raft = raft_of(view);
  if (raft == nullptr || !view.events.empty()) return std::nullopt;
  bool promise = false;
  for (const node::Send& send : view.sends) {
    const auto kind = peek_kind(send.frame);
    if (kind == wire::FrameKind::append_entries_reply) return std::nullopt;
    if (kind != wire::FrameKind::pre_vote_reply) continue;
    const auto reply = message_in<raft::PreVoteReply>(send.frame);
    promise = promise || (reply && reply->vote_granted);
  }
  if (!promise) return std::nullopt;
  if (leads(raft)) {
    return costs_time(view, "no_promise_by_a_leader", "leads, and promised another its vote");
  }
  if (raft->deadline() == before.deadline) return std::nullopt;
  return costs_time(view, "promise_changes_nothing",
                    "promised another its vote, and put off its own election for that");
}

// ---- Match indexes ---------------------------------------------------------------------------

Finding MatchIndexRises::observe(const StepView& view) {
  const raft::Raft* raft = raft_of(view);
  if (!leads(raft)) return std::nullopt;
  Leadership& seen = of_node(leaderships_, view.node);
  if (seen.term != view.term) seen = Leadership{.term = view.term};
  const auto& voters = raft->options().voters;
  for (std::size_t i = 0; i < voters.size(); ++i) {
    const LogIndex before = std::exchange(seen.match[i], raft->progress(voters[i]).match_index);
    if (seen.match[i] >= before) continue;
    return costs_time(view, "match_index_rises",
                      "knew that node " + text_of(voters[i]) + " has entry " +
                          std::to_string(before.value) + ", and forgot it");
  }
  return std::nullopt;
}

// ---- Room ------------------------------------------------------------------------------------

// The room may have gone at the end of a step, when the next batch was cut: the step after that
// finds it.
Finding LeaderHasRoom::observe(const StepView& view) {
  const raft::Raft* raft = raft_of(view);
  const bool has_others = raft != nullptr && raft->options().voters.size() > 1;
  const bool full = has_others && leads(raft) && view.state->store().out_of_space(kLeastRoom);
  const bool before = std::exchange(of_node(without_room_, view.node), full);
  if (!full || !before) return std::nullopt;
  return costs_time(view, "leader_has_room", "leads on, and has no room for another entry");
}

}  // namespace snowflk::sim
