// A run that can be looked at from anywhere: copies of its world on the way, and from the nearest
// one the few events that are missing.
//
// A copy shares what neither changes, so it costs little; there are so many that going to any event
// takes no more than a moment, and not more of them however long the run is. Where a script has
// changed the world by hand there is a copy too: between two copies the world's own steps alone
// lead from one to the next.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "sim/scenario/run.hpp"

namespace snowflk::sim::timeline {

/// The world after an event, and the event.
struct Moment {
  World world;
  std::string line;  // as a trace has it
};

class Timeline final : public scenario::Watcher {
 public:
  /// Of those that are made as time goes by; when there are more, every second one is dropped.
  static constexpr std::size_t kCopiesMax = 256;
  static constexpr u64 kEventsPerCopyMin = 512;

  void event(const World& world, const StepRecord& record) override;
  void say(const World&, std::string_view) override {}
  void touched(const World& world) override;

  /// How many events there were: they are numbered 1 to this.
  [[nodiscard]] u64 events() const { return digests_.size(); }
  [[nodiscard]] std::size_t copies() const { return copies_.size(); }
  /// The last event that was not after `at`; 0: all were.
  [[nodiscard]] u64 event_at(VirtualTime at) const;
  /// Why not, in a sentence: the way there is not the one that was gone.
  /// REQUIRES: 1 <= event <= events().
  [[nodiscard]] std::expected<Moment, std::string> at(u64 event) const;

 private:
  struct Copy {
    u64 event = 0;  // after which
    bool by_hand = false;
    World world;
  };
  void thin_out();

  std::vector<Copy> copies_;
  std::size_t made_in_time_ = 0;  // of them, not by hand
  u64 events_per_copy_ = kEventsPerCopyMin;
  std::vector<Digest> digests_;     // after each event
  std::vector<VirtualTime> times_;  // of each
  std::string first_line_;
};

}  // namespace snowflk::sim::timeline
