#include "sim/check/election_patience.hpp"

#include "core/wire/frame.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

/// Node 2 of term 3, whose shortest election timeout is 150 ms.
class Follower {
 public:
  Finding step(Duration later, std::vector<node::Event> events) {
    view_.clock = view_.clock + later;
    view_.events = events;
    Finding found = check_.observe(view_, hears_leader(view_));
    view_.heard = {};
    return found;
  }
  Finding hears(Duration later, Term term, std::vector<node::Event> events = {}) {
    std::vector<std::byte> frame;
    raft::AppendEntries message{};
    message.term = term;
    wire::encode({.cluster = ClusterId{1}, .self = NodeId{1}}, message,
                 std::span<const wire::Entry>{}, frame);
    view_.heard = frame;
    return step(later, std::move(events));
  }
  Follower() {
    view_.node = NodeId{2};
    view_.term = Term{3};
    view_.log = &log_;
  }

 private:
  raft::Log log_;
  StepView view_;
  ElectionPatience check_{milliseconds(150)};
};

const node::Event kVoted = raft::Event{raft::VoteGranted{.term = Term{3}, .candidate = NodeId{1}}};
const node::Event kAsks = raft::Event{raft::PreVoteStarted{}};

}  // namespace

TEST_CASE("who has voted, heard its leader or asked waits for its election timeout") {
  Follower node;
  CHECK_FALSE(node.step({}, {kAsks}));  // nothing is known of what was before
  CHECK_FALSE(node.step(milliseconds(150), {kAsks}));
  CHECK_FALSE(node.step({}, {kVoted}));
  CHECK_FALSE(node.step(milliseconds(100), {}));
  CHECK_FALSE(node.hears(milliseconds(49), Term{3}));
  CHECK_FALSE(node.step(milliseconds(150), {kAsks}));
}

TEST_CASE("who asks for votes earlier is found, and told why it should not") {
  const auto sentence_of = [](const Finding& found) { return found ? found->sentence : ""; };
  Follower voter;
  voter.step({}, {kVoted});
  const Finding found = voter.step(milliseconds(149), {kAsks});
  CHECK(
      sentence_of(found).starts_with("node 2 asks for votes 149000 us after it voted for another"));
  CHECK(found->property == "election_patience");
  Follower follower;
  follower.hears({}, Term{3});
  CHECK(sentence_of(follower.step(milliseconds(9), {kAsks})).find("it heard its leader") !=
        std::string::npos);
  CHECK(sentence_of(follower.step(milliseconds(9), {kAsks})).find("it asked before") !=
        std::string::npos);
}

TEST_CASE("a leader of another term, or a message that is refused, is no reason to wait") {
  Follower node;
  node.hears({}, Term{2});
  CHECK_FALSE(node.step(milliseconds(1), {kAsks}));
  Follower other;
  other.hears({}, Term{3}, {raft::Event{raft::MessageRefused{}}});
  CHECK_FALSE(other.step(milliseconds(1), {kAsks}));
}

TEST_CASE("what an earlier incarnation heard is forgotten with it") {
  Follower node;
  node.step({}, {kVoted});
  node.step({}, {node::NodeEvent{node::Started{}}});
  CHECK_FALSE(node.step(milliseconds(1), {kAsks}));
}

}  // namespace snowflk::sim
