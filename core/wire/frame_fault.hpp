// Why a frame of a peer was refused at the gate.
#pragma once

#include <string_view>

#include "core/base/types.hpp"

namespace snowflk::wire {

enum class FrameFault : u8 {
  too_short,  // fewer bytes than the header and the length in it promise
  too_long,   // more bytes than that, or a length above the limit
  magic,      // no frame of ours
  version,    // of a version that differs from ours by more than one
  cluster,    // of another cluster
  kind,       // of no kind that this version knows
  checksum,   // the CRC does not match
  body,       // fields that say something impossible
  sender,     // from nobody
};
constexpr std::string_view name_of(FrameFault fault) {
  switch (fault) {
    case FrameFault::too_short: return "too_short";
    case FrameFault::too_long: return "too_long";
    case FrameFault::magic: return "magic";
    case FrameFault::version: return "version";
    case FrameFault::cluster: return "cluster";
    case FrameFault::kind: return "kind";
    case FrameFault::checksum: return "checksum";
    case FrameFault::body: return "body";
    case FrameFault::sender: return "sender";
  }
  return "?";
}

/// Whether a stream that carried such a frame is to be closed. A version that is one ahead may send
/// kinds that ours does not know: such a frame is whole, the next one begins behind it, and it is
/// passed over. Whoever sends any other wrong frame is not to be trusted with a right one, or it
/// cannot be known where the next one begins.
constexpr bool ends_stream(FrameFault fault) { return fault != FrameFault::kind; }

}  // namespace snowflk::wire
