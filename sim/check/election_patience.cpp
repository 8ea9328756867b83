#include "sim/check/election_patience.hpp"

#include <fmt/format.h>

#include "core/base/describe.hpp"

namespace snowflk::sim {

Finding ElectionPatience::observe(const StepView& view, bool leader_heard) {
  if (nodes_.size() < view.node.value) nodes_.resize(view.node.value);
  Finding finding;
  bool refused = false;
  for_each_event(
      view, Overloaded{[&](const node::Started&) { nodes_[view.node.value - 1].reset(); },
                       [&](const raft::VoteGranted&) { reset(view, Reason::vote_granted); },
                       [&](const raft::PreVoteStarted&) {
                         finding = asks_for_votes(view);
                         reset(view, Reason::votes_asked);
                       },
                       [&](const raft::ElectionStarted&) { reset(view, Reason::votes_asked); },
                       [&](const raft::MessageRefused&) { refused = true; }, [](const auto&) {}});
  if (!refused && leader_heard) reset(view, Reason::leader_heard);
  return finding;
}

void ElectionPatience::reset(const StepView& view, Reason reason) {
  nodes_[view.node.value - 1] = Since{.clock = view.clock, .reason = reason};
}

Finding ElectionPatience::asks_for_votes(const StepView& view) const {
  const auto& since = nodes_[view.node.value - 1];
  if (!since || view.clock - since->clock >= timeout_min_) return std::nullopt;
  const auto what = [&] {
    switch (since->reason) {
      case Reason::leader_heard: return "it heard its leader";
      case Reason::vote_granted: return "it voted for another";
      case Reason::votes_asked: return "it asked before";
    }
    return "";
  }();
  return Violation{
      .property = "election_patience",
      .kind = ViolationKind::liveness,
      .sentence = fmt::format("node {} asks for votes {} us after {}, by its own clock; its "
                              "election timeout is {} us at least (seen at {})",
                              text_of(view.node), (view.clock - since->clock).value / 1'000, what,
                              timeout_min_.value / 1'000, text_of(view.at))};
}

}  // namespace snowflk::sim
