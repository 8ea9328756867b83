#include "sim/shapes.hpp"

namespace snowflk::sim {
namespace {

u32 set_of(std::span<const u8> ids) {
  u32 set = 0;
  for (const u8 id : ids) set |= 1U << (id - 1);
  return set;
}

std::vector<Cut> bridge(std::span<const u8> order) {
  const std::span<const u8> others = order.subspan(1);
  const std::size_t half = others.size() / 2;
  return {Cut{
      .from = set_of(others.first(half)), .to = set_of(others.subspan(half)), .both_ways = true}};
}

// Each direction between two that are no neighbours is cut by its sender.
std::vector<Cut> ring(std::span<const u8> order) {
  std::vector<Cut> cuts;
  const std::size_t count = order.size();
  for (std::size_t at = 0; at < count; ++at) {
    const u8 seen[] = {order[at], order[(at + 1) % count], order[(at + count - 1) % count]};
    cuts.push_back(Cut{.from = set_of(order.subspan(at, 1)), .to = set_of(order) & ~set_of(seen)});
  }
  return cuts;
}

std::vector<Cut> one_friend(std::span<const u8> order) {
  return {Cut{.from = set_of(order.first(1)), .to = set_of(order.subspan(2)), .both_ways = true}};
}

}  // namespace

std::vector<Cut> cuts_of(Shape shape, const NodeOrder& order) {
  const std::span<const u8> all = order.all();
  if (all.size() < (shape == Shape::ring ? 4U : 3U)) return {};
  switch (shape) {
    case Shape::bridge: return bridge(all);
    case Shape::ring: return ring(all);
    case Shape::one_friend: return one_friend(all);
  }
  return {};
}

}  // namespace snowflk::sim
