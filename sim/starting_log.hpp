// The directory of a node that has a past: a log, a term and a vote, as its own store would have
// left them.
#pragma once

#include "sim/disk.hpp"
#include "sim/options.hpp"

namespace snowflk::sim {

/// Puts the files on `disk`, durable. Entry i is a SET of "x" to i. REQUIRES: !invalid(options).
void put_files(NodeId node, const StartingLog& start, const WorldOptions& options, Disk& disk);

}  // namespace snowflk::sim
