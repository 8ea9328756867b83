// The second phase of a run: all faults stop, and within a bounded time there must be one leader,
// equal logs, and answers for all clients.
//
// A node that found rot refuses for ever, as it must until logs are repaired from peers. While
// those are fewer than half, the rest must converge. Else a majority cannot be had, and a
// certificate must prove it (sim/check/certificate.hpp); safety alone is judged then. Beyond the
// bounds (safety_only) the cluster gets its time, and need not use it.
#include <vector>

#include <fmt/format.h>

#include "core/base/quantity.hpp"
#include "sim/check/certificate.hpp"
#include "sim/check/refusals.hpp"
#include "sim/scenario/run_state.hpp"

namespace snowflk::sim::scenario {
namespace {

/// So many operations of each client are still begun when all is healed: they show that it works.
constexpr u32 kOperationsAfterHealing = 5;

/// Fewer than half refuse.
bool majority_is_possible(const World& world) {
  u32 others = 0;
  for (u32 id = 1; id <= world.size(); ++id) {
    if (!refuses(world, NodeId{id})) others += 1;
  }
  return others * 2 > world.size();
}

/// Why `node` has not what the leader has; empty if it has.
std::string behind(const World& world, NodeId node, const raft::Raft& leader) {
  const raft::Raft* raft = world.node(node).raft();
  if (!world.is_up(node) || raft == nullptr) return fmt::format("n{} is not up", node.value);
  if (raft->hard_state().current_term != leader.hard_state().current_term) {
    return fmt::format("n{} is in term {}, the leader in {}", node.value,
                       raft->hard_state().current_term.value,
                       leader.hard_state().current_term.value);
  }
  if (raft->log().last_index() != leader.log().last_index() ||
      raft->log().last_term() != leader.log().last_term()) {
    return fmt::format("the log of n{} ends at {}, the leader's at {}", node.value,
                       raft->log().last_index().value, leader.log().last_index().value);
  }
  if (raft->commit_index() != raft->log().last_index()) {
    return fmt::format("n{} has committed up to {}, its log ends at {}", node.value,
                       raft->commit_index().value, raft->log().last_index().value);
  }
  if (world.node(node).applied_index() != raft->commit_index()) {
    return fmt::format("n{} has applied up to {} of {}", node.value,
                       world.node(node).applied_index().value, raft->commit_index().value);
  }
  return {};
}

/// What still keeps the cluster from being at rest; empty if nothing does.
std::string unrest(const RunState& run) {
  const World& world = run.world;
  const NodeId leader = world.leader();
  if (leader.nobody()) return "there is no leader";
  for (u32 id = 1; id <= world.size(); ++id) {
    if (refuses(world, NodeId{id})) continue;
    if (auto why = behind(world, NodeId{id}, *world.node(leader).raft()); !why.empty()) return why;
  }
  if (!world.clients().done()) return "clients still wait for answers";
  if (!all_answered(run)) return "a proposal of the script has no answer";
  return {};
}

bool find_rest(RunState& run, VirtualTime limit) {
  // Looking at everything is dear: only now and then.
  constexpr Duration kPause = milliseconds(20);
  while (!unrest(run).empty() && majority_is_possible(run.world)) {
    if (run.world.now() >= limit) {
      if (run.world.options().safety_only) return true;
      run.fail(ViolationKind::liveness, "convergence",
               fmt::format("{} after the healing, {}", print(run.world.options().converge_within),
                           unrest(run)));
      return false;
    }
    if (!run.run_for(kPause)) return false;
  }
  return true;
}

void say_rest(RunState& run) {
  const NodeId leader = run.world.leader();
  const raft::Raft& raft = *run.world.node(leader).raft();
  run.say(fmt::format("all is at rest: {} leads term {}, all logs end at {} and are committed",
                      run.bindings.print(leader), raft.hard_state().current_term.value,
                      raft.log().last_index().value));
}

/// A majority refuses. False: nothing proves that it may.
bool is_excused(RunState& run) {
  const Certificate certificate = certify(run.world, run.checks.committed_log());
  const auto why = why_invalid(certificate, run.world, run.checks.committed_log());
  if (!why) {
    run.excuse = print(certificate);
    run.say(run.excuse);
  } else if (run.world.options().safety_only) {
    run.say(fmt::format("no majority takes part, as may be beyond the bounds: {}", *why));
  } else {
    run.fail(ViolationKind::liveness, "convergence",
             fmt::format("no majority takes part, and nothing proves that none can: {}", *why));
  }
  return !run.violation;
}

void let_go(RunState& run) {
  World& world = run.hands();
  world.stop_holding_all();
  world.hold_streams(false);
  std::vector<u64> held;
  for (const HeldMessage& message : world.held_messages()) held.push_back(message.number);
  for (const u64 number : held) world.deliver(number);
  for (u32 id = 1; id <= world.size(); ++id) {
    world.hold_timers(NodeId{id}, false);
    world.hold_disk(NodeId{id}, bitcask::Lane::log, false);
    world.hold_disk(NodeId{id}, bitcask::Lane::background, false);
    world.fill_disk(NodeId{id}, false);
  }
}

}  // namespace

bool converge(RunState& run) {
  run.say("faults stop, links are joined, who is down is started");
  let_go(run);
  run.hands().heal();
  run.hands().limit_operations(kOperationsAfterHealing * run.world.options().workload.clients);
  const VirtualTime limit = run.world.now() + run.world.options().converge_within;
  if (!find_rest(run, limit)) return false;
  if (!majority_is_possible(run.world)) {
    return is_excused(run);
  }
  if (run.world.options().workload.clients > 0) {
    run.hands().begin_final_reads();
    if (!find_rest(run, limit)) return false;
  }
  if (run.world.options().safety_only && !unrest(run).empty()) {
    run.say(fmt::format("not at rest, as may be beyond the bounds: {}", unrest(run)));
  } else if (majority_is_possible(run.world)) {
    say_rest(run);
  }
  return true;
}

}  // namespace snowflk::sim::scenario
