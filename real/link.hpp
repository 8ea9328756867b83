// The connection to one peer: its handshake, its silence, what it may still be sent.
//
// A plain record; links.hpp decides.
#pragma once

#include <string>

#include "core/base/types.hpp"
#include "real/stream.hpp"

namespace snowflk::real {

enum class LinkState : u8 {
  connecting,  // dialled, not yet answered by the kernel of the other end
  greeting,    // the other end has not yet said who it is
  up,          // both said hello: frames may pass
};

struct Link {
  Link(u64 number_, Stream stream_, Instant now)
      : number(number_), stream(std::move(stream_)), heard(now), pinged(now) {}

  u64 number;
  Stream stream;
  LinkState state = LinkState::greeting;
  NodeId peer;  // dialled: known; accepted: nobody until its hello
  bool dialled = false;
  u64 epoch = 0;                // under which the core knows it; 0: it does not
  Instant heard;                // when bytes last came
  Instant pinged;               // when it was last asked whether anybody is there
  bool refused_frames = false;  // some were dropped for want of room
  std::string ending;           // why it is to be closed at the end of the turn; empty: it is not
};

}  // namespace snowflk::real
