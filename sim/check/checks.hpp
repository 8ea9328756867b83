// All checks of a run as one value: each step is shown to each, and the first broken promise stays.
//
// While the run goes on, observe() looks at what is new in a step, which costs little. look() and
// finish() look at whole nodes and at the whole history: at fixed points, and when the run is over.
#pragma once

#include <optional>

#include "sim/check/bounded_steps.hpp"
#include "sim/check/committed_log.hpp"
#include "sim/check/contradictions.hpp"
#include "sim/check/election_patience.hpp"
#include "sim/check/election_safety.hpp"
#include "sim/check/figure2_rules.hpp"
#include "sim/check/leader_append_only.hpp"
#include "sim/check/leader_completeness.hpp"
#include "sim/check/log_matching.hpp"
#include "sim/check/lost_time.hpp"
#include "sim/check/promises_kept.hpp"
#include "sim/check/refinement.hpp"
#include "sim/check/spinning_node.hpp"
#include "sim/check/state_digest.hpp"
#include "sim/check/state_machine_safety.hpp"
#include "sim/check/undisturbed_leader.hpp"
#include "sim/options.hpp"

namespace snowflk::sim {

class World;

class Checks {
 public:
  explicit Checks(const WorldOptions& options);

  /// After each step of a node.
  void observe(const StepView& view);
  /// At fixed points: each node's keys and values against the reference model; who refuses, and
  /// whether it may.
  void look(const World& world);
  /// At the end, also when something else has failed: look(), and the clients' history by both
  /// judges, with the log as witness and without.
  void finish(const World& world);

  /// The first that was found.
  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }
  [[nodiscard]] const CommittedLog& committed_log() const { return committed_log_; }
  /// The search without a witness was ended by its bound. No violation, but no verdict either.
  [[nodiscard]] bool search_was_cut() const { return search_was_cut_; }

 private:
  void keep(Finding finding);
  void observe_events(const StepView& view);
  Finding compare_keydirs(const World& world) const;

  ElectionSafety election_safety_;
  LeaderAppendOnly leader_append_only_;
  LogMatching log_matching_;
  LeaderCompleteness leader_completeness_;
  StateMachineSafety state_machine_safety_;
  StateDigest state_digest_;
  ElectionRestriction election_restriction_;
  CommitRestriction commit_restriction_;
  WholeTermsSkipped whole_terms_skipped_;
  VoteOnce vote_once_;
  AcknowledgedEntries acknowledged_entries_;
  Contradictions contradictions_;
  SpinningNode spinning_node_;
  BoundedSteps bounded_steps_;
  ElectionPatience election_patience_;
  UndisturbedLeader undisturbed_leader_;
  PreVoteRules pre_vote_rules_;
  MatchIndexRises match_index_rises_;
  LeaderHasRoom leader_has_room_;
  Refinement refinement_;
  CommittedLog committed_log_;
  u64 starting_entries_ = 0;
  bool search_was_cut_ = false;
  std::optional<Violation> violation_;
};

}  // namespace snowflk::sim
