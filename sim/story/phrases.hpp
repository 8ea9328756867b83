// One sentence for each event, without its subject: "votes for n2 in term 3".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/record.hpp"
#include "sim/story/actor.hpp"

namespace snowflk::sim::story {

/// Of what happened to a node or to the world; empty: not worth a line.
std::string phrase(const Happening& happening);

/// Of what a node did; empty: not worth a line. `step`: all events of the same step, since some say
/// more than others.
/// `actor`: as it is after the step.
std::string phrase(const node::Event& event, const Actor& actor, std::span<const node::Event> step);

/// "SET x 1", of a client's command; values are cut short.
std::string phrase_command(const History& history, const Operation& operation);
/// A key or a value as it stands in a line: as it is if it is plain, else quoted; cut short.
void append_value(std::string& text, std::string_view value);
/// Text of a scenario for a terminal: in lines of at most 100 columns, each with its end, and
/// without a control byte.
std::string wrapped(std::string_view text);
/// The same for one line, as long as it is.
std::string printable(std::string_view text);
/// "OK", "\"1\"", "nil", as redis-cli prints it.
std::string phrase_reply(std::string_view resp);

}  // namespace snowflk::sim::story
