// The one table that tells torn from rotten. Recovery decides by it, and `snowflk inspect` prints
// it.
//
// A piece of a segment is a batch, or a hole where one should be. What is seen of it (its head
// units, its body) and what the rest of the log proves of it (its standing) choose exactly one row.
#pragma once

#include <span>
#include <string_view>

#include "core/base/types.hpp"

namespace snowflk::bitcask {

/// What the rest of the log proves.
enum class Standing : u8 {
  dead,         // beyond what a later incarnation kept, or after a batch that is dropped
  witnessed,    // a later batch, or a later incarnation, says that it was durable
  unwitnessed,  // nothing says so: perhaps its sync never ended
};
enum class HeadState : u8 {
  both,     // header and trailer are good
  one,      // one of them
  blank,    // neither, and where the header should be all is zero
  garbage,  // neither, and something else is there
};
enum class PieceBody : u8 {
  intact,
  unwritten,  // every unit that is wrong is still zero
  rotten,     // some unit is neither what was written nor zero, or the tables contradict themselves
  empty,      // without a head: all is zero to the next batch, or to the end
  unknown,    // without a head: something is there
};
enum class Verdict : u8 {
  ok,      // counts
  end,     // nothing was ever written here
  torn,    // cut off before it was durable: left out
  rotten,  // was durable and is damaged, or cannot be told from that: never dropped
  dead,    // does not count, whatever it holds
};

constexpr std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::dead: return "dead";
    case Standing::witnessed: return "witnessed";
    case Standing::unwitnessed: return "unwitnessed";
  }
  return "?";
}
constexpr std::string_view name_of(HeadState head) {
  switch (head) {
    case HeadState::both: return "both";
    case HeadState::one: return "one";
    case HeadState::blank: return "blank";
    case HeadState::garbage: return "garbage";
  }
  return "?";
}
constexpr std::string_view name_of(PieceBody body) {
  switch (body) {
    case PieceBody::intact: return "intact";
    case PieceBody::unwritten: return "unwritten";
    case PieceBody::rotten: return "rotten";
    case PieceBody::empty: return "empty";
    case PieceBody::unknown: return "unknown";
  }
  return "?";
}
constexpr std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok: return "ok";
    case Verdict::end: return "end";
    case Verdict::torn: return "torn";
    case Verdict::rotten: return "rotten";
    case Verdict::dead: return "dead";
  }
  return "?";
}

struct Classification {
  Verdict verdict = Verdict::rotten;
  std::string_view rule;  // the row's name
};

/// A head that is there has a body that is judged; a head that is not has none.
[[nodiscard]] constexpr bool can_be(HeadState head, PieceBody body) {
  const bool headless = head == HeadState::blank || head == HeadState::garbage;
  if (headless) {
    return body == PieceBody::unknown || (body == PieceBody::empty && head == HeadState::blank);
  }
  return body != PieceBody::empty && body != PieceBody::unknown;
}

/// REQUIRES: can_be(head, body).
Classification classify(Standing standing, HeadState head, PieceBody body);

namespace rules {
/// Of one piece: a batch that a later one witnesses is not there.
inline constexpr std::string_view kWitnessedLost = "witnessed-but-lost";
// Of the whole log, not of one piece: what it is called, when it is broken.
inline constexpr std::string_view kSegmentMissing = "listed-segment-missing";
inline constexpr std::string_view kSegmentSize = "segment-has-another-size";
inline constexpr std::string_view kSegmentHeader = "segment-header-lost";
inline constexpr std::string_view kUnlisted = "unlisted-segment-holds-bytes";
inline constexpr std::string_view kManifest = "manifest-lost";
inline constexpr std::string_view kSequence = "batch-out-of-sequence";
inline constexpr std::string_view kChain = "chain-broken";
inline constexpr std::string_view kKeptMissing = "kept-batch-missing";
inline constexpr std::string_view kGap = "gap-in-the-log";
inline constexpr std::string_view kCommitFloor = "committed-entry-missing";
inline constexpr std::string_view kTwoVotes = "two-votes-in-a-term";
inline constexpr std::string_view kReadBack = "read-back-differs";
}  // namespace rules

}  // namespace snowflk::bitcask
