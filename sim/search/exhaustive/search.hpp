// Breadth-first search of all states that a small world can come into: layer by layer, so that what
// is found first is found by a shortest way.
//
// A chunk of the frontier is gone on from in pieces, which others may work on at the same time;
// what they find is put together in the order of the pieces. So numbers, counts and findings do not
// depend on who worked on what.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/search/exhaustive/action.hpp"
#include "sim/search/exhaustive/fingerprints.hpp"
#include "sim/search/exhaustive/frontier.hpp"

namespace snowflk::sim::exhaustive {

/// Everything that a search knows between two chunks: what is kept when it is to be resumed.
struct Progress {
  Bounds bounds;
  u64 depth = 0;        // of the states in `layer`: so many actions from the start
  u64 transitions = 0;  // actions done, those that lead to states seen before among them
  u64 no_room = 0;      // actions for which a link had no room
  u64 next_number = 0;  // of the first state in `layer`
  Fingerprints seen;
  Frontier layer;  // being gone on from
  Frontier next;   // found on the way
  /// By a state's number: which state it was reached from, and by which action.
  std::vector<u64> origins;

  [[nodiscard]] u64 states() const { return origins.size(); }
  [[nodiscard]] u64 bytes() const;
};

struct Limits {
  u64 memory_bytes = ~0ULL;
  u64 states = ~0ULL;
};

enum class Outcome : u8 {
  complete,      // all states were seen, and nothing is broken
  incomplete,    // the same, but for what no link had room for
  broken,        // see finding()
  states_spent,  // Limits::states
  memory_spent,  // Limits::memory_bytes
  stopped,       // by who watches
};

/// A shortest way to something broken.
struct Finding {
  u64 first = 0;                // which of first_worlds() it begins with
  std::vector<Action> actions;  // each names nodes by their places in the state before it
  std::string assertion;  // of the core, that fails in the last action; empty: a property does
};

/// A piece that ended in a failed assertion.
struct Lost {
  u32 piece = 0;
  std::string assertion;
};
/// Calls work(piece) for each piece below `pieces`, at the same time if it likes.
using Workers =
    std::function<std::vector<Lost>(u32 pieces, const std::function<void(u32 piece)>& work)>;
/// One after the other, here. An assertion that fails ends the process.
std::vector<Lost> one_after_the_other(u32 pieces, const std::function<void(u32 piece)>& work);

class Search {
 public:
  static constexpr u32 kPieces = 32;  // of a chunk

  explicit Search(const Bounds& bounds);
  explicit Search(Progress progress) : at_(std::move(progress)) {}

  /// Goes on until something is decided, a limit is reached, or `watch`, called after each chunk,
  /// returns false.
  Outcome run(const Limits& limits, const Workers& workers,
              const std::function<bool(const Progress&)>& watch);
  [[nodiscard]] const Progress& progress() const { return at_; }
  /// REQUIRES: the outcome was `broken`.
  [[nodiscard]] const Finding& finding() const { return *finding_; }

 private:
  struct Piece;
  [[nodiscard]] std::optional<Outcome> spent(const Limits& limits) const;
  void go_on_from(const Chunk& chunk, const Workers& workers);
  void explore(std::span<const std::span<const u8>> states, u64 first_number, Piece& piece) const;
  void look_up(std::vector<Piece>& pieces, const Workers& workers);
  void collect(const std::vector<Piece>& pieces);
  [[nodiscard]] Finding way_to(const Piece& piece) const;

  Progress at_;
  std::optional<Finding> finding_;
};

}  // namespace snowflk::sim::exhaustive
