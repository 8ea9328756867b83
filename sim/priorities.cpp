#include "sim/priorities.hpp"

#include "sim/schedule.hpp"

namespace snowflk::sim {

Priorities::Priorities(u64 seed, u32 nodes, const PriorityOptions& options)
    : options_(options), nodes_(nodes) {
  SNOWFLK_ASSERT(options.depth >= 1);
  SNOWFLK_ASSERT(options.depth <= kPriorityDepthMax);
  SNOWFLK_ASSERT(options.steps >= 1);
  Prng random = stream_of(seed, 0, Stream::priorities);
  // A drawn order of all lanes, above the priorities that the changes give.
  for (u32 lane = 0; lane < lane_count(nodes); ++lane) of_.push_back(options.depth + lane);
  for (std::size_t left = of_.size(); left > 1; --left) {
    std::swap(of_[left - 1], of_[random.below(left)]);
  }
  for (u32 change = 1; change < options.depth; ++change) {
    change_at_.push_back(random.below(options.steps));
  }
  has_changed_.resize(change_at_.size());
}

// Links first, then seven lanes for each node, then those of all together.
u32 Priorities::lane_of(const Pending& pending) const {
  const u32 node = pending.node == 0 ? 0 : pending.node - 1;
  const u32 links = nodes_ * (nodes_ - 1);
  const auto of_node = [&](u32 which) { return links + which * nodes_ + node; };
  const u32 of_all = of_node(7) - node;
  switch (pending.kind) {
    case EventKind::datagram: {
      SNOWFLK_ASSERT(pending.peer != 0);
      const u32 from = pending.peer - 1U;
      return from * (nodes_ - 1) + (node > from ? node - 1 : node);
    }
    case EventKind::wake:
    case EventKind::campaign: return of_node(0);
    case EventKind::disk_done: return of_node(pending.argument == 0 ? 1 : 2);
    case EventKind::read_done: return of_node(3);
    case EventKind::stream_message:
    case EventKind::stream_up:
    case EventKind::stream_down: return of_node(4);
    case EventKind::client_request:
    case EventKind::client_gone: return of_node(5);
    case EventKind::boot: return of_node(6);
    case EventKind::client_think:
    case EventKind::client_reply:
    case EventKind::client_broken:
    case EventKind::client_patience: return of_all;
    case EventKind::stream_connect:
    case EventKind::stream_cut: return of_all + 1;
    case EventKind::fault: return of_all + 2;
    case EventKind::fault_ends:
    case EventKind::crash:
    case EventKind::resume:
    case EventKind::leave_out: return of_all + 3;
  }
  return of_all;
}

bool Priorities::changes(u32 lane) {
  bool changed = false;
  for (std::size_t i = 0; i < change_at_.size(); ++i) {
    if (has_changed_[i] || change_at_[i] != step_) continue;
    has_changed_[i] = true;
    of_[lane] = i + 1;  // below all that were drawn, and unlike any other
    changed = true;
  }
  return changed;
}

}  // namespace snowflk::sim
