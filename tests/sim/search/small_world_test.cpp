// A small world is what it says: the same under other names, the same after a way through bytes,
// the same as real nodes; and it sees what is broken.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/prng.hpp"
#include "sim/scenario/run.hpp"
#include "sim/search/exhaustive/canonical.hpp"
#include "sim/search/exhaustive/script.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::exhaustive {
namespace {

constexpr Bounds kRich{.terms = 3,
                       .entries = 2,
                       .crashes = 2,
                       .drops = 2,
                       .duplicates = 1,
                       .overtakes = 1,
                       .heartbeats = 1};

/// A random way through the world, with names of its own.
class Walk {
 public:
  Walk(const Bounds& bounds, u64 seed) : bounds_(bounds), stepper_(bounds), draw_(seed, 0, 0) {
    const std::vector<SmallWorld> firsts = first_worlds(bounds);
    world_ = firsts[draw_.below(firsts.size())];
  }

  /// One action more; false: nothing can happen.
  bool step() {
    actions_of(world_, bounds_, actions_);
    while (!actions_.empty()) {
      const std::size_t drawn = draw_.below(actions_.size());
      ReplayStep step{.action = actions_[drawn], .before = world_, .after = world_, .sent = {}};
      actions_.erase(actions_.begin() + static_cast<std::ptrdiff_t>(drawn));
      stepper_.note_sends(&step.sent);
      if (stepper_.apply(step.after, step.action) != StepResult::done) continue;
      world_ = step.after;
      way_.push_back(step);
      return true;
    }
    return false;
  }
  [[nodiscard]] const SmallWorld& world() const { return world_; }
  [[nodiscard]] const std::vector<ReplayStep>& way() const { return way_; }
  Prng& draw() { return draw_; }

 private:
  Bounds bounds_;
  Stepper stepper_;
  Prng draw_;
  SmallWorld world_;
  std::vector<Action> actions_;
  std::vector<ReplayStep> way_;
};

std::vector<u8> bytes_of(const Bounds& bounds, const SmallWorld& world) {
  Canonical canonical{bounds};
  canonical.encode(world);
  return canonical.bytes();
}

u8 renamed(u8 node, const Order& names) { return node == kNobody ? node : names[node]; }

u8 renamed_mask(u8 mask, const Order& names) {
  u8 result = 0;
  for (u32 node = 0; node < kNodesMax; ++node) {
    if ((u32{mask} >> node & 1U) != 0) result = static_cast<u8>(result | 1U << names[node]);
  }
  return result;
}

SmallWorld renamed(const SmallWorld& world, const Order& names) {
  SmallWorld result = world;
  for (u8 id = 0; id < kNodesMax; ++id) {
    SmallNode& node = result.nodes[names[id]];
    node = world.nodes[id];
    node.now.vote = renamed(node.now.vote, names);
    node.stored.vote = renamed(node.stored.vote, names);
    node.leader = renamed(node.leader, names);
    node.leader_of_term = renamed(node.leader_of_term, names);
    node.votes = renamed_mask(node.votes, names);
    for (u8 other = 0; other < kNodesMax; ++other) {
      node.beliefs[names[other]] = world.nodes[id].beliefs[other];
      result.links[names[id]][names[other]] = world.links[id][other];
    }
  }
  for (u8& leader : result.leader_of) leader = renamed(leader, names);
  return result;
}

Action renamed(Action action, const Order& names) {
  action.node = names[action.node];
  action.other = names[action.other];
  action.asked = renamed_mask(action.asked, names);
  return action;
}

SmallLog log_of(std::initializer_list<u8> terms) {
  SmallLog log;
  for (const u8 term : terms) log.push(static_cast<u8>(term * 2));
  return log;
}

SmallWorld quiet_world() {
  SmallWorld world;
  world.leader_of.fill(kNobody);
  return world;
}

void holds(SmallNode& node, u8 term, const SmallLog& log) {
  node.now.term = term;
  node.now.log = log;
  node.stored = node.now;
}

void leads(SmallNode& node) { node.role = static_cast<u8>(raft::Role::leader); }

std::string property_of(const std::optional<Broken>& broken) {
  return broken ? broken->property : "none";
}

}  // namespace

