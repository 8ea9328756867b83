// Rules whose breach breaks no promise of Raft, and costs time alone: elections that nobody needed,
// elections that come late, commands that wait. A run that breaks one converges all the same, so it
// is looked for where it happens.
#pragma once

#include <array>

#include "core/raft/quorum.hpp"
#include "sim/check/step_view.hpp"

namespace snowflk::sim {

/// One value a node, in place: looked at in every step, copied with every world.
template <class T>
using OfNodes = std::array<T, raft::kVotersMax>;

/// Thesis §9.6: who finds no leader asks first, and changes no term by that. Who is asked promises
/// nothing while it leads, and its own election is not put off by a promise.
class PreVoteRules {
 public:
  Finding observe(const StepView& view);

 private:
  struct Of {
    Term asked;                 // of the newest pre-vote that it has started
    Instant deadline = kNever;  // Raft's, after the step before
  };
  Finding promised(const StepView& view, const Of& before) const;

  OfNodes<Of> nodes_{};
};

/// "matchIndex[]: index of highest log entry known to be replicated on server (... increases
/// monotonically)" (Figure 2), as long as a leadership lasts.
class MatchIndexRises {
 public:
  Finding observe(const StepView& view);

 private:
  struct Leadership {
    Term term;
    OfNodes<LogIndex> match{};
  };
  OfNodes<Leadership> leaderships_{};
};

/// A leader whose disk has no room for entries gives way to those who have.
class LeaderHasRoom {
 public:
  Finding observe(const StepView& view);

 private:
  OfNodes<bool> without_room_{};
};

}  // namespace snowflk::sim
