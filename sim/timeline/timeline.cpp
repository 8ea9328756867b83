#include "sim/timeline/timeline.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/trace_file/trace_file.hpp"

namespace snowflk::sim::timeline {

void Timeline::event(const World& world, const StepRecord& record) {
  digests_.push_back(world.digest());
  times_.push_back(record.at);
  SNOWFLK_ASSERT(record.event.value == events());
  if (events() == 1) trace_file::append_event(first_line_, record, world.digest());
  if (events() != 1 && events() % events_per_copy_ != 0) return;
  copies_.push_back(Copy{.event = events(), .by_hand = false, .world = world});
  made_in_time_ += 1;
  if (made_in_time_ > kCopiesMax) thin_out();
}

void Timeline::touched(const World& world) {
  if (events() == 0) return;  // The first event is there as it was.
  copies_.push_back(Copy{.event = events(), .by_hand = true, .world = world});
}

void Timeline::thin_out() {
  events_per_copy_ *= 2;
  const auto dropped = std::erase_if(copies_, [&](const Copy& copy) {
    return !copy.by_hand && copy.event != 1 && copy.event % events_per_copy_ != 0;
  });
  made_in_time_ -= dropped;
}

u64 Timeline::event_at(VirtualTime at) const {
  return static_cast<u64>(std::ranges::upper_bound(times_, at) - times_.begin());
}

std::expected<Moment, std::string> Timeline::at(u64 event) const {
  SNOWFLK_ASSERT(event >= 1);
  SNOWFLK_ASSERT(event <= events());
  if (event == 1) return Moment{.world = copies_.front().world, .line = first_line_};
  // The last copy before it: what a script did there is in it, and the event itself is still to be.
  const auto after =
      std::ranges::partition_point(copies_, [&](const Copy& copy) { return copy.event < event; });
  SNOWFLK_ASSERT(after != copies_.begin());
  Moment moment{.world = std::prev(after)->world, .line = {}};
  for (u64 next = std::prev(after)->event + 1; next <= event; ++next) {
    const auto record = moment.world.step();
    if (!record || moment.world.digest() != digests_[next - 1]) {
      return std::unexpected(
          fmt::format("event {} is not what it was when the run came by: the run is not "
                      "deterministic (snowflk sim bisect says more)",
                      next));
    }
    if (next == event) trace_file::append_event(moment.line, *record, moment.world.digest());
  }
  return moment;
}

}  // namespace snowflk::sim::timeline
