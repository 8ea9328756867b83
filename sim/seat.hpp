// A node's place in the world: the node that runs there, or last did, with its disk and its clock.
#pragma once

#include <vector>

#include "core/node/node.hpp"
#include "sim/clock.hpp"
#include "sim/disk.hpp"
#include "sim/fault_words.hpp"
#include "sim/schedule.hpp"

namespace snowflk::sim {

struct Seat {
  NodeId id;
  node::Node node;  // of this incarnation; when it is over, as it last was
  Clock clock;
  Disk disk;
  Prng entropy;
  u32 starts = 0;        // how often a node was started here: names the incarnation
  i64 version = 0;       // of the incarnation (sim/versions.hpp)
  i64 next_version = 0;  // of the next one
  u64 frames_sent = 0;   // by an incarnation that is ahead of ours
  bool running = false;
  bool paused = false;
  bool given_up = false;     // its directory is refused: a restart does not help
  bool mended = false;       // what it may have been refused for is no more: it is started again
  bool has_started = false;  // once: from then on an empty directory is a loss
  LastingFault lasting = LastingFault::none;
  bool disk_full = false;
  bool clients_cut = false;
  bool timers_held = false;             // by a script
  Instant deadline = kNever;            // what the node asked for
  EventId deadline_cause;               // in which step
  VirtualTime wake_at = kEndOfTime;     // when the one wake that counts is due
  u64 wake_number = 0;                  // which that is
  std::vector<Pending> backlog;         // what came while it was paused, in order
  std::vector<Pending> client_backlog;  // what waits for its clients to reach it, or it them
};

}  // namespace snowflk::sim
