// What there is to see of a world at one moment: nodes, links, what is under way, disks, clocks,
// clients. Gathered once, shown as text or as JSON.
#pragma once

#include <string>
#include <vector>

#include "core/trace/json.hpp"
#include "sim/world.hpp"

namespace snowflk::sim::timeline {

struct NodeScene {
  NodeId node;
  std::string_view standing;  // "leader", "down"
  u32 starts = 0;
  i64 version = 0;  // so many minors ahead of ours
  Term term;
  NodeId vote;
  NodeId leader;  // as it knows
  LogIndex log_first;
  LogIndex log_last;
  Term last_term;
  LogIndex commit;
  LogIndex applied;
  LogIndex durable;
  std::string_view refuses;  // why; empty: it does not
  // Its clock.
  Instant clock;
  Instant deadline;
  i64 drift_ppm = 0;
  Duration wall_offset;
  // Its disk.
  u64 files = 0;
  u64 disk_bytes = 0;
  u64 waiting_log = 0;  // operations that are not done, of a lane
  u64 waiting_background = 0;
  std::string disk_faults;  // "full, 2 blemishes"; empty: none
};

struct LinkScene {
  NodeId from;
  NodeId to;
  std::string_view state;
  u64 held = 0;
};

/// A message, a request or a reply on its way, or held.
struct UnderWay {
  VirtualTime due;   // kEndOfTime: when a script, or a jam, lets it
  std::string what;  // "append_entries n1 -> n2"
  EventId cause;
};

struct ClientScene {
  u64 client = 0;
  std::string asks;  // "SET k1 v7"
  Instant since;
};

struct Scene {
  u64 event = 0;
  VirtualTime at;
  bool healed = false;
  std::vector<NodeScene> nodes;
  std::vector<LinkScene> links;  // that are not open
  std::vector<UnderWay> under_way;
  std::vector<ClientScene> clients;  // that wait for an answer
  u64 answered = 0;
  Digest digest;
  Digest state;
};

/// Borrows from `world`.
Scene scene_of(const World& world);

std::string print(const Scene& scene);
void append_json(trace::JsonWriter& json, const Scene& scene);

}  // namespace snowflk::sim::timeline
