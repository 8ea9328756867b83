#include "real/effects_driver.hpp"

namespace snowflk::real {

void EffectsDriver::record(std::span<const node::Event> events) {
  log_events(events);
  const Overloaded mind{
      [&](const node::FrameRejected& e) { links.refuse_frame(e.from, e.fault); },
      // Who breaks the rules, or has lost what it promised.
      [&](const raft::MessageRefused& e) {
        links.refuse(e.from,
                     "what it says cannot be (" + std::string{name_of(e.contradiction)} + ")");
      },
      [](const auto&) {},
  };
  for (const node::Event& event : events) {
    std::visit([&](const auto& of_module) { std::visit(mind, of_module); }, event);
  }
}

}  // namespace snowflk::real
