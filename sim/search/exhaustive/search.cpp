#include "sim/search/exhaustive/search.hpp"

#include <algorithm>
#include <array>

#include "core/base/assert.hpp"
#include "sim/search/exhaustive/canonical.hpp"
#include "sim/search/exhaustive/stepper.hpp"

namespace snowflk::sim::exhaustive {
namespace {

/// Where a state came from, in a word: the number of that state, and the action.
constexpr u32 kActionBits = 21;
constexpr u64 kFirst =
    (1ULL << (64 - kActionBits)) - 1;  // from none; the action: which first world
constexpr u64 origin(u64 number, u32 action) { return number << kActionBits | action; }
constexpr u64 number_of(u64 origin) { return origin >> kActionBits; }
constexpr u32 action_of(u64 origin) {
  return static_cast<u32>(origin & ((1ULL << kActionBits) - 1));
}

}  // namespace

/// What came of the states of a piece, in their order.
struct Search::Piece {
  struct Found {
    Fingerprint print;
    u64 origin = 0;
    u32 end = 0;  // of its bytes
    bool fresh = false;
  };
  std::vector<u8> bytes;
  std::vector<Found> found;
  std::array<std::vector<u32>, Fingerprints::kShards> by_shard;
  u64 transitions = 0;
  u64 no_room = 0;
  u64 under_way = 0;  // the origin of what is being done
  bool broken = false;
  std::string assertion;
};

u64 Progress::bytes() const {
  return seen.bytes() + layer.bytes() + next.bytes() + origins.capacity() * sizeof(u64);
}

std::vector<Lost> one_after_the_other(u32 pieces, const std::function<void(u32 piece)>& work) {
  for (u32 piece = 0; piece < pieces; ++piece) work(piece);
  return {};
}

Search::Search(const Bounds& bounds) {
  at_.bounds = bounds;
  Canonical canonical{bounds};
  u32 first = 0;
  for (const SmallWorld& world : first_worlds(bounds)) {
    canonical.encode(world);
    if (at_.seen.insert(fingerprint_of(canonical.bytes()))) {
      at_.layer.push(canonical.bytes());
      at_.origins.push_back(origin(kFirst, first));
    }
    first += 1;
  }
}

Outcome Search::run(const Limits& limits, const Workers& workers,
                    const std::function<bool(const Progress&)>& watch) {
  while (true) {
    if (at_.layer.empty()) {
      if (at_.next.empty()) return at_.no_room > 0 ? Outcome::incomplete : Outcome::complete;
      std::swap(at_.layer, at_.next);
      at_.depth += 1;
    }
    if (const auto outcome = spent(limits)) return *outcome;
    go_on_from(at_.layer.pop(), workers);
    if (finding_) return Outcome::broken;
    if (!watch(at_)) return Outcome::stopped;
  }
}

std::optional<Outcome> Search::spent(const Limits& limits) const {
  if (at_.states() >= limits.states) return Outcome::states_spent;
  if (at_.bytes() > limits.memory_bytes) return Outcome::memory_spent;
  return std::nullopt;
}

void Search::go_on_from(const Chunk& chunk, const Workers& workers) {
  const std::vector<std::span<const u8>> states = chunk.states();
  const auto begin_of = [&](u32 piece) { return states.size() * piece / kPieces; };
  std::vector<Piece> pieces(kPieces);
  const std::vector<Lost> lost = workers(kPieces, [&](u32 at) {
    const std::size_t begin = begin_of(at);
    explore(std::span{states}.subspan(begin, begin_of(at + 1) - begin), at_.next_number + begin,
            pieces[at]);
  });
  for (const Lost& each : lost) {
    pieces[each.piece].broken = true;
    pieces[each.piece].assertion = each.assertion;
  }
  const auto broken = std::ranges::find_if(pieces, &Piece::broken);
  if (broken != pieces.end()) {
    finding_ = way_to(*broken);
    return;
  }
  look_up(pieces, workers);
  collect(pieces);
  at_.next_number += states.size();
}

void Search::explore(std::span<const std::span<const u8>> states, u64 first_number,
                     Piece& piece) const {
  Stepper stepper{at_.bounds};
  Canonical canonical{at_.bounds};
  SmallWorld before;
  std::vector<Action> actions;
  for (std::size_t i = 0; i < states.size(); ++i) {
    canonical.decode(states[i], before);
    actions_of(before, at_.bounds, actions);
    for (const Action& action : actions) {
      piece.under_way = origin(first_number + i, action.packed());
      SmallWorld world = before;
      const StepResult result = stepper.apply(world, action);
      if (result == StepResult::nothing) continue;
      if (result == StepResult::broken) {
        piece.broken = true;
        return;
      }
      if (result == StepResult::no_room) {
        piece.no_room += 1;
        continue;
      }
      piece.transitions += 1;
      canonical.encode(world);
      const Fingerprint print = fingerprint_of(canonical.bytes());
      if (at_.seen.contains(print)) continue;
      piece.bytes.insert(piece.bytes.end(), canonical.bytes().begin(), canonical.bytes().end());
      piece.by_shard[Fingerprints::shard_of(print)].push_back(static_cast<u32>(piece.found.size()));
      piece.found.push_back(
          {.print = print, .origin = piece.under_way, .end = static_cast<u32>(piece.bytes.size())});
    }
  }
}

/// Marks what is found for the first time, in the order of the pieces.
void Search::look_up(std::vector<Piece>& pieces, const Workers& workers) {
  workers(Fingerprints::kShards, [&](u32 shard) {
    for (Piece& piece : pieces) {
      for (const u32 at : piece.by_shard[shard]) {
        piece.found[at].fresh = at_.seen.insert(piece.found[at].print);
      }
    }
  });
}

void Search::collect(const std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces) {
    at_.transitions += piece.transitions;
    at_.no_room += piece.no_room;
    u32 begin = 0;
    for (const Piece::Found& found : piece.found) {
      if (found.fresh) {
        at_.next.push(std::span{piece.bytes}.subspan(begin, found.end - begin));
        at_.origins.push_back(found.origin);
      }
      begin = found.end;
    }
  }
}

Finding Search::way_to(const Piece& piece) const {
  Finding finding;
  finding.assertion = piece.assertion;
  u64 step = piece.under_way;
  while (number_of(step) != kFirst) {
    finding.actions.push_back(Action::unpacked(action_of(step)));
    step = at_.origins[number_of(step)];
  }
  finding.first = action_of(step);
  std::ranges::reverse(finding.actions);
  return finding;
}

}  // namespace snowflk::sim::exhaustive
