// One sentence for each event, without its subject: "votes for n2 in term 3".
#pragma once

#include <span>
#include <string>

#include "sim/record.hpp"

namespace snowflk::sim::story {

/// Of what happened to a node or to the world; empty: not worth a line.
std::string phrase(const Happening& happening);

/// Of what a node did; empty: not worth a line. `step`: all events of the same step, since some say
/// more than others.
std::string phrase(const node::Event& event, NodeId self, std::span<const node::Event> step);

/// "SET x 1", of a client's command; values are cut short.
std::string phrase_command(const History& history, const Operation& operation);
/// "OK", "\"1\"", "nil", as redis-cli prints it.
std::string phrase_reply(std::string_view resp);

}  // namespace snowflk::sim::story
