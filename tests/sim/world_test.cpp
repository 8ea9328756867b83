#include "sim/world.hpp"

#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "sim/state/state.hpp"
#include "sim/swarm.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {

namespace {

/// Three nodes, some clients, no fault.
WorldOptions quiet(u64 seed = 1) {
  WorldOptions options;
  options.seed = seed;
  options.workload.operations = 60;
  options.workload.think_mean = milliseconds(5);
  return options;
}

void run_until(World& world, VirtualTime end) {
  while (world.step(end)) {
  }
}

void run_for(World& world, Duration span) { run_until(world, world.now() + span); }

std::size_t answered(const World& world) {
  std::size_t count = 0;
  for (const Operation& operation : world.history().operations()) {
    if (operation.outcome == Outcome::ok) count += 1;
  }
  return count;
}

LogIndex commit_of(const World& world, u32 id) {
  const raft::Raft* raft = world.node(NodeId{id}).raft();
  return raft == nullptr ? LogIndex{} : raft->commit_index();
}

/// Runs until some node leads; it must be within ten seconds.
NodeId elect(World& world) {
  while (world.leader().nobody()) {
    REQUIRE(world.now() < VirtualTime{10'000'000'000});
    run_for(world, milliseconds(10));
  }
  return world.leader();
}

}  // namespace

TEST_CASE("A quiet cluster elects one leader and answers every operation once it has booted") {
  World world{quiet()};
  run_until(world, VirtualTime{seconds(20).value});
  CHECK_FALSE(world.leader().nobody());
  CHECK(world.history().operations().size() == 60);
  for (const Operation& operation : world.history().operations()) {
    const bool before_boot = operation.invoked_at < Instant{milliseconds(20).value};
    CHECK((operation.outcome == Outcome::ok || before_boot));
  }
  CHECK(commit_of(world, 1).value > 20);
  CHECK(commit_of(world, 1) == commit_of(world, 2));
  CHECK(commit_of(world, 2) == commit_of(world, 3));
  CHECK(world.node(NodeId{1}).state_digest() == world.node(NodeId{2}).state_digest());
}

TEST_CASE("Equal seeds have equal digests, and other seeds have others") {
  const auto digest_of = [](u64 seed) {
    World world{swarm_options(seed)};
    run_until(world, VirtualTime{seconds(3).value});
    return world.digest();
  };
  CHECK(digest_of(11) == digest_of(11));
  CHECK_FALSE(digest_of(11) == digest_of(12));
}

TEST_CASE("A copy of a world goes on as the original does, event by event") {
  for (u64 seed = 20; seed < 26; ++seed) {
    World world{swarm_options(seed)};
    run_until(world, VirtualTime{seconds(2).value});
    World copy = world;
    for (int i = 0; i < 3000; ++i) {
      const auto a = world.step();
      const auto b = copy.step();
      REQUIRE(a.has_value() == b.has_value());
      if (!a) break;
      REQUIRE(a->at == b->at);
      REQUIRE(world.digest() == copy.digest());
    }
    CHECK(state::equal(world, copy));
  }
}

TEST_CASE("Every event names an earlier one as its cause, or none") {
  World world{swarm_options(31)};
  u64 with_cause = 0;
  for (u64 i = 1; i <= 5000; ++i) {
    const auto record = world.step();
    if (!record) break;
    REQUIRE(record->event.value == i);
    REQUIRE(record->cause < record->event);
    with_cause += record->cause.value != 0 ? 1U : 0U;
  }
  CHECK(with_cause > 4000);
}

TEST_CASE("A leader that is cut off is replaced, and follows when the links mend") {
  World world{quiet(3)};
  const NodeId old = elect(world);
  world.isolate(old);
  run_for(world, seconds(3));
  const NodeId fresh = world.leader();
  REQUIRE_FALSE(fresh.nobody());
  CHECK(fresh != old);
  CHECK(world.node(old).raft()->role() != raft::Role::leader);  // check-quorum
  world.mend_all();
  run_for(world, seconds(2));
  CHECK(world.node(old).raft()->leader() == world.leader());
}

TEST_CASE("What was acknowledged is there after all machines lost power") {
  World world{quiet(4)};
  run_until(world, VirtualTime{seconds(10).value});
  const LogIndex commit = commit_of(world, 1);
  REQUIRE(commit.value > 10);
  world.power_cut(Unsynced::lost, true);
  run_for(world, seconds(10));
  REQUIRE_FALSE(world.leader().nobody());
  for (u32 id = 1; id <= 3; ++id) {
    CHECK(commit_of(world, id) >= commit);
    CHECK(std::as_const(world).seat(NodeId{id}).starts == 2);
  }
}

TEST_CASE("A node that crashed comes back with its log and catches up") {
  World world{quiet(5)};
  const NodeId leader = elect(world);
  const NodeId victim{leader.value % 3 + 1};
  world.crash(victim, CrashKind::process);
  const auto crash = world.step_ordered();
  REQUIRE(crash);
  CHECK(std::holds_alternative<NodeCrashed>(crash->what));
  CHECK_FALSE(world.is_up(victim));
  run_for(world, seconds(2));
  world.restart(victim);
  run_for(world, seconds(2));
  REQUIRE(world.is_up(victim));
  CHECK(commit_of(world, victim.value) == commit_of(world, leader.value));
}

TEST_CASE("A paused node takes nothing in, and goes on where it was") {
  World world{quiet(6)};
  const NodeId leader = elect(world);
  const NodeId victim{leader.value % 3 + 1};
  world.pause(victim);
  const VirtualTime end = world.now() + seconds(1);
  while (const auto record = world.step(end)) {
    REQUIRE_FALSE((record->stepped && record->node == victim));
  }
  world.resume(victim);
  run_for(world, seconds(1));
  CHECK(commit_of(world, victim.value) == commit_of(world, leader.value));
}

TEST_CASE("A trap ends a process right after the effect that it names") {
  World world{quiet(7)};
  world.lay_trap(Trap{.node = NodeId{2}, .effect = "sync", .nth = 3, .before = false});
  bool sprung = false;
  EventId unheard;  // the last operation that was done, and of which the node did not hear
  while (const auto record = world.step(VirtualTime{seconds(5).value})) {
    const auto* done = std::get_if<DiskOpFinished>(&record->what);
    if (done != nullptr && done->action == DiskActionKind::sync && !record->stepped) {
      unheard = record->event;
    }
    if (!record->stopped) continue;
    sprung = true;
    CHECK(record->node == NodeId{2});
    CHECK(std::holds_alternative<NodeCrashed>(record->what));
    CHECK(record->cause == unheard);
    CHECK(record->event.value == unheard.value + 1);
    CHECK(record->effects->events.empty());
  }
  CHECK(sprung);
  CHECK_FALSE(world.is_up(NodeId{2}));
}

TEST_CASE("Messages wait for a script's word, and can be doubled and dropped") {
  World world{quiet(8)};
  elect(world);
  world.hold_messages(MessageFilter{.from = {}, .to = {}, .kind = "append_entries_reply"});
  run_for(world, milliseconds(300));
  REQUIRE(world.held_messages().size() >= 2);
  const HeldMessage first = world.held_messages()[0];
  CHECK(first.kind == "append_entries_reply");
  world.deliver(first.number, true);
  world.drop(world.held_messages()[0].number);
  bool delivered = false;
  const VirtualTime end = world.now();
  while (const auto record = world.step(end)) {
    const auto* frame = std::get_if<FrameDelivered>(&record->what);
    if (frame != nullptr && record->node == first.to && frame->from == first.from) delivered = true;
  }
  CHECK(delivered);
}

TEST_CASE("By hand alone: timers and messages held, one node campaigns and is elected") {
  WorldOptions options = quiet(9);
  options.workload.clients = 0;
  World world{options};
  for (u32 id = 1; id <= 3; ++id) world.hold_timers(NodeId{id}, true);
  world.hold_messages(MessageFilter{});
  run_for(world, seconds(1));
  REQUIRE(world.leader().nobody());
  for (int round = 0; round < 40 && world.leader().nobody(); ++round) {
    if (round == 0) world.campaign(NodeId{2});
    while (!world.held_messages().empty()) {
      world.deliver(world.held_messages()[0].number);
      run_for(world, milliseconds(50));
    }
    run_for(world, milliseconds(50));
  }
  CHECK(world.leader() == NodeId{2});
}

TEST_CASE("A node starts with the log, the term and the vote that it is given") {
  WorldOptions options = quiet(10);
  options.workload.clients = 0;
  options.start.push_back(StartingLog{.term = Term{4},
                                      .voted_for = NodeId{2},
                                      .entry_terms = {Term{1}, Term{1}, Term{3}},
                                      .commit_index = LogIndex{1}});
  World world{options};
  world.hold_timers(NodeId{1}, true);
  world.isolate(NodeId{1});
  run_for(world, milliseconds(100));
  const raft::Raft* raft = world.node(NodeId{1}).raft();
  REQUIRE(raft != nullptr);
  CHECK(raft->hard_state().current_term == Term{4});
  CHECK(raft->hard_state().voted_for == NodeId{2});
  REQUIRE(raft->log().last_index() == LogIndex{3});
  CHECK(raft->log().term_at(LogIndex{3}) == Term{3});
}

TEST_CASE("A script's proposal is answered and stands in the history") {
  WorldOptions options = quiet(11);
  options.workload.clients = 0;
  World world{options};
  const NodeId leader = elect(world);
  const std::string_view set[] = {"SET", "k", "v"};
  const OperationId id = world.propose(leader, set, seconds(2));
  run_for(world, seconds(1));
  CHECK(world.history().operation(id).outcome == Outcome::ok);
  CHECK(world.history().reply(world.history().operation(id)) == "+OK\r\n");
}

TEST_CASE("A failed sync ends the incarnation, and a restart recovers") {
  World world{quiet(12)};
  const NodeId leader = elect(world);
  world.fail_next(leader, DiskActionKind::sync);
  run_for(world, seconds(10));
  CHECK(world.counters().halts == 1);
  CHECK(world.is_up(leader));
  CHECK(std::as_const(world).seat(leader).starts == 2);
  CHECK(commit_of(world, 1) == commit_of(world, 2));
}

TEST_CASE("A node that finds rot in its log refuses, and the others go on") {
  World world{quiet(13)};
  const NodeId leader = elect(world);
  const NodeId victim{leader.value % 3 + 1};
  run_for(world, seconds(2));
  REQUIRE(world.rot_entry(victim, LogIndex{3}));
  world.crash(victim, CrashKind::machine, Unsynced::lost, true);
  run_for(world, seconds(5));
  CHECK(world.node(victim).phase() == node::Phase::refusing);
  CHECK(answered(world) > 0);
  CHECK_FALSE(world.leader().nobody());
}

TEST_CASE("No run of the swarm is like the other, and each enables faults") {
  std::map<std::string, int> on;
  for (u64 seed = 1; seed <= 200; ++seed) {
    const WorldOptions options = swarm_options(seed);
    REQUIRE_FALSE(invalid(options));
    REQUIRE(options.seed == seed);
    on["loss"] += options.network.loss_ppm != 0 ? 1 : 0;
    on["flip"] += options.network.flip_ppm != 0 ? 1 : 0;
    on["crash"] += options.faults.process_crash_every != Duration{0} ? 1 : 0;
    on["power"] += options.faults.machine_crash_every != Duration{0} ? 1 : 0;
    on["partition"] += options.faults.partition_every != Duration{0} ? 1 : 0;
    on["sync_error"] += options.disk.sync_error_ppm != 0 ? 1 : 0;
    on["rot"] += options.faults.rot_every != Duration{0} ? 1 : 0;
  }
  for (const auto& [name, count] : on) {
    INFO(name);
    CHECK(count > 50);
    CHECK(count < 150);
  }
}

TEST_CASE("Fifty worlds of the swarm run, heal and answer their clients") {
  u64 crashes = 0;
  u64 refusing_majorities = 0;
  for (u64 seed = 1; seed <= 50; ++seed) {
    INFO("seed " << seed);
    World world{swarm_options(seed)};
    run_until(world, VirtualTime{world.options().chaos.value});
    world.heal();
    world.limit_operations(10);
    const VirtualTime end = world.now() + world.options().converge_within;
    while (world.now() < end && (world.leader().nobody() || !world.clients().done())) {
      run_for(world, milliseconds(50));
    }
    REQUIRE_FALSE(world.violation());
    crashes += world.counters().crashes;
    u32 out = 0;
    for (u32 id = 1; id <= world.size(); ++id) {
      const bool refuses = world.node(NodeId{id}).phase() == node::Phase::refusing;
      if (refuses || std::as_const(world).seat(NodeId{id}).given_up) out += 1;
    }
    if (out * 2 >= world.size()) {
      refusing_majorities += 1;
      continue;
    }
    CHECK(world.clients().done());
    CHECK_FALSE(world.leader().nobody());
  }
  CHECK(crashes > 50);
  CHECK(refusing_majorities == 0);
}

TEST_CASE("A leader whose disk has room for little leads no more when much is asked of it") {
  WorldOptions options = quiet();
  options.workload.operations = 0;
  options.node.segment_bytes = 64ULL << 10;
  options.node.batch_bytes_max = 16ULL << 10;
  World world{options};
  const NodeId full = elect(world);
  run_for(world, milliseconds(100));
  const std::string half(12'000, 'x');
  const auto set = [&](NodeId at, std::string_view key) {
    const std::array<std::string_view, 3> words{"SET", key, half};
    const OperationId operation = world.propose(at, words, seconds(5));
    run_for(world, seconds(1));
    return world.history().operation(operation).outcome;
  };
  world.fill_disk(full, true);
  // The first few still find room; then there is some left, but not as much as a value takes.
  for (int i = 0; i < 8; ++i) set(full, "k");
  CHECK(world.leader() != full);
  REQUIRE_FALSE(world.leader().nobody());
  CHECK(set(world.leader(), "after") == Outcome::ok);
}

TEST_CASE("Forks of a world by equal numbers are equal, and by others are not") {
  World world{swarm_options(3, kGeneratorVersion, Mode::swarm)};
  run_for(world, milliseconds(500));
  const World untouched = world;
  std::set<std::pair<u64, u64>> ends;
  for (const u64 number : {u64{1}, u64{2}, u64{1}, u64{2}}) {
    World fork = world;
    fork.fork(number);
    CHECK(state::digest_of(fork) != state::digest_of(world));
    run_for(fork, seconds(1));
    const Digest end = state::digest_of(fork);
    ends.insert({end.high, end.low});
  }
  CHECK(ends.size() == 2);
  CHECK(state::digest_of(world) == state::digest_of(untouched));
}

}  // namespace snowflk::sim
