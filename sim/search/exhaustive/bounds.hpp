// The bounds of a small world: what makes its states finitely many.
#pragma once

#include <optional>
#include <string>

#include "core/base/types.hpp"

namespace snowflk::sim::exhaustive {

// What a state has room for.
inline constexpr u32 kNodesMax = 5;
inline constexpr u32 kTermsMax = 8;
inline constexpr u32 kEntriesMax = 6;
inline constexpr u32 kFaultsMax = 15;  // of a kind
inline constexpr u32 kEntriesPerMessageMax = 4;
/// A log holds the clients' entries and a no-op a term.
inline constexpr u32 kLogMax = kTermsMax + kEntriesMax;
/// So many messages fit on a link. From a state that needs more nobody goes on; the search counts
/// such steps, and is not complete.
inline constexpr u32 kLinkMax = 12;

struct Bounds {
  u8 nodes = 3;
  u32 terms = 2;       // no node stands for election in a later term
  u32 entries = 2;     // clients propose so many, all together
  u32 crashes = 0;     // all nodes together
  u32 drops = 0;       // messages lost, besides those that come to a node that is down
  u32 duplicates = 0;  // messages that come twice
  u32 overtakes = 0;   // messages that come before an earlier one of their link
  u32 heartbeats = 0;  // rounds of them, of all leaders together
  u32 entries_per_message = 1;
  bool old_messages = false;  // also what comes from a term that its receiver has left behind
  bool symmetry = true;       // states that differ by the nodes' names alone are one
  friend bool operator==(const Bounds&, const Bounds&) = default;
};

/// Why there is no such world, in a sentence; nothing if there is.
std::optional<std::string> why_not(const Bounds& bounds);
/// "nodes=3 terms=2 ..."
std::string print(const Bounds& bounds);

}  // namespace snowflk::sim::exhaustive
