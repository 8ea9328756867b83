#include "sim/check/lost_time.hpp"

#include "core/wire/frame.hpp"
#include "sim/world.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

WorldOptions quiet() {
  WorldOptions options;
  options.nodes = 3;
  options.workload.clients = 1;
  options.workload.operations = 200;
  return options;
}

/// A world of three, whose leader has served for a while.
World with_leader() {
  World world{quiet()};
  while (world.step(VirtualTime{} + seconds(2))) {
  }
  REQUIRE(!world.leader().nobody());
  return world;
}

/// A step of `node` as it is in `world` now, in which nothing is told.
StepView view_of(const World& world, NodeId node) {
  StepView view;
  view.node = node;
  view.at = Instant{world.now().value};
  view.state = &world.node(node);
  view.term = world.node(node).raft()->hard_state().current_term;
  view.log = &world.node(node).raft()->log();
  return view;
}

std::vector<std::byte> promise_of(NodeId node, Term term) {
  std::vector<std::byte> frame;
  wire::encode(wire::Sender{.cluster = ClusterId{9}, .self = node},
               raft::Message{raft::PreVoteReply{.term = term, .vote_granted = true}}, frame);
  return frame;
}

NodeId follower_in(const World& world) {
  return world.leader() == NodeId{1} ? NodeId{2} : NodeId{1};
}

TEST_CASE("an election that nobody was asked about before is found") {
  PreVoteRules rules;
  StepView view;
  view.node = NodeId{2};
  const node::Event asks{raft::Event{raft::PreVoteStarted{.term = Term{4}}}};
  const node::Event stands{raft::Event{raft::ElectionStarted{.term = Term{4}}}};
  view.events = {&asks, 1};
  CHECK(!rules.observe(view));
  view.events = {&stands, 1};
  CHECK(!rules.observe(view));
  const node::Event again{raft::Event{raft::ElectionStarted{.term = Term{5}}}};
  view.events = {&again, 1};
  const Finding finding = rules.observe(view);
  REQUIRE(finding);
  CHECK(finding->property == "pre_vote_first");
}

TEST_CASE("a leader that promises another its vote is found, a follower may") {
  const World world = with_leader();
  const NodeId follower = follower_in(world);
  for (const NodeId node : {world.leader(), follower}) {
    PreVoteRules rules;
    StepView view = view_of(world, node);
    static_cast<void>(rules.observe(view));
    const auto frame = promise_of(node, view.term.next());
    const node::Send send{.to = NodeId{3}, .frame = frame};
    view.sends = {&send, 1};
    const Finding finding = rules.observe(view);
    CHECK(finding.has_value() == (node == world.leader()));
    if (finding) CHECK(finding->property == "no_promise_by_a_leader");
  }
}

TEST_CASE("a promise that puts off the own election is found") {
  const World before = with_leader();
  const NodeId follower = follower_in(before);
  World after = before;
  while (after.node(follower).raft()->deadline() == before.node(follower).raft()->deadline()) {
    REQUIRE(after.step(before.now() + seconds(1)));
  }
  PreVoteRules rules;
  static_cast<void>(rules.observe(view_of(before, follower)));
  StepView view = view_of(after, follower);
  const auto frame = promise_of(follower, view.term.next());
  const node::Send send{.to = NodeId{3}, .frame = frame};
  view.sends = {&send, 1};
  const Finding finding = rules.observe(view);
  REQUIRE(finding);
  CHECK(finding->property == "promise_changes_nothing");
}

TEST_CASE("a leader that forgets what a follower has is found") {
  World early{quiet()};
  while (early.step(VirtualTime{} + seconds(2)) && early.leader().nobody()) {
  }
  const NodeId leader = early.leader();
  REQUIRE(!leader.nobody());
  World late = early;
  while (late.step(early.now() + seconds(1))) {
  }
  REQUIRE(late.leader() == leader);
  MatchIndexRises rises;
  CHECK(!rises.observe(view_of(early, leader)));
  CHECK(!rises.observe(view_of(late, leader)));
  const Finding finding = rises.observe(view_of(early, leader));
  REQUIRE(finding);
  CHECK(finding->property == "match_index_rises");
}

}  // namespace
}  // namespace snowflk::sim
