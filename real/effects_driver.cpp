#include "real/effects_driver.hpp"

namespace snowflk::real {

void EffectsDriver::record(std::span<const node::Event> events) {
  log_events(events);
  for (const auto& event : events) {
    const auto* own = std::get_if<node::NodeEvent>(&event);
    const auto* rejected = own != nullptr ? std::get_if<node::FrameRejected>(own) : nullptr;
    if (rejected == nullptr) continue;
    // A stream that carried one wrong frame carries no right one.
    links.refuse(rejected->from,
                 "it sent a wrong frame (" + std::string{name_of(rejected->fault)} + ")");
  }
}

}  // namespace snowflk::real
