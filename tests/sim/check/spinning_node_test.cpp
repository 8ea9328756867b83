#include "sim/check/spinning_node.hpp"

#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

struct Node {
  SpinningNode check;
  StepView view;
  Finding found;

  Node() { view.node = NodeId{2}; }
  void step(Duration later, bool in_vain) {
    view.at = view.at + later;
    view.woken_in_vain = in_vain;
    if (Finding finding = check.observe(view); !found) found = std::move(finding);
  }
};

}  // namespace

TEST_CASE("A node that is woken again and again for a deadline that is over spins") {
  Node node;
  for (int i = 0; i < 2000; ++i) node.step(microseconds(1), true);
  REQUIRE(node.found);
  CHECK(node.found->property == "spinning_node");
  CHECK(node.found->kind == ViolationKind::liveness);
  CHECK(node.found->sentence.starts_with("node 2 was woken 1001 times in 10 ms, applied nothing"));
}

TEST_CASE("Messages in between are no excuse for spinning") {
  Node node;
  for (int i = 0; i < 4000; ++i) node.step(microseconds(1), i % 2 == 0);
  CHECK(node.found.has_value());
}

TEST_CASE("A node that applies something each time has work to do") {
  Node node;
  for (int i = 0; i < 5000; ++i) {
    node.view.applied = node.view.applied.next();
    node.step(microseconds(1), true);
  }
  CHECK(!node.found);
}

TEST_CASE("A deadline that is over now and then is harmless") {
  Node node;
  for (int i = 0; i < 5000; ++i) node.step(milliseconds(1), true);
  CHECK(!node.found);
}

TEST_CASE("Inputs without end while no time passes are spinning") {
  Node node;
  for (u64 i = 0; i <= SpinningNode::kInputsPerInstantMax; ++i) node.step(Duration{}, false);
  REQUIRE(node.found);
  CHECK(node.found->sentence.starts_with("node 2 took in 100001 inputs while no time passed"));
}

}  // namespace snowflk::sim
