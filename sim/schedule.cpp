#include "sim/schedule.hpp"

#include <utility>

namespace snowflk::sim {

// Where it stands in the heap. What was ordered for now goes before all else; then the lane of the
// highest priority that has something due by `latest`, and of that lane the first.
std::size_t Schedule::choose(VirtualTime latest) const {
  std::optional<std::size_t> chosen;
  std::pair<bool, u64> best;
  for (std::size_t at = 0; at < heap_.size(); ++at) {
    const Pending& pending = heap_[at];
    if (pending.at > latest) continue;
    const std::pair rank{is_first(pending), priorities_->of(priorities_->lane_of(pending))};
    if (chosen && rank < best) continue;
    if (chosen && rank == best && Later{}(pending, heap_[*chosen])) continue;
    chosen = at;
    best = rank;
  }
  SNOWFLK_ASSERT(chosen);
  // Those that were ordered keep their order, whosever they are.
  if (!best.first) return *chosen;
  for (std::size_t at = 0; at < heap_.size(); ++at) {
    if (is_first(heap_[at]) && Later{}(heap_[*chosen], heap_[at])) chosen = at;
  }
  return *chosen;
}

Pending Schedule::pop_by_priority(VirtualTime limit) {
  const VirtualTime latest = std::min(limit, heap_.front().at + priorities_->window());
  std::size_t chosen = choose(latest);
  while (priorities_->changes(priorities_->lane_of(heap_[chosen]))) chosen = choose(latest);
  const Pending pending = heap_[chosen];
  heap_[chosen] = heap_.back();
  heap_.pop_back();
  std::make_heap(heap_.begin(), heap_.end(), Later{});
  now_ = std::max(now_, pending.at);
  priorities_->count_step();
  if (priorities_->is_over()) priorities_.reset();
  return pending;
}

}  // namespace snowflk::sim