TEST_CASE("a world under other names is the same world, and so is what comes of it") {
  for (u64 seed = 1; seed <= 60; ++seed) {
    Walk walk{kRich, seed};
    Order names{0, 1, 2, 3, 4};
    for (u32 left = 3; left > 1; --left) std::swap(names[left - 1], names[walk.draw().below(left)]);
    Stepper stepper{kRich};
    for (u32 steps = 0; steps < 40 && walk.step(); ++steps) {
      const ReplayStep& step = walk.way().back();
      SmallWorld other = renamed(step.before, names);
      REQUIRE(bytes_of(kRich, other) == bytes_of(kRich, step.before));
      REQUIRE(stepper.apply(other, renamed(step.action, names)) == StepResult::done);
      REQUIRE(bytes_of(kRich, other) == bytes_of(kRich, step.after));
    }
  }
}

TEST_CASE("what a world's bytes leave out changes nothing of what comes of it") {
  for (u64 seed = 1; seed <= 60; ++seed) {
    Walk walk{kRich, seed};
    Stepper stepper{kRich};
    Canonical canonical{kRich};
    for (u32 steps = 0; steps < 40 && walk.step(); ++steps) {
      const ReplayStep& step = walk.way().back();
      canonical.encode(step.before);
      SmallWorld read;
      canonical.decode(canonical.bytes(), read);
      Order places{};
      for (u8 at = 0; at < kRich.nodes; ++at) places[canonical.order()[at]] = at;
      REQUIRE(bytes_of(kRich, read) == canonical.bytes());
      REQUIRE(stepper.apply(read, renamed(step.action, places)) == StepResult::done);
      REQUIRE(bytes_of(kRich, read) == bytes_of(kRich, step.after));
    }
  }
}

// With --old-messages, nothing is left out that could have made a difference.
TEST_CASE("nothing comes of a message that is forgotten") {
  Bounds bounds = kRich;
  bounds.old_messages = true;
  u64 forgotten = 0;
  for (u64 seed = 1; seed <= 200; ++seed) {
    Walk walk{bounds, seed};
    Stepper stepper{bounds};
    for (u32 steps = 0; steps < 40 && walk.step(); ++steps) {
      const ReplayStep& step = walk.way().back();
      for (u8 from = 0; from < bounds.nodes; ++from) {
        for (u8 to = 0; to < bounds.nodes; ++to) {
          for (const SmallMessage& message : step.before.links[from][to]) {
            const SmallWorld::Link& left = step.after.links[from][to];
            if (std::ranges::find(left, message) != left.end() || from == to) continue;
            // Whether it was taken or forgotten: it is back, before all others.
            SmallWorld again = step.after;
            again.links[from][to] = {};
            again.links[from][to].push(message);
            SmallWorld without = again;
            without.links[from][to] = {};
            const bool taken = step.action.node == to && step.action.other == from;
            if (taken) continue;
            forgotten += 1;
            REQUIRE(
                stepper.apply(again, {.kind = ActionKind::deliver, .node = to, .other = from}) ==
                StepResult::done);
            if (without.nodes[to].down != 0) without.nodes[to].down = 0;
            REQUIRE(bytes_of(bounds, again) == bytes_of(bounds, without));
          }
        }
      }
    }
  }
  CHECK(forgotten > 100);
}

