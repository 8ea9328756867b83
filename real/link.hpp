// The connection to one peer: its handshake, its silence, what it may still be sent.
//
// A record; links.hpp decides. Two lanes lead out: what is short and urgent goes ahead of what is
// long, so that a vote or an acknowledgment never waits behind megabytes of entries.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "core/base/types.hpp"
#include "real/stream.hpp"

namespace snowflk::real {

enum class LinkState : u8 {
  connecting,  // dialled, not yet answered by the kernel of the other end
  greeting,    // the other end has not yet said who it is
  up,          // both said hello: frames may pass
};

struct Link {
  Link(u64 known_as, Stream through, Instant now)
      : number(known_as), stream(std::move(through)), heard(now), pinged(now) {}

  /// Has `frame` sent, after those that were given here before.
  void send_in_order(Bytes frame);
  /// Has `frame` sent before whatever of send_in_order() is not yet on its way.
  void send_ahead(Bytes frame) { stream.output.append(frame); }
  /// Sends what the other end takes.
  Stream::Health flush();
  /// Bytes that wait.
  [[nodiscard]] u64 waiting() const { return stream.output.size() + later_bytes; }

  u64 number;
  Stream stream;
  std::deque<std::vector<std::byte>> later;  // frames, in order; none while `stream` has room
  u64 later_bytes = 0;
  LinkState state = LinkState::greeting;
  NodeId peer;  // dialled: known; accepted: nobody until its hello
  bool dialled = false;
  u64 epoch = 0;                // under which the core knows it; 0: it does not
  Instant heard;                // when bytes last came
  Instant pinged;               // when it was last asked whether anybody is there
  bool refused_frames = false;  // some were dropped for want of room
  bool passed_over = false;     // a frame of it, of a kind that ours does not know
  std::string ending;           // why it is to be closed at the end of the turn; empty: it is not
};

}  // namespace snowflk::real
