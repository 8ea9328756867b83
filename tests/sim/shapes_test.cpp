// Which links a shape of the network cuts.
#include "sim/shapes.hpp"

#include <string>

#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

NodeOrder in_order(u32 nodes) {
  NodeOrder order;
  order.count = nodes;
  for (u32 at = 0; at < nodes; ++at) order.ids[at] = static_cast<u8>(at + 1);
  return order;
}

/// "12 13 23": which of the directions from 1 to `nodes` are open.
std::string open_links(Shape shape, const NodeOrder& order) {
  Cuts cuts;
  static_cast<void>(cuts.add(cuts_of(shape, order)));
  std::string open;
  for (u32 from = 1; from <= order.count; ++from) {
    for (u32 to = 1; to <= order.count; ++to) {
      if (from == to || cuts.state(NodeId{from}, NodeId{to}) != LinkState::open) continue;
      open += (open.empty() ? "" : " ") + std::to_string(from) + std::to_string(to);
    }
  }
  return open;
}

TEST_CASE("a bridge sees both halves, and they see nobody else") {
  CHECK(open_links(Shape::bridge, in_order(3)) == "12 13 21 31");
  CHECK(open_links(Shape::bridge, in_order(5)) == "12 13 14 15 21 23 31 32 41 45 51 54");
}

TEST_CASE("in a ring each node sees its two neighbours") {
  CHECK(open_links(Shape::ring, in_order(4)) == "12 14 21 23 32 34 41 43");
  NodeOrder crossed = in_order(5);
  std::swap(crossed.ids[1], crossed.ids[2]);
  CHECK(open_links(Shape::ring, crossed) == "13 15 23 24 31 32 42 45 51 54");
}

TEST_CASE("a node with one friend sees that one, and the others see each other") {
  CHECK(open_links(Shape::one_friend, in_order(4)) == "12 21 23 24 32 34 42 43");
}

TEST_CASE("among too few nodes a shape cuts nothing") {
  CHECK(cuts_of(Shape::bridge, in_order(2)).empty());
  CHECK(cuts_of(Shape::one_friend, in_order(2)).empty());
  CHECK(cuts_of(Shape::ring, in_order(3)).empty());
  CHECK(cuts_of(Shape::ring, in_order(1)).empty());
}

TEST_CASE("what one number stands for is joined as one, and what others cut stays cut") {
  Cuts cuts;
  const u64 ring = cuts.add(cuts_of(Shape::ring, in_order(4)));
  const u64 alone = cuts.add(Cut{.from = 1, .to = 4, .both_ways = true});
  cuts.remove(ring);
  CHECK(cuts.state(NodeId{1}, NodeId{3}) == LinkState::drop);
  CHECK(cuts.state(NodeId{2}, NodeId{4}) == LinkState::open);
  cuts.remove(alone);
  CHECK(cuts.empty());
}

}  // namespace
}  // namespace snowflk::sim
