#include "sim/search/crash_points.hpp"

#include <algorithm>
#include <map>

#include "sim/scenario/run_state.hpp"

namespace snowflk::sim::search {

using scenario::CrashPoint;
using scenario::RunState;

namespace {

/// Lists what a node does before the healing.
class Effects final : public scenario::Watcher {
 public:
  void event(const World& world, const StepRecord& record) override {
    if (world.healed()) return;
    if (const auto* done = std::get_if<DiskOpFinished>(&record.what); done != nullptr) {
      if (!done->refused) {
        add(record, name_of(done->action), 1, true);
        add(record, name_of(done->action), 1, false);
      }
    }
    std::map<std::string_view, u32> counts;
    for (const node::Send& send : record.effects->sends) {
      add_sent(record, frame_name(send.frame), counts);
    }
    for (std::size_t reply = 0; reply < record.effects->replies.size(); ++reply) {
      add_sent(record, "reply", counts);
    }
  }
  void say(const World&, std::string_view) override {}
  [[nodiscard]] std::vector<CrashPoint> take() { return std::move(points_); }

 private:
  void add_sent(const StepRecord& record, std::string_view effect,
                std::map<std::string_view, u32>& counts) {
    const bool first = counts.empty();
    const u32 nth = counts[effect] += 1;
    if (first) add(record, effect, nth, true);
    add(record, effect, nth, false);
  }
  void add(const StepRecord& record, std::string_view effect, u32 nth, bool before) {
    points_.push_back(CrashPoint{.event = record.event.value,
                                 .node = record.node,
                                 .before = before,
                                 .effect = std::string{effect},
                                 .nth = nth});
  }

  std::vector<CrashPoint> points_;
};

/// The bits of `subset` as choices, the lowest first; never empty.
std::string choices_of(u64 subset, u64 count) {
  std::string keep;
  for (u64 bit = 0; bit < std::max<u64>(count, 1); ++bit) {
    keep += (subset >> bit & 1) != 0 ? '1' : '0';
  }
  return keep;
}

std::string drawn_choices(Prng& random, u64 count) {
  std::string keep;
  for (u64 bit = 0; bit < count; ++bit) keep += random.chance({1, 2}) ? '1' : '0';
  return keep;
}

class Crasher final : public scenario::Explorer {
 public:
  Crasher(std::span<const CrashPoint> points, const CrashLimits& limits,
          const std::function<void(const CrashPoint&)>& about_to)
      : points_(points), limits_(limits), about_to_(about_to) {}

  bool before_event(const RunState& run, VirtualTime limit, bool ordered) override {
    while (next_ < points_.size() && points_[next_].event == run.world.counters().events + 1) {
      if (!try_point(run, limit, ordered)) return true;  // It does not come yet.
      if (trial_.finding) return false;
      trial_.counts.points += 1;
      next_ += 1;
    }
    return next_ < points_.size();
  }
  [[nodiscard]] CrashTrial take() { return std::move(trial_); }

 private:
  /// False: the event is not due.
  bool try_point(const RunState& run, VirtualTime limit, bool ordered) {
    CrashPoint point = points_[next_];
    if (!try_fork(run, limit, ordered, point)) return false;
    point.crash = CrashKind::machine;
    const auto try_choices = [&](std::string keep) {
      if (trial_.finding) return;
      point.keep = std::move(keep);
      static_cast<void>(try_fork(run, limit, ordered, point));
    };
    try_choices("0");  // tells how many choices there are
    const u64 count = choices_;
    if (count <= limits_.choices_max) {
      for (u64 subset = 1; subset < u64{1} << count; ++subset) {
        try_choices(choices_of(subset, count));
      }
      trial_.counts.complete += 1;
      return true;
    }
    try_choices(std::string(count, '1'));
    Prng random = stream_of(run.world.options().seed, point.event, Stream::crash_points);
    for (u32 sample = 2; sample < limits_.samples; ++sample) {
      try_choices(drawn_choices(random, count));
    }
    trial_.counts.sampled += 1;
    trial_.counts.drawn += std::max(limits_.samples, 2U);
    return true;
  }

  /// False: the event is not due.
  bool try_fork(const RunState& run, VirtualTime limit, bool ordered, const CrashPoint& point) {
    RunState fork = run;
    fork.explorer = nullptr;
    fork.watcher = nullptr;
    fork.lay(trap_of(point));
    about_to_(point);
    while (fork.crash_trap && !fork.violation) {
      const u64 before = fork.world.counters().events;
      ordered ? fork.settle() : fork.advance(limit);
      if (fork.world.counters().events == before) return false;
    }
    choices_ = fork.world.seat(point.node).disk.counters().choices;
    finish(fork);
    trial_.counts.forks += 1;
    trial_.counts.events += fork.world.counters().events - run.world.counters().events;
    if (fork.violation) {
      trial_.finding = CrashFinding{.point = point, .violation = *fork.violation};
    }
    return true;
  }

  std::span<const CrashPoint> points_;
  CrashLimits limits_;
  const std::function<void(const CrashPoint&)>& about_to_;
  std::size_t next_ = 0;
  u64 choices_ = 0;
  CrashTrial trial_;
};

}  // namespace

std::vector<CrashPoint> crash_points_of(const scenario::Scenario& scenario,
                                        const WorldOptions& options) {
  Effects effects;
  static_cast<void>(scenario::run_in(scenario, options, &effects));
  return effects.take();
}

CrashTrial try_crash_points(const scenario::Scenario& scenario, const WorldOptions& options,
                            std::span<const CrashPoint> points, const CrashLimits& limits,
                            const std::function<void(const CrashPoint&)>& about_to) {
  Crasher crasher{points, limits, about_to};
  static_cast<void>(scenario::run_in(scenario, options, nullptr, &crasher));
  return crasher.take();
}

}  // namespace snowflk::sim::search
