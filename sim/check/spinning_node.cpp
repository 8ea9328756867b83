#include "sim/check/spinning_node.hpp"

namespace snowflk::sim {
namespace {

Violation spins(const StepView& view, const std::string& how) {
  return Violation{
      .property = "spinning_node",
      .kind = ViolationKind::liveness,
      .sentence = "node " + text_of(view.node) + " " + how + " (seen at " + text_of(view.at) + ")"};
}

}  // namespace

Finding SpinningNode::observe(const StepView& view) {
  if (nodes_.size() < view.node.value) nodes_.resize(view.node.value);
  Of& of = nodes_[view.node.value - 1];
  if (of.instant != view.at) {
    of.instant = view.at;
    of.inputs = 0;
  }
  of.inputs += 1;
  if (of.inputs > kInputsPerInstantMax) {
    return spins(view, "took in " + std::to_string(of.inputs) + " inputs while no time passed");
  }

  if (!view.woken_in_vain) return std::nullopt;
  if (view.at - of.window > kWindow || of.applied != view.applied) {
    of.window = view.at;
    of.applied = view.applied;
    of.wakes = 0;
  }
  of.wakes += 1;
  if (of.wakes <= kWakesMax) return std::nullopt;
  return spins(view, "was woken " + std::to_string(of.wakes) +
                         " times in 10 ms, applied nothing, and each time asked for a deadline "
                         "that was over already");
}

}  // namespace snowflk::sim
