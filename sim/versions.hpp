// Versions of nodes, at the border between a node and its world.
//
// A version is how many minors of the wire format a node is ahead of ours (0: it is ours). All
// nodes run one core, which knows no version but its own and has no switch for others: what leaves
// a node gets its minor on the way out, and what reaches a node is shown as far from its own as it
// is. So a core that is to refuse does refuse, and one that is to understand does understand.
//
// A newer version adds two kinds of frames, which no older one knows; whoever knows them does
// nothing about them. What an older version lacks of ours is not simulated: it differs by its
// number alone.
#pragma once

#include <vector>

#include "core/trace/codec.hpp"
#include "core/wire/frame.hpp"

namespace snowflk::sim {

/// How far from ours a node of a world may be, either way.
inline constexpr i64 kVersionsAway = 2;
static_assert(wire::kFrameMinor >= kVersionsAway, "there is no minor below 0");

inline constexpr std::size_t kMinorOffset = 6;  // in a frame

/// "Two versions that differ by one can talk."
constexpr bool understand(i64 one, i64 other) { return one - other <= 1 && other - one <= 1; }

/// How far the minor of the frame is ahead of ours. As a node reads it: how far whoever sent it is
/// ahead of whoever reads it. 0 of what has no header.
inline i64 minor_ahead(Bytes frame) {
  if (frame.size() < wire::kFrameHeaderBytes) return 0;
  return i64{trace::loaded<u16>(frame.data() + kMinorOffset)} - i64{wire::kFrameMinor};
}

/// The minor becomes higher by so much. A checksum that was right is right for what is there now,
/// and one that was wrong is as wrong as it was: what a bit had turned in does not mend by it.
void shift_minor(MutableBytes frame, i64 by);

/// The version that brought the kind of this frame; 0: ours knows it, or it is no kind of a newer
/// one. Of the header alone, unjudged.
i64 version_of_kind(Bytes frame);

/// Appends a frame of a kind that came with `version`, such as a node of that version sends: all is
/// right with it. An odd `number`: of the one kind, even: of the other.
/// REQUIRES: 0 < version <= kVersionsAway.
void append_news(wire::Sender sender, i64 version, u64 number, std::vector<std::byte>& out);

/// Of the frames of an incarnation that is ahead of ours, the first is preceded by such news, and
/// then each of so many: a prime, so that each peer of nine gets its share.
inline constexpr u64 kFramesPerNews = 11;

}  // namespace snowflk::sim
