#include "sim/check/undisturbed_leader.hpp"

#include <fmt/format.h>

#include "core/base/describe.hpp"
#include "sim/check/frames_seen.hpp"

namespace snowflk::sim {

Finding UndisturbedLeader::observe(const StepView& view, bool leader_heard) {
  if (servers_.size() < view.node.value) servers_.resize(view.node.value);
  Server& server = servers_[view.node.value - 1];
  bool refused = false;
  for_each_event(
      view, Overloaded{[&](const node::Started&) { server = Server{}; },
                       [&](const raft::MessageRefused&) { refused = true; }, [](const auto&) {}});
  if (view.log == nullptr) return std::nullopt;
  Finding finding = judge(view, server);
  if (server.term != view.term) server = Server{.term = view.term};
  server.leads = view.role == raft::Role::leader;
  if (!refused && leader_heard) {
    server.heard = true;
    server.heard_at = view.clock;
  }
  return finding;
}

Finding UndisturbedLeader::judge(const StepView& view, const Server& before) const {
  if (view.term == before.term || view.heard.empty()) return std::nullopt;
  const bool hears = before.leads || (before.heard && view.clock - before.heard_at < timeout_min_);
  if (!hears || peek_kind(view.heard) != wire::FrameKind::request_vote) return std::nullopt;
  const auto message = fields_in<raft::RequestVote>(view.heard);
  if (!message || message->term <= before.term) return std::nullopt;
  return Violation{
      .property = "undisturbed_leader",
      .kind = ViolationKind::liveness,
      .sentence = fmt::format(
          "node {} leaves term {} for term {} since node {} asks for its vote, while {} (seen at "
          "{})",
          text_of(view.node), before.term.value, view.term.value, text_of(view.heard_from),
          before.leads ? std::string{"it leads"}
                       : fmt::format("it has heard from its leader {} us before, by its own clock",
                                     (view.clock - before.heard_at).value / 1'000),
          text_of(view.at))};
}

}  // namespace snowflk::sim
