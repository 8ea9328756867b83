// The second phase of a run: faults stop, and within a bounded time there must be one leader, equal
// logs, and answers for all clients.
//
// Not all need take part. A node that found rot refuses for ever, as it must until logs are
// repaired from peers; others are left out of the healing, drawn or by the script, and stay in
// their fault. While those together are fewer than half, the rest must converge and serve. Else a
// majority cannot be had, and a certificate must prove it (sim/check/certificate.hpp); safety alone
// is judged then. Beyond the bounds (safety_only) the cluster gets its time, and need not use it.
#include <algorithm>
#include <array>
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
/// Who waits so long for an answer gets one, if there is one: the way to a node and back takes a
/// fraction of it.
constexpr Duration kPatience = seconds(3);

bool is_in_core(const World& world, NodeId node) {
  return !refuses(world, node) && !world.is_left_out(node);
}

/// So many nodes take part now: it changes when one finds that it cannot.
u32 core_size(const World& world) {
  u32 core = 0;
  for (const NodeId node : world.nodes()) core += is_in_core(world, node) ? 1U : 0U;
  return core;
}

/// Fewer than half refuse or are left out.
bool majority_is_possible(const World& world) { return core_size(world) * 2 > world.size(); }

/// Nobody who takes part is down or still reads what its disk has: it may find that it cannot.
bool all_have_started(const World& world) {
  return std::ranges::all_of(world.nodes(), [&](NodeId node) {
    return !is_in_core(world, node) || (world.is_up(node) && world.node(node).raft() != nullptr);
  });
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

/// A node whose disk is left in a fault may lead for as long as nothing asks for its disk; that the
/// cluster serves is for the others to show (serves_writes()).
bool can_lead(const World& world, NodeId leader) {
  const LastingFault lasting = world.seat(leader).lasting;
  return lasting == LastingFault::none || lasting == LastingFault::disk_full ||
         lasting == LastingFault::disk_stalled;
}

/// What still keeps the cluster from being at rest; empty if nothing does.
std::string unrest(const RunState& run) {
  const World& world = run.world;
  const NodeId leader = world.leader();
  if (leader.nobody()) return "there is no leader";
  if (!can_lead(world, leader)) {
    return fmt::format("n{} leads, which {}", leader.value, phrase_of(world.seat(leader).lasting));
  }
  for (u32 id = 1; id <= world.size(); ++id) {
    if (!is_in_core(world, NodeId{id})) continue;
    if (auto why = behind(world, NodeId{id}, *world.node(leader).raft()); !why.empty()) return why;
  }
  if (!world.clients().done()) return "clients still wait for answers";
  if (!all_answered(run)) return "a proposal of the script has no answer";
  return {};
}

bool find_rest(RunState& run, VirtualTime limit) {
  // Looking at everything is dear: only now and then.
  constexpr Duration kPause = milliseconds(20);
  while (!unrest(run).empty()) {
    const bool possible = majority_is_possible(run.world);
    if (!possible && all_have_started(run.world)) return true;
    if (run.world.now() >= limit) {
      if (!possible || run.world.options().safety_only) return true;
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
  const u32 core = core_size(run.world);
  const std::string whose = core == run.world.size() ? "all" : fmt::format("the other {}", core);
  run.say(fmt::format("all is at rest: {} leads term {}, {} logs end at {} and are committed",
                      run.bindings.print(leader), raft.hard_state().current_term.value, whose,
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
    world.hold_reads(NodeId{id}, false);
    world.fill_disk(NodeId{id}, false);
  }
}

bool leave_out_drawn(RunState& run) {
  for (const LeftOut& left_out : run.hands().draw_left_out()) {
    run.hands().leave_out(left_out.node, left_out.fault);
  }
  return run.settle();
}

bool anybody_is_left_out(const World& world) {
  return std::ranges::any_of(world.nodes(), [&](NodeId id) { return world.is_left_out(id); });
}

/// The outcome of a write that a client of its own asks `node` for.
Outcome try_to_write(RunState& run, NodeId node) {
  constexpr Duration kPause = milliseconds(20);
  const std::string value = run.bindings.print(node);
  const OperationId asked =
      run.hands().propose(node, std::array<std::string_view, 3>{"SET", "served", value}, kPatience);
  const auto outcome = [&] { return run.world.history().operation(asked).outcome; };
  while (outcome() == Outcome::pending && run.run_for(kPause)) {
  }
  return outcome();
}

/// With nodes left out, each of the others takes a write in the end. One with which a leader turns
/// out to be of no use any more may have to be asked for again.
bool serves_writes(RunState& run, VirtualTime limit) {
  if (!anybody_is_left_out(run.world) || run.world.options().safety_only) return true;
  for (const NodeId node : run.world.nodes()) {
    while (is_in_core(run.world, node) && try_to_write(run, node) != Outcome::ok) {
      if (run.violation) return false;
      if (!majority_is_possible(run.world)) return true;
      if (run.world.now() < limit) continue;
      run.fail(ViolationKind::liveness, "serving",
               fmt::format("{} after the healing, n{} takes part and takes no write",
                           print(run.world.options().converge_within), node.value));
      return false;
    }
  }
  return find_rest(run, limit);
}

/// All is at rest, so whoever asks a node that takes part gets an answer, if only he waits for it:
/// an impatient client may leave while his answer is on its way. Nothing is asked of that where the
/// leader is one whose disk is left in a fault, that may have to give way meanwhile, or where a
/// read finds a node unfit, which may take others' answers with it.
bool final_reads(RunState& run, VirtualTime limit) {
  const u32 core = core_size(run.world);
  const NodeId leader = run.world.leader();
  const bool core_leads = leader.value != 0 && is_in_core(run.world, leader);
  run.hands().begin_final_reads();
  if (!find_rest(run, limit)) return false;
  if (run.world.options().safety_only) return true;
  if (!core_leads || core_size(run.world) != core) return true;
  for (const Clients::FinalRead& read : run.world.clients().final_reads()) {
    const Outcome outcome = run.world.history().operation(read.operation).outcome;
    if (outcome == Outcome::ok || !is_in_core(run.world, read.node)) continue;
    if (outcome == Outcome::unknown && run.world.options().workload.patience < kPatience) continue;
    run.fail(ViolationKind::liveness, "serving",
             fmt::format("all was at rest, and n{}, which takes part, did not answer operation {}",
                         read.node.value, read.operation.value + 1));
    return false;
  }
  return true;
}

}  // namespace

bool converge(RunState& run) {
  if (!leave_out_drawn(run)) return false;
  run.say("faults stop, links are joined, who is down is started");
  let_go(run);
  run.hands().heal();
  run.hands().limit_operations(kOperationsAfterHealing * run.world.options().workload.clients);
  const VirtualTime limit = run.world.now() + run.world.options().converge_within;
  if (!run.settle()) return false;  // who was misled by a disk is about to start anew
  if (!find_rest(run, limit)) return false;
  if (!majority_is_possible(run.world)) {
    return is_excused(run);
  }
  if (!serves_writes(run, limit)) return false;
  if (!majority_is_possible(run.world)) return is_excused(run);
  if (run.world.options().workload.clients > 0) {
    if (!final_reads(run, limit)) return false;
  }
  if (run.world.options().safety_only && !unrest(run).empty()) {
    run.say(fmt::format("not at rest, as may be beyond the bounds: {}", unrest(run)));
  } else if (majority_is_possible(run.world)) {
    say_rest(run);
  }
  return true;
}

}  // namespace snowflk::sim::scenario
