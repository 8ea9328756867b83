#include "sim/check/state_digest.hpp"

#include "core/base/describe.hpp"

namespace snowflk::sim {

Finding StateDigest::observe(const StepView& view) {
  Finding finding;
  for_each_event(view, Overloaded{
                           [&](const node::Applied& applied) {
                             const u64 index = applied.index.value;
                             if (states_.size() <= index) states_.resize(index + 1);
                             State& known = states_[index];
                             if (known.node.nobody()) {
                               known = State{.digest = applied.digest, .node = view.node};
                             }
                             if (known.digest == applied.digest || finding) return;
                             finding = Violation{.property = "state_digest",
                                                 .kind = ViolationKind::safety,
                                                 .sentence = "nodes " + text_of(known.node) +
                                                             " and " + text_of(view.node) +
                                                             " have different states after entry " +
                                                             std::to_string(index) + " of term " +
                                                             std::to_string(applied.term.value) +
                                                             " (seen at " + text_of(view.at) + ")"};
                           },
                           [](const auto&) {},
                       });
  return finding;
}

}  // namespace snowflk::sim
