// What the verbs of a script do.
#include <algorithm>

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "core/base/quantity.hpp"
#include "sim/scenario/reference.hpp"
#include "sim/scenario/run_state.hpp"
#include "sim/scenario/script_disks.hpp"
#include "sim/scenario/script_faults.hpp"
#include "sim/scenario/script_messages.hpp"
#include "sim/scenario/targets.hpp"
#include "sim/scenario/telling.hpp"
#include "sim/story/phrases.hpp"

namespace snowflk::sim::scenario {
namespace {

constexpr Duration kPatienceOfScripts = seconds(10);

// ---- until and expect -----------------------------------------------------------------------

std::optional<std::string> first_broken(const RunState& run, const std::vector<Claim>& claims) {
  for (const Claim& claim : claims) {
    if (auto why = broken(claim, run.world, run.tally, run.bindings)) return why;
  }
  return std::nullopt;
}

bool new_leader(const RunState& run) {
  const NodeId leader = run.world.leader();
  if (leader.nobody()) return false;
  return run.world.node(leader).raft()->hard_state().current_term > run.named;
}

// What waits for the script's word is not under way: neither messages nor disk operations.
bool disks_idle(const World& world) {
  for (u32 id = 1; id <= world.size(); ++id) {
    for (const bitcask::Lane lane : {bitcask::Lane::log, bitcask::Lane::background}) {
      if (world.disk_tasks(NodeId{id}, lane).empty()) continue;
      if (world.waiting_task(NodeId{id}, lane) == nullptr) return false;
    }
  }
  return true;
}

bool is_met(const RunState& run, const Step& step) {
  if (!step.claims.empty()) return !first_broken(run, step.claims);
  if (step.word == "leader") return new_leader(run);
  if (step.word == "answered") return all_answered(run);
  return run.world.idle() && disks_idle(run.world);
}

std::string awaited(const RunState& run, const Step& step) {
  if (!step.claims.empty()) return first_broken(run, step.claims).value_or("");
  if (step.word == "leader") {
    return fmt::format("no node leads a term later than {}", run.named.value);
  }
  if (step.word == "answered") return "a proposal has no answer";
  return "messages or disk operations are still under way";
}

bool do_until(RunState& run, const Step& step) {
  const VirtualTime limit = run.world.now() + step.within;
  // That nothing is under way may come true between two events: in steps of time, it is seen.
  const Duration pace = step.word == "idle" ? milliseconds(1) : step.within;
  if (!run.run_until(limit, pace, [&] { return is_met(run, step); })) {
    if (!run.violation) {
      run.fail(ViolationKind::liveness, "until",
               fmt::format("{} (line {}): not within {}: {}", step.path, step.line,
                           print(step.within), awaited(run, step)));
    }
    return false;
  }
  if (step.as.empty()) return true;
  const NodeId leader = run.world.leader();
  run.bindings.name_node(step.as, leader);
  run.named = run.world.node(leader).raft()->hard_state().current_term;
  run.say(fmt::format("n{}, the leader of term {}, is called \"{}\"", leader.value, run.named.value,
                      step.as));
  return true;
}

/// Of which nodes an expectation is about the logs.
std::vector<NodeId> nodes_of_logs(const RunState& run, const std::vector<Claim>& claims) {
  std::vector<NodeId> nodes;
  for (const Claim& claim : claims) {
    if (claim.subject == Subject::log) nodes.push_back(run.bindings.node(claim.node));
  }
  return nodes;
}

bool do_expect(RunState& run, const std::vector<Claim>& claims) {
  for (const Claim& claim : claims) {
    const auto why = broken(claim, run.world, run.tally, run.bindings);
    if (!why) continue;
    run.fail(ViolationKind::safety, "expectation",
             fmt::format("{} (line {}): {}", claim.path, claim.line, *why));
    return false;
  }
  if (run.watcher != nullptr) say_logs(run, nodes_of_logs(run, claims));
  return true;
}

/// What `words` name does not happen by itself from now on; all else does.
void take_over(RunState& run, const std::vector<std::string>& words) {
  const auto has = [&](std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  if (has("messages")) {
    run.hands().hold_messages(MessageFilter{});
  } else {
    run.hands().stop_holding(MessageFilter{});
  }
  run.hands().hold_streams(has("streams"));
  for (u32 id = 1; id <= run.world.size(); ++id) {
    run.hands().hold_timers(NodeId{id}, has("timers"));
    run.hands().hold_disk(NodeId{id}, bitcask::Lane::log, has("disks"));
    run.hands().hold_disk(NodeId{id}, bitcask::Lane::background, has("disks"));
    run.hands().hold_reads(NodeId{id}, has("reads"));
  }
}

// ---- Nodes, links, clients -----------------------------------------------------------------

Unsynced unsynced_of(const Step& step) {
  if (!step.keep.empty()) return Unsynced::chosen;
  if (step.text == "lost") return Unsynced::lost;
  if (step.text == "kept") return Unsynced::kept;
  return Unsynced::drawn;
}

u8 under_way_of(const Step& step) {
  if (step.lane.empty()) return kAllLanes;
  u8 lanes = 0;
  for (const bitcask::Lane lane : {bitcask::Lane::log, bitcask::Lane::background}) {
    if (step.lane != name_of(lane)) continue;
    lanes = static_cast<u8>(lanes | 1U << static_cast<unsigned>(lane));
  }
  return lanes;
}

/// "before sync": a trap; else now.
void do_crash(RunState& run, const Step& step) {
  const CrashKind kind = step.verb == Verb::crash ? CrashKind::process : CrashKind::machine;
  for (const NodeId node : nodes_of(run, step)) {
    if (step.word.empty()) {
      if (!run.world.is_up(node)) {
        run.say(run.bindings.print(node) + " is down already");
        run.passed_over = true;
      }
      if (step.keep.empty()) {
        run.hands().crash(node, kind, unsynced_of(step), false, under_way_of(step));
      } else {
        run.hands().power_cut(node, step.keep);
      }
      continue;
    }
    const auto blank = step.word.find(' ');
    Trap trap;
    trap.node = node;
    trap.before = step.word.starts_with("before");
    trap.effect = step.word.substr(blank + 1);
    trap.crash = kind;
    trap.unsynced = unsynced_of(step);
    trap.kept = step.keep;
    run.hands().lay_trap(trap);
    run.orders.push_back({.step = &step, .node = node, .trap = trap});
  }
}

void do_upgrade(RunState& run, const Step& step) {
  for (const NodeId node : nodes_of(run, step)) {
    run.hands().upgrade(node, step.amount, under_way_of(step));
  }
}

void do_cut(RunState& run, const Step& step) {
  for (const auto& [from, to] : links_of(run, step)) run.hands().cut(from, to);
}

void do_heal(RunState& run, const Step& step) {
  const ReleaseOrder order = release_order(step);
  if (step.all) run.hands().mend_all(order);
  for (const auto& [from, to] : links_of(run, step)) run.hands().mend(from, to, order);
  for (const NodeRef& node : step.nodes) run.hands().rejoin(run.bindings.node(node), order);
}

void do_propose(RunState& run, const Step& step) {
  const NodeId leader = run.world.leader();
  const NodeId to = !step.nodes.empty() ? run.bindings.node(step.nodes[0])
                    : leader.nobody()   ? NodeId{1}
                                        : leader;
  const std::vector<std::string_view> words{step.words.begin(), step.words.end()};
  const OperationId operation = run.hands().propose(to, words, kPatienceOfScripts);
  run.proposals.push_back(operation);
  if (!step.as.empty()) run.bindings.name_reply(step.as, operation);
  const History& history = run.world.history();
  const Operation& asked = history.operation(operation);
  const std::string command = story::phrase_command(history, asked);
  SNOWFLK_ASSERT(asked.outcome == Outcome::pending);  // The parser has judged the words.
  run.say(fmt::format("client {} asks {}: {}", asked.process, run.bindings.print(to), command));
}

bool do_give_up(RunState& run, const Step& step) {
  const auto& replies = run.bindings.replies();
  const auto named = std::ranges::find(replies, step.word, [](const auto& of) { return of.first; });
  const bool waits = named != replies.end() && run.hands().give_up(named->second);
  return waits || run.mistake(step, fmt::format("nobody waits for \"{}\"", step.word));
}

/// A node has other deadlines than Raft's: so many may pass before it stands for election.
bool do_campaign(RunState& run, const Step& step) {
  constexpr int kDeadlinesMax = 64;
  const NodeId node = run.bindings.node(step.nodes[0]);
  const std::string_view role = role_of(run.world, node);
  if (role != "follower" && role != "pre_candidate" && role != "candidate" && role != "leader") {
    return run.mistake(step, fmt::format("{} is {}: it has no election timeout that could pass",
                                         run.bindings.print(node), role));
  }
  const auto stood = [&] { return run.tally.stood(node); };
  const u64 before = stood();
  for (int at = 0; at < kDeadlinesMax && stood() == before; ++at) {
    run.hands().campaign(node);
    if (!run.settle()) return false;
    if (role_of(run.world, node) == "leader") return true;
  }
  return true;
}

bool do_wake(RunState& run, const Step& step) {
  const NodeId node = run.bindings.node(step.nodes[0]);
  if (!run.world.is_up(node)) {
    return run.mistake(step, fmt::format("{} is down", run.bindings.print(node)));
  }
  if (step.if_due && !run.world.is_due(node)) {
    return run.mistake(step, fmt::format("{} waits for longer", run.bindings.print(node)));
  }
  run.hands().campaign(node);
  return true;
}

/// Why the process of `node` cannot be stopped or let go on; empty if it can.
std::string_view hindrance(const World& world, Verb verb, NodeId node) {
  const LastingFault lasting = world.seat(node).lasting;
  if (verb == Verb::restart && lasting == LastingFault::down) return phrase_of(lasting);
  if (verb == Verb::restart) return world.is_up(node) ? "is up" : "";
  if (verb == Verb::resume && lasting == LastingFault::frozen) return phrase_of(lasting);
  if (verb == Verb::resume) return world.is_paused(node) ? "" : "is not paused";
  SNOWFLK_ASSERT(verb == Verb::pause);
  if (!world.is_up(node)) return "is down";
  return world.is_paused(node) ? "is paused already" : "";
}

/// What cannot be done to a node is a mistake; "all" are all to which it can be done.
bool do_process(RunState& run, const Step& step) {
  for (const NodeId node : nodes_of(run, step)) {
    const std::string_view why = hindrance(run.world, step.verb, node);
    if (!why.empty() && !step.all) {
      return run.mistake(step, fmt::format("{} {}", run.bindings.print(node), why));
    }
    if (!why.empty()) continue;
    if (step.verb == Verb::restart) run.hands().restart(node);
    if (step.verb == Verb::pause) run.hands().pause(node);
    if (step.verb == Verb::resume) run.hands().resume(node);
  }
  return true;
}

template <class Do>
bool at_each(RunState& run, const Step& step, Do act) {
  for (const NodeId node : nodes_of(run, step)) act(node);
  return true;
}

bool do_verb(RunState& run, const Step& step) {
  if (!step.links.empty() && links_of(run, step).empty()) {
    return run.mistake(step, "a node has no link with itself");
  }
  World& world = run.hands();
  switch (step.verb) {
    case Verb::none: return true;
    case Verb::run: return run.run_for(step.span);
    case Verb::until: return do_until(run, step);
    case Verb::isolate: return at_each(run, step, [&](NodeId node) { world.isolate(node); });
    case Verb::cut: do_cut(run, step); return true;
    case Verb::heal: do_heal(run, step); return true;
    case Verb::crash:
    case Verb::power_cut: do_crash(run, step); return true;
    case Verb::restart:
    case Verb::pause:
    case Verb::resume: return do_process(run, step);
    case Verb::campaign: return do_campaign(run, step);
    case Verb::wake: return do_wake(run, step);
    case Verb::propose: do_propose(run, step); return true;
    case Verb::give_up: return do_give_up(run, step);
    case Verb::deliver:
    case Verb::drop:
    case Verb::duplicate: return do_with_messages(run, step);
    case Verb::exchange: return do_exchange(run, step);
    case Verb::hold: do_hold(run, step); return true;
    case Verb::release: do_release(run, step); return true;
    case Verb::by_hand: take_over(run, step.words); return true;
    case Verb::stream_up:
    case Verb::stream_down: return do_hear_stream(run, step);
    case Verb::redraw: run.hands().fork(step.number); return true;
    case Verb::hold_disk:
    case Verb::release_disk:
    case Verb::finish:
    case Verb::finish_read:
    case Verb::fail:
    case Verb::rot: return do_on_disk(run, step);
    case Verb::upgrade: do_upgrade(run, step); return true;
    case Verb::split:
    case Verb::bridge:
    case Verb::ring:
    case Verb::jam:
    case Verb::wipe:
    case Verb::leave_out:
    case Verb::lose_file:
    case Verb::bad_sector:
    case Verb::stale_read:
    case Verb::misdirected_read:
    case Verb::misdirected_write:
    case Verb::mend:
    case Verb::lie:
    case Verb::honest:
    case Verb::drift:
    case Verb::jump: return do_fault(run, step);
    case Verb::fill: return at_each(run, step, [&](NodeId node) { world.fill_disk(node, true); });
    case Verb::free: return at_each(run, step, [&](NodeId node) { world.fill_disk(node, false); });
    case Verb::expect: return do_expect(run, step.claims);
  }
  SNOWFLK_ASSERT(false);
  return false;
}

/// Time passes before a step, if it is to.
bool wait_for(RunState& run, const Step& step) {
  if (step.after.value > 0 && !run.run_for(step.after)) return false;
  const Duration until = step.not_before - run.world.now();
  return until.value <= 0 || run.run_for(until);
}

bool do_step(RunState& run, const Step& step) {
  run.passed_over = false;
  if (run.scenario->recorded) run.steps_began.push_back(run.world.now());
  if (!wait_for(run, step)) return false;
  if (!step.note.empty()) run.say(step.note);
  if (const std::string text = telling(run, step); !text.empty()) run.say(text);
  if (!do_verb(run, step)) return false;
  if (!run.settle()) return false;
  if (run.passed_over) run.steps_passed_over.push_back(run.steps_done - 1);
  return !run.scenario->recorded || come_to_rest(run);
}

}  // namespace

// What a recorded schedule has not by hand takes no time there: reads, starts, connections, what
// clients send and are told. A bound holds, for a core may be broken in any way.
bool come_to_rest(RunState& run) {
  constexpr int kEventsMax = 10'000;
  constexpr Duration kAtOnce = microseconds(200);  // as long as the largest write takes
  for (int event = 0; event < kEventsMax; ++event) {
    const VirtualTime next = run.world.next_event();
    if (next - run.world.now() > kAtOnce) return true;
    static_cast<void>(run.advance(next));
    if (run.violation) return false;
    if (run.chaos_is_over) return true;
  }
  return true;
}

bool all_answered(const RunState& run) {
  return std::ranges::none_of(run.proposals, [&](OperationId operation) {
    return run.world.history().operation(operation).outcome == Outcome::pending;
  });
}

bool all_orders_came(RunState& run) {
  if (run.scenario->recorded) return true;
  for (const RunState::Order& order : run.orders) {
    const bool waits =
        order.trap ? run.world.is_laid(*order.trap) : run.world.will_fail(order.node, order.fails);
    if (!waits) continue;
    return run.mistake(*order.step, fmt::format("this never came: {}", telling(run, *order.step)));
  }
  return true;
}

// All nodes are started in the first instant; the script begins after that.
bool do_script(RunState& run) {
  const Scenario& scenario = *run.scenario;
  if (!scenario.by_hand.empty()) take_over(run, scenario.by_hand);
  if (scenario.recorded) run.hands().dismiss_supervisor();
  if (!scenario.script.empty() && !run.run_for(Duration{0})) return false;
  if (scenario.recorded && !come_to_rest(run)) return false;
  for (const Step& step : scenario.script) {
    if (run.chaos_is_over) return true;
    run.steps_done += 1;
    if (!do_step(run, step)) return false;
  }
  return true;
}

}  // namespace snowflk::sim::scenario
