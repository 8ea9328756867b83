// Which links are cut, and why: faults overlap, and a link opens only when the last of them is
// over.
#pragma once

#include <span>
#include <vector>

#include "sim/network.hpp"

namespace snowflk::sim {

/// From the nodes of one set to those of another nothing passes, or all waits. Bit: id - 1.
struct Cut {
  u32 from = 0;
  u32 to = 0;
  bool both_ways = false;
  LinkState state = LinkState::drop;
};

class Cuts {
 public:
  /// Returns a number for remove().
  u64 add(const Cut& cut) {
    cuts_.push_back({++last_, cut});
    return last_;
  }
  /// All under one number.
  u64 add(std::span<const Cut> cuts) {
    last_ += 1;
    for (const Cut& cut : cuts) cuts_.push_back({last_, cut});
    return last_;
  }
  void remove(u64 number) {
    std::erase_if(cuts_, [&](const Numbered& cut) { return cut.number == number; });
  }
  /// The one direction between two nodes opens, whatever cut it; the others stay as they are.
  void open(NodeId from, NodeId to) {
    std::vector<Numbered> split;
    for (const Numbered& numbered : cuts_) {
      for (u32 a = 0; a < kNodesMax; ++a) {
        for (u32 b = 0; b < kNodesMax; ++b) {
          const bool there = (numbered.cut.from >> a & 1) != 0 && (numbered.cut.to >> b & 1) != 0;
          const bool back = numbered.cut.both_ways && (numbered.cut.from >> b & 1) != 0 &&
                            (numbered.cut.to >> a & 1) != 0;
          if (!there && !back) continue;
          if (a + 1 == from.value && b + 1 == to.value) continue;
          split.push_back({numbered.number, Cut{.from = 1U << a,
                                                .to = 1U << b,
                                                .both_ways = false,
                                                .state = numbered.cut.state}});
        }
      }
    }
    cuts_ = std::move(split);
  }
  void clear() { cuts_.clear(); }
  [[nodiscard]] bool empty() const { return cuts_.empty(); }

  /// What becomes of the link under all that stand: a drop is stronger than a jam.
  [[nodiscard]] LinkState state(NodeId from, NodeId to) const {
    LinkState state = LinkState::open;
    for (const Numbered& numbered : cuts_) {
      const Cut& cut = numbered.cut;
      const bool there = has(cut.from, from) && has(cut.to, to);
      const bool back = cut.both_ways && has(cut.from, to) && has(cut.to, from);
      if (!there && !back) continue;
      if (cut.state == LinkState::drop) return LinkState::drop;
      state = cut.state;
    }
    return state;
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Numbered {
    u64 number = 0;
    Cut cut;
  };
  static bool has(u32 set, NodeId node) { return (set >> (node.value - 1) & 1) != 0; }

  std::vector<Numbered> cuts_;
  u64 last_ = 0;
};

}  // namespace snowflk::sim
