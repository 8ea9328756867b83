// A small world as bytes, the same for all worlds that behave alike: nodes in an order that does
// not depend on their names, and of each only what can still matter.
#pragma once

#include <vector>

#include "core/base/hash.hpp"
#include "sim/search/exhaustive/small_world.hpp"

namespace snowflk::sim::exhaustive {

/// order[p]: the node that stands at place p.
using Order = std::array<u8, kNodesMax>;

class Canonical {
 public:
  explicit Canonical(const Bounds& bounds) : bounds_(bounds) {}

  /// Sets bytes() to those of `world`, and order() to where its nodes stand in them.
  void encode(const SmallWorld& world);
  [[nodiscard]] const std::vector<u8>& bytes() const { return best_; }
  [[nodiscard]] const Order& order() const { return best_order_; }
  /// The world of `bytes`, nodes by their places in it. REQUIRES: encode() made them.
  void decode(std::span<const u8> bytes, SmallWorld& world) const;

 private:
  void encode_in(const SmallWorld& world, const Order& order);
  void put_node(const SmallWorld& world, u8 id);
  void put_persistent(const Persistent& held);
  void put_log(const SmallLog& log);
  void put_message(const SmallMessage& message);
  void put(u32 value) { bytes_.push_back(static_cast<u8>(value)); }
  [[nodiscard]] u8 place(u8 node) const { return node == kNobody ? u8{7} : places_[node]; }

  Bounds bounds_;
  std::vector<u8> bytes_;
  std::vector<u8> best_;
  Order order_{};
  Order places_{};
  Order best_order_{};
};

}  // namespace snowflk::sim::exhaustive
