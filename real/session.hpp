// What a client's connection has been told and has said of itself, and what all of them add up to.
//
// Plain records: clients.hpp keeps them, connection commands read and change them, INFO shows them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/types.hpp"
#include "core/wire/resp_reply.hpp"

namespace snowflk::real {

/// CLIENT REPLY.
enum class ReplyMode : u8 {
  on,
  off,
  skip_next,  // the next request is not answered, then `on` again
};

struct Session {
  u64 id = 0;
  std::string address;        // of the client
  std::string local_address;  // where it connected to
  int fd = -1;
  Instant since;
  Instant asked;                   // when its last request came
  std::string_view last = "NULL";  // the name of its last command; a literal of the command table

  wire::Protocol protocol = wire::Protocol::resp2;
  ReplyMode replies = ReplyMode::on;
  std::string name;
  std::string library_name;
  std::string library_version;
  bool no_evict = false;
  bool no_touch = false;
};

/// All sessions, by their id. A session stays where it is while its connection lasts.
using Sessions = std::map<u64, Session>;

/// Since the start, or since CONFIG RESETSTAT.
struct Counters {
  u64 connections = 0;
  u64 connections_rejected = 0;
  u64 connections_cut = 0;  // slow, idle, or broken off by the node
  u64 commands = 0;
  u64 errors = 0;
  u64 input_bytes = 0;
  u64 output_bytes = 0;
  u64 keyspace_hits = 0;  // reads of one value that was there
  u64 keyspace_misses = 0;
  u64 commands_per_second = 0;  // over the last second or so
};

}  // namespace snowflk::real
