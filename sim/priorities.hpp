// Schedules by random priorities: which of the events that wait happens next is not said by their
// times but by whose they are (Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler
// with Probabilistic Guarantees of Finding Bugs", 2010).
//
// A lane is what keeps its own order: the messages of a link, a node's deadline, a lane of a disk,
// clients. Each has a priority, drawn; of the lanes in which something waits, the highest goes. At
// depth - 1 drawn steps the lane that would go next falls below all others. What goes although
// something else was due before it makes that late: nothing ever comes too early.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/random.hpp"
#include "sim/time.hpp"

namespace snowflk::sim {

struct Pending;

struct PriorityOptions {
  u32 depth = 3;     // d: one more than there are steps at which priorities change
  u64 steps = 1000;  // k: so many are scheduled so; then times count again
  Duration window = milliseconds(500);  // how much later than the first that waits may overtake it
  friend bool operator==(const PriorityOptions&, const PriorityOptions&) = default;
};

inline constexpr u32 kPriorityDepthMax = 16;

/// n: how many lanes a world of so many nodes has.
constexpr u32 lane_count(u32 nodes) { return nodes * (nodes - 1 + 7) + 4; }

class Priorities {
 public:
  Priorities(u64 seed, u32 nodes, const PriorityOptions& options);

  [[nodiscard]] u32 lane_of(const Pending& pending) const;
  [[nodiscard]] u64 of(u32 lane) const { return of_[lane]; }
  [[nodiscard]] Duration window() const { return options_.window; }
  /// A step of `lane` is about to be done. True: its priority has changed, and another may come.
  bool changes(u32 lane);
  /// It was done.
  void count_step() { step_ += 1; }
  /// Nothing is to be scheduled so any more.
  [[nodiscard]] bool is_over() const { return step_ >= options_.steps; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  PriorityOptions options_;
  u32 nodes_;
  std::vector<u64> of_;         // by lane; all differ
  std::vector<u64> change_at_;  // the i-th change: at which step
  std::vector<bool> has_changed_;
  u64 step_ = 0;
};

}  // namespace snowflk::sim
