// What Raft wants done after a call: messages to send, entries to keep, reads that may go on.
//
// Reused from call to call: whoever owns it clears it.
#pragma once

#include <vector>

#include "core/raft/events.hpp"
#include "core/raft/messages.hpp"

namespace snowflk::raft {

/// Whether a message speaks for stored state and waits until all that was to be stored before it is
/// durable, or may leave at once.
enum class Gate : u8 { durable, open };

/// `to` may be the node itself: a leader follows itself, a candidate votes for itself, and both
/// hear of it when it is durable. Of an AppendEntries, the entries are those of the log now.
struct Outgoing {
  NodeId to;
  Gate gate = Gate::durable;
  Message message;
};

/// `read` may be answered from any state at or after `index`; !confirmed: ask again.
struct ReadOutcome {
  ReadId read;
  LogIndex index;
  bool confirmed = false;
};

/// Entries of the AppendEntries that was given, which the log took: the payloads to keep.
struct Stored {
  LogIndex first;
  u32 skipped = 0;  // entries of the message before `first`, held already
  u32 count = 0;
};

struct Output {
  std::vector<Outgoing> messages;
  std::vector<ReadOutcome> reads;
  std::vector<Event> events;
  LogIndex truncated_from;  // zero: nothing was. Comes before what is stored.
  Stored stored;            // count zero: nothing was.
  LogIndex no_op;           // zero: none. The index of the no-op that a new leader appended.

  void clear() {
    messages.clear();
    reads.clear();
    events.clear();
    truncated_from = LogIndex{};
    stored = Stored{};
    no_op = LogIndex{};
  }
};

}  // namespace snowflk::raft
