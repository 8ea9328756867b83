// Shapes of the network, and swizzles, as they begin and end in a world.
#include <algorithm>

#include "sim/world.hpp"

namespace snowflk::sim {

bool World::begin_shape(const Fault& fault, StepRecord& record) {
  const std::vector<Cut> cuts = cuts_of(fault.shape, fault.order);
  if (cuts.empty()) return false;
  record.what = ClusterShaped{.shape = fault.shape, .node = fault.node};
  end_later(fault, cuts_.add(cuts));
  set_links();
  return true;
}

// The first half of the time one after another is cut off, the second half one after another is
// joined: at each moment the cluster is cut in another way.
void World::begin_swizzle(const Fault& fault) {
  if (seats_.size() < 2) return;
  const std::span<const u8> joined = fault.joined.all();
  const u32 count = fault.order.count;
  for (u32 at = 0; at < count; ++at) {
    const auto place = std::ranges::find(joined, fault.order.ids[at]);
    const i64 turn = place - joined.begin() + 1;
    const Duration begins = fault.length * i64{at} / i64{count};
    const Duration ends = fault.length + fault.length * turn / i64{count};
    Fault part = fault;
    part.node = NodeId{fault.order.ids[at]};
    begin_later(part, begins, ends - begins);
  }
}

void World::swizzle(Fault part, Duration lasts, StepRecord& record) {
  const u32 all = (1U << seats_.size()) - 1;
  const u32 alone = 1U << (part.node.value - 1);
  part.length = lasts;
  record.what = Swizzled{.node = part.node, .jammed = part.jams};
  end_later(part, cuts_.add(Cut{.from = alone,
                                .to = all & ~alone,
                                .both_ways = true,
                                .state = part.jams ? LinkState::jam : LinkState::drop}));
  set_links();
  faults_.count(FaultClass::swizzle);
}

void World::begin_later(const Fault& part, Duration wait, Duration lasts) {
  endings_.push_back(Ending{.fault = part, .begins = lasts});
  schedule_.push(Pending{.at = schedule_.now() + wait,
                         .cause = current(),
                         .argument = endings_.size() - 1,
                         .kind = EventKind::fault_ends});
}

bool World::begin_part(u64 at, StepRecord& record) {
  const Ending ending = endings_[at];
  const Fault& part = ending.fault;
  if (part.kind == FaultClass::coup) {
    const Coup coup{
        .fault = part, .part = part.part, .looks = part.nth, .cut = ending.cut, .place = at};
    return go_on_with_coup(coup, record);
  }
  if (part.kind == FaultClass::relapse) return relapse(part, record);
  if (part.kind == FaultClass::lost_vote) return lose_vote(part, record);
  SNOWFLK_ASSERT(part.kind == FaultClass::swizzle);
  swizzle(part, *ending.begins, record);
  return true;
}

Happening World::end_of_shape(const Fault& fault) {
  if (fault.kind == FaultClass::swizzle) {
    return Swizzled{.node = fault.node, .jammed = fault.jams, .over = true};
  }
  return ClusterShaped{.shape = fault.shape, .node = fault.node, .over = true};
}

}  // namespace snowflk::sim
