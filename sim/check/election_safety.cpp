#include "sim/check/election_safety.hpp"

#include "core/base/describe.hpp"

namespace snowflk::sim {

Finding ElectionSafety::observe(const StepView& view) {
  Finding finding;
  for_each_event(
      view, Overloaded{
                [&](const raft::BecameLeader& elected) {
                  const auto [at, first] =
                      leaders_.try_emplace(elected.term, Elected{.node = view.node, .at = view.at});
                  if (first || finding) return;
                  finding = Violation{
                      .property = "election_safety",
                      .kind = ViolationKind::safety,
                      .sentence = "node " + text_of(view.node) + " became leader of term " +
                                  std::to_string(elected.term.value) + " at " + text_of(view.at) +
                                  ", which node " + text_of(at->second.node) +
                                  " has been leader of since " + text_of(at->second.at)};
                },
                [](const auto&) {},
            });
  return finding;
}

}  // namespace snowflk::sim
