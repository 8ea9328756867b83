// Which marks of the core a run has come to (SNOWFLK_MAYBE), and which way each of them went.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "core/base/maybe.hpp"
#include "core/base/types.hpp"

namespace snowflk::sim::scenario {

/// All marks of this program, in the order in which they are stored; each by its place in it.
std::span<const Mark> all_marks();

/// A mark's ways, as bits.
inline constexpr u8 kWentFalse = 1;
inline constexpr u8 kWentTrue = 2;
/// In the order in which they are told.
inline constexpr std::array kWaysOfMark{kWentTrue, kWentFalse};

/// Which ways each mark went. An element a mark.
using MarkWays = std::vector<u8>;

/// Notes all marks that are come to, for the lifetime of this object. One at a time.
class MarkNotes {
 public:
  MarkNotes();
  MarkNotes(const MarkNotes&) = delete;
  MarkNotes& operator=(const MarkNotes&) = delete;
  ~MarkNotes();
  [[nodiscard]] const MarkWays& ways() const { return ways_; }

 private:
  MarkWays ways_;
};

/// "core/raft/raft.cpp:80 never holds: now >= heartbeat_deadline_", a line a way that no mark went.
std::vector<std::string> ways_never_gone(const MarkWays& ways);

}  // namespace snowflk::sim::scenario
