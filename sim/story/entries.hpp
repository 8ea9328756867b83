// Entries and logs as a reader of the paper draws them: what an entry holds, and a log as a row of
// terms.
#pragma once

#include <string>

#include "sim/story/actor.hpp"

namespace snowflk::sim::story {

/// "1 1 1 4 4 5"; in a long row, a term with its count: "1x200 2x31". "empty" of an empty log.
std::string log_row(const raft::Log& log);
/// "log 1 1 4 | commit 2".
std::string log_line(const raft::Raft& raft);

/// "term 4" if all these entries have it, else "terms 4 5 5 6". REQUIRES: they are in the log.
std::string phrase_terms(const raft::Log& log, LogIndex first, LogIndex last);

/// "no-op", "SET x \"1\"", wherever its payload is; "command" if it cannot be read there.
/// REQUIRES: the actor is a node that takes part and has the entry.
std::string phrase_entry(const Actor& actor, LogIndex index);
/// "entry 3: SET x \"1\"", "entries 3 to 9: no-op, SET x \"1\" … SET y \"2\"". REQUIRES: as above.
std::string phrase_entries(const Actor& actor, LogIndex first, LogIndex last);

}  // namespace snowflk::sim::story
