// Nodes that the healing leaves in a fault for good: what each fault is, that the others go on, and
// what is asked of them.
#include <set>

#include "sim/scenario/run.hpp"
#include "sim/scenario/words.hpp"
#include "sim/swarm.hpp"
#include "tests/catch.hpp"
#include "tests/sim/scenario/scenario_of.hpp"

namespace snowflk::sim::scenario {
namespace {

/// The world as it is when all is over, and all that was told.
class Last final : public Watcher {
 public:
  void event(const World&, const StepRecord& record) override {
    const auto* out = std::get_if<NodeLeftOut>(&record.what);
    if (out != nullptr) left_out.push_back({.node = record.node, .fault = out->fault});
  }
  void say(const World&, std::string_view text) override { said.emplace_back(text); }
  void ended(const World& world) override { last.emplace(world); }
  std::optional<World> last;
  std::vector<LeftOut> left_out;
  std::vector<std::string> said;
};

RunResult run_of(const Scenario& scenario, Last& last, u64 seed = 1) {
  RunResult result = run(scenario, seed, &last);
  if (result.violation) UNSCOPED_INFO(result.violation->sentence);
  return result;
}

/// The leader of three under load is left out.
Scenario leader_left_out(std::string_view how, const std::string& more = {}) {
  return scenario_of(R"("workload": {"clients": 3, "operations": 200, "think_mean": "10ms"},
      "script": [{"until": "leader", "as": "old"}, {"run": "300ms"},
                 {"leave_out": "old", "how": ")" +
                     std::string{how} + R"("}, {"run": "300ms"})" + more + "]");
}

NodeId left_out(const World& world) {
  for (const NodeId node : world.nodes()) {
    if (world.is_left_out(node)) return node;
  }
  return {};
}

TEST_CASE("whatever becomes of a leader for good, the others lead, agree and serve") {
  for (const std::string_view how : kLastingWords) {
    CAPTURE(how);
    Last last;
    CHECK_FALSE(run_of(leader_left_out(how), last).violation);
    REQUIRE(last.last);
    const World& world = *last.last;
    const NodeId out = left_out(world);
    REQUIRE(out != NodeId{});
    CHECK(name_of(world.seat(out).lasting) == how);
    CHECK(world.healed());
    const bool may_lead = how == "disk_full" || how == "disk_stalled";
    CHECK((world.leader() != out || may_lead));
    CHECK(last.said.back().find("the other 2 logs end at") != std::string::npos);
    for (const NodeId node : world.nodes()) {
      if (node == out) continue;
      CHECK(world.node(node).applied_index() == world.node(world.leader()).applied_index());
    }
    // Each of the others took a write when all was at rest.
    u64 served = 0;
    const History& history = world.history();
    for (const Operation& operation : history.operations()) {
      const bool is_final = history.word(operation, 1) == "served";
      served += is_final && operation.outcome == Outcome::ok ? 1 : 0;
    }
    CHECK(served == 2);
  }
}

TEST_CASE("clients leave who is left out, also those that knew nobody else") {
  const Scenario scenario = scenario_of(
      R"("workload": {"clients": 6, "operations": 400, "think_mean": "10ms", "loyal": "1/1"},
         "script": [{"until": "leader"}, {"run": "500ms"}, {"leave_out": 2, "how": "frozen"}])");
  Last last;
  CHECK_FALSE(run_of(scenario, last).violation);
  REQUIRE(last.last);
  const auto reads = last.last->clients().final_reads();
  CHECK(reads.size() > 3);
  for (const Clients::FinalRead& read : reads) CHECK(read.node != NodeId{2});
}

TEST_CASE("of a cluster that is left out as a whole clients may ask anybody") {
  World world{WorldOptions{}};
  for (const NodeId node : world.nodes()) world.leave_out(node, LastingFault::deaf);
  while (world.step_ordered()) {
  }
  world.heal();
  while (world.step(VirtualTime{seconds(8).value})) {
  }
  CHECK(world.history().operations().size() > 3);
}

TEST_CASE("a healing, by the script or in the end, does not reach who is left out") {
  const std::string heal = R"(, {"heal": "all"}, {"run": "100ms"})";
  const auto after = [&](std::string_view how) {
    Last last;
    CHECK_FALSE(run_of(leader_left_out(how, heal), last).violation);
    return *std::move(last.last);
  };
  const auto links = [](const World& world, bool from) {
    const NodeId out = left_out(world);
    std::set<LinkState> states;
    for (const NodeId other : world.nodes()) {
      if (other == out) continue;
      states.insert(from ? world.network().link(out, other) : world.network().link(other, out));
    }
    return states;
  };
  const std::set cut{LinkState::drop};
  const std::set open{LinkState::open};
  const World isolated = after("isolated");
  CHECK((links(isolated, true) == cut && links(isolated, false) == cut));
  CHECK(isolated.seat(left_out(isolated)).clients_cut);
  const World deaf = after("deaf");
  CHECK((links(deaf, true) == open && links(deaf, false) == cut));
  const World mute = after("mute");
  CHECK((links(mute, true) == cut && links(mute, false) == open));
  const World frozen = after("frozen");
  CHECK(frozen.is_paused(left_out(frozen)));
  CHECK((links(frozen, true) == open && links(frozen, false) == open));
  const World down = after("down");
  CHECK_FALSE(down.is_up(left_out(down)));
  const World full = after("disk_full");
  CHECK(full.seat(left_out(full)).disk_full);
}

TEST_CASE("who is left out cannot be brought back, and not be left out twice") {
  const auto mistake = [](std::string_view how, const std::string& step) {
    Last last;
    const RunResult result = run(leader_left_out(how, step), 1, &last);
    REQUIRE(result.violation);
    CHECK(result.violation->kind == ViolationKind::mistake);
    return result.violation->sentence;
  };
  CHECK(mistake("down", R"(, {"restart": "old"})").ends_with(" is down for good"));
  CHECK(mistake("frozen", R"(, {"resume": "old"})").ends_with(" is frozen for good"));
  CHECK(mistake("deaf", R"(, {"leave_out": "old", "how": "mute"})")
            .ends_with(" is left out already"));
  const auto refusal = [](const std::string& step) {
    const auto scenario = parse(R"({"story": "s", "script": [)" + step + "]}");
    return scenario ? std::string{"none"} : scenario.error().text;
  };
  CHECK(refusal(R"({"leave_out": 1})") ==
        "\"leave_out\" needs \"how\", in which fault they stay, such as \"down\"");
  CHECK(refusal(R"({"leave_out": 1, "how": "frosen"})").find("frozen") != std::string::npos);
  CHECK(refusal(R"({"crash": 1, "how": "down"})") == "\"how\" cannot stand beside \"crash\"");
}

TEST_CASE("with a majority left out, a certificate says so, and safety alone is judged") {
  Last last;
  const Scenario scenario = scenario_of(
      R"("workload": {"clients": 2, "operations": 50, "think_mean": "10ms"},
         "script": [{"until": "leader"}, {"run": "1s"}, {"leave_out": [1, 3], "how": "frozen"}])");
  const RunResult result = run_of(scenario, last);
  CHECK_FALSE(result.violation);
  CHECK(result.excuse.starts_with(
      "no majority can be had, 2 of 3 nodes refuse or are left out; entry "));
  CHECK(result.excuse.ends_with("n1 is frozen for good. n3 is frozen for good"));
}

TEST_CASE("the leader is left out more often than its share") {
  constexpr u64 kWorlds = 100;
  u64 first_leads = 0;
  WorldOptions options;
  options.nodes = 5;
  options.faults.left_out_max = 2;
  options.check_expensive_invariants = false;
  for (u64 seed = 1; seed <= kWorlds; ++seed) {
    options.seed = seed;
    World world{options};
    while (world.leader().nobody() && world.step()) {
    }
    const std::vector<LeftOut> drawn = world.draw_left_out();
    REQUIRE_FALSE(drawn.empty());
    first_leads += drawn.front().node == world.leader() ? 1U : 0U;
  }
  CHECK(first_leads > kWorlds * 2 / 5);  // of five nodes one leads
  CHECK(first_leads < kWorlds * 4 / 5);
}

TEST_CASE("no drawn node takes the majority of whole disks") {
  for (u64 seed = 1; seed <= 20; ++seed) {
    WorldOptions options;
    options.seed = seed;
    options.nodes = 5;
    options.faults.left_out_max = 2;
    World world{options};
    while (world.step(VirtualTime{seconds(2).value})) {
    }
    for (const u32 id : {1U, 2U}) {
      REQUIRE(world.rot_byte(NodeId{id}, bitcask::FileId{bitcask::FileKind::meta, 0}, 0));
    }
    for (const LeftOut& out : world.draw_left_out()) CHECK(out.node <= NodeId{2});
  }
}

TEST_CASE("what a seed draws leaves a majority, and is of all kinds") {
  std::set<LastingFault> kinds;
  const Scenario scenario =
      scenario_of(R"("swarm": true, "nodes": 5, "faults": {"left_out_max": 2})");
  const Scenario without =
      scenario_of(R"("swarm": true, "nodes": 5, "faults": {"left_out_max": 0})");
  for (u64 seed = 1; seed <= 16; ++seed) {
    CAPTURE(seed);
    Last last;
    CHECK_FALSE(run_of(scenario, last, seed).violation);
    CHECK(last.left_out.size() <= 2);
    for (const LeftOut& out : last.left_out) kinds.insert(out.fault);
    Last none;
    CHECK_FALSE(run_of(without, none, seed).violation);
    CHECK(none.left_out.empty());
  }
  CHECK(kinds.size() == kLastingFaultCount);
  CHECK_FALSE(parse(R"({"story": "s", "nodes": 4, "faults": {"left_out_max": 2}})"));
}

}  // namespace
}  // namespace snowflk::sim::scenario
