// Entries and logs as a reader of the paper draws them: what an entry holds, and a log as a row of
// terms.
#pragma once

#include <string>

#include "core/node/node.hpp"

namespace snowflk::sim::story {

/// "1 1 1 4 4 5"; in a long row, a term with its count: "1x200 2x31". "empty" of an empty log.
std::string log_row(const raft::Log& log);
/// "log 1 1 4 | commit 2".
std::string log_line(const raft::Raft& raft);

/// "no-op", "SET x \"1\""; "command" where its payload is not in memory any more.
/// REQUIRES: the node takes part and has the entry.
std::string phrase_entry(const node::Node& node, LogIndex index);
/// "entry 3: SET x \"1\"", "entries 3 to 9: no-op, SET x \"1\" … SET y \"2\"". REQUIRES: as above.
std::string phrase_entries(const node::Node& node, LogIndex first, LogIndex last);

}  // namespace snowflk::sim::story