// The same way, by real nodes with disks, a wire and recovery: in the end they hold the same.
TEST_CASE("real nodes that do the same are in the same state") {
  Bounds bounds = kRich;
  bounds.heartbeats = 0;  // these are told of real time, of which a small world has none
  u64 said = 0;
  for (u64 seed = 1; seed <= 120; ++seed) {
    Walk walk{bounds, seed};
    for (u32 steps = 0; steps < 30 && walk.step(); ++steps) {
    }
    Replay replay{.steps = walk.way(), .property = "none", .sentence = "a walk"};
    auto text = scenario_of(bounds, replay);
    if (!text) continue;  // a message between others
    said += 1;
    nlohmann::ordered_json expected;
    for (u32 id = 0; id < bounds.nodes; ++id) {
      const SmallNode& node = walk.world().nodes[id];
      if (node.down != 0) continue;
      const std::string name = std::to_string(id + 1);
      expected["term"][name] = node.now.term;
      expected["vote"][name] = node.now.vote == kNobody ? 0 : node.now.vote + 1;
      expected["commit"][name] = node.commit;
      expected["log"][name] = nlohmann::ordered_json::array();
      for (const u8 entry : node.now.log) expected["log"][name].push_back(term_of_entry(entry));
    }
    const auto end = text->find("\n  ],\n");
    text->insert(end, fmt::format(",\n    {{\"expect\": {}}}", expected.dump()));
    const auto scenario = scenario::parse(*text);
    INFO(*text);
    REQUIRE(scenario.has_value());
    const scenario::RunResult result = scenario::run(*scenario, 1, nullptr);
    INFO("seed " << seed << ": " << (result.violation ? result.violation->sentence : ""));
    CHECK_FALSE(result.violation);
  }
  CHECK(said > 60);
}

TEST_CASE("two leaders of a term are seen, also when the first is one no more") {
  SmallWorld world = quiet_world();
  CHECK(property_of(became_leader(world, 0, 1)) == "none");
  CHECK(property_of(became_leader(world, 0, 1)) == "none");
  CHECK(property_of(became_leader(world, 1, 2)) == "none");
  CHECK(property_of(became_leader(world, 2, 1)) == "election_safety");
}

TEST_CASE("logs that agree on an entry and not on those before it are seen") {
  SmallWorld world = quiet_world();
  holds(world.nodes[0], 3, log_of({1, 3}));
  holds(world.nodes[1], 3, log_of({1, 3, 3}));
  holds(world.nodes[2], 3, log_of({2, 2}));
  CHECK(property_of(broken_by(world, 3, 0)) == "none");
  holds(world.nodes[2], 3, log_of({2, 3}));
  CHECK(property_of(broken_by(world, 3, 2)) == "log_matching");
}

TEST_CASE("an entry that is committed and on no majority's disk is seen") {
  SmallWorld world = quiet_world();
  for (u32 id = 0; id < 2; ++id) holds(world.nodes[id], 1, log_of({1}));
  world.nodes[0].commit = 1;
  CHECK(property_of(broken_by(world, 3, 0)) == "none");
  world = quiet_world();
  for (u32 id = 0; id < 2; ++id) holds(world.nodes[id], 1, log_of({1}));
  world.nodes[1].stored.log = {};
  world.nodes[0].commit = 1;
  CHECK(property_of(broken_by(world, 3, 0)) == "committed_is_stored");
}

TEST_CASE("another entry committed at an index is seen") {
  SmallWorld world = quiet_world();
  for (u32 id = 0; id < 2; ++id) holds(world.nodes[id], 2, log_of({1}));
  world.nodes[0].commit = 1;
  CHECK(property_of(broken_by(world, 3, 0)) == "none");
  holds(world.nodes[1], 2, log_of({2}));
  holds(world.nodes[2], 2, log_of({2}));
  world.nodes[2].commit = 1;
  CHECK(property_of(broken_by(world, 3, 2)) == "state_machine_safety");
}

TEST_CASE("a leader of a later term without a committed entry is seen, one of an earlier is none") {
  SmallWorld world = quiet_world();
  for (u32 id = 0; id < 2; ++id) holds(world.nodes[id], 2, log_of({2}));
  world.nodes[0].commit = 1;
  CHECK(property_of(broken_by(world, 3, 0)) == "none");
  holds(world.nodes[2], 1, log_of({1}));
  leads(world.nodes[2]);
  CHECK(property_of(broken_by(world, 3, 2)) == "none");
  holds(world.nodes[2], 3, log_of({1, 3}));
  CHECK(property_of(broken_by(world, 3, 2)) == "leader_completeness");
}

}  // namespace snowflk::sim::exhaustive
