#include "sim/check/checks.hpp"

#include <algorithm>

#include "sim/check/judge_history.hpp"
#include "sim/check/keydir_matches_map.hpp"
#include "sim/check/log_replay.hpp"
#include "sim/check/refusals.hpp"
#include "sim/world.hpp"

namespace snowflk::sim {
namespace {

/// The witness has judged by then, in linear time: what the search adds is worth so much.
/// Only a violation has anything to explain; but who shrinks one meets it some thousand times.
constexpr LinearLimits kSearchLimits{
    .steps_max = 500'000, .memo_slots_max = 1ULL << 18, .explain_steps_max = 4'000'000};

}  // namespace

Checks::Checks(const WorldOptions& options)
    : bounded_steps_(options.node),
      election_patience_(options.node.election_timeout_min),
      undisturbed_leader_(options.node.election_timeout_min),
      refinement_(options.nodes) {
  for (const StartingLog& log : options.start) {
    starting_entries_ = std::max<u64>(starting_entries_, log.entry_terms.size());
  }
}

void Checks::keep(Finding finding) {
  if (!violation_ && finding) violation_ = std::move(finding);
}

void Checks::observe(const StepView& view) {
  keep(spinning_node_.observe(view));
  keep(bounded_steps_.observe(view));
  const bool leader_heard = hears_leader(view);
  keep(election_patience_.observe(view, leader_heard));
  keep(undisturbed_leader_.observe(view, leader_heard));
  if (!view.sends.empty() || !view.events.empty()) {
    keep(vote_once_.observe(view));
    keep(acknowledged_entries_.observe(view));
    keep(election_restriction_.observe(view));
  }
  keep(leader_append_only_.observe(view));
  keep(match_index_rises_.observe(view));
  keep(whole_terms_skipped_.observe(view));
  keep(leader_has_room_.observe(view));
  keep(pre_vote_rules_.observe(view));
  if (!view.events.empty()) observe_events(view);
  // Last: it finds most of what the others find, and they say which promise it was.
  keep(refinement_.observe(view));
}

void Checks::observe_events(const StepView& view) {
  // The cause before what follows from it: two leaders, then two logs, then two states.
  keep(commit_restriction_.observe(view));
  keep(election_safety_.observe(view));
  keep(leader_completeness_.observe(view));
  keep(log_matching_.observe(view));
  keep(state_machine_safety_.observe(view));
  keep(state_digest_.observe(view));
  keep(contradictions_.observe(view));
  committed_log_.observe(view);
}

void Checks::look(const World& world) {
  keep(unexcused_refusal(world));
  if (!violation_) keep(compare_keydirs(world));
}

void Checks::finish(const World& world) {
  if (violation_) return;
  HistoryVerdict verdict =
      judge_history(world.history(), committed_log_, starting_entries_, kSearchLimits);
  search_was_cut_ = verdict.search_was_cut;
  keep(std::move(verdict.finding));
  if (!violation_) look(world);
}

/// The log is replayed once; the nodes are met in the order of how far they are.
Finding Checks::compare_keydirs(const World& world) const {
  std::vector<NodeId> nodes;
  for (u32 id = 1; id <= world.size(); ++id) {
    const bool runs = world.is_up(NodeId{id}) && world.node(NodeId{id}).raft() != nullptr;
    if (runs) nodes.push_back(NodeId{id});
  }
  std::ranges::sort(nodes, {},
                    [&](NodeId id) { return std::pair{world.node(id).applied_index(), id}; });
  LogReplay replay{world.history(), starting_entries_};
  for (const NodeId id : nodes) {
    const u64 applied = world.node(id).applied_index().value;
    SNOWFLK_ASSERT(applied <= committed_log_.entries().size());
    if (!replay.advance_to(committed_log_, applied)) return std::nullopt;  // the witness tells it
    const Instant now{world.now().value};
    if (Finding finding = keydir_matches_map(world.seat(id), replay.map(), now)) return finding;
  }
  return std::nullopt;
}

}  // namespace snowflk::sim
