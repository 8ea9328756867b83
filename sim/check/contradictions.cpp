#include "sim/check/contradictions.hpp"

#include "core/base/describe.hpp"

namespace snowflk::sim {
namespace {

std::string_view property_of(raft::Contradiction contradiction) {
  switch (contradiction) {
    case raft::Contradiction::second_leader_of_a_term: return "election_safety";
    case raft::Contradiction::lacks_a_committed_entry: return "leader_completeness";
    case raft::Contradiction::answers_what_was_not_asked: return "answers_match_questions";
    case raft::Contradiction::leaps_in_terms: return "terms_count_elections";
  }
  return "?";
}

std::string_view words_of(raft::Contradiction contradiction) {
  switch (contradiction) {
    case raft::Contradiction::second_leader_of_a_term: return "knows another leader of that term";
    case raft::Contradiction::lacks_a_committed_entry:
      return "has a committed entry that the sender, a leader, lacks";
    case raft::Contradiction::answers_what_was_not_asked: return "never asked what it answers";
    case raft::Contradiction::leaps_in_terms: return "has seen too few elections for its term";
  }
  return "?";
}

}  // namespace

Finding Contradictions::observe(const StepView& view) const {
  Finding finding;
  for_each_event(
      view, Overloaded{
                [&](const raft::MessageRefused& refused) {
                  if (finding) return;
                  finding = Violation{
                      .property = std::string(property_of(refused.contradiction)),
                      .kind = ViolationKind::safety,
                      .sentence = "node " + text_of(view.node) + " refused, at " +
                                  text_of(view.at) + " in term " + std::to_string(view.term.value) +
                                  ", a message of node " + text_of(refused.from) + ": it " +
                                  std::string(words_of(refused.contradiction))};
                },
                [](const auto&) {},
            });
  return finding;
}

}  // namespace snowflk::sim
