// What the node says of itself, as lines of the server's log.
#pragma once

#include <span>

#include "core/node/events.hpp"

namespace snowflk::real {

/// Elections and the like are told at `info`, rot and refusals at `error`, the rest at `debug`.
void log_events(std::span<const node::Event> events);

}  // namespace snowflk::real
