#include "sim/check/undisturbed_leader.hpp"

#include "core/wire/frame.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

/// Node 2 of term 3, whose shortest election timeout is 150 ms.
class Watched {
 public:
  Watched() {
    view_.node = NodeId{2};
    view_.term = Term{3};
    view_.log = &log_;
    check_.observe(view_, sim::hears_leader(view_));
  }
  Watched& leads() {
    view_.role = raft::Role::leader;
    check_.observe(view_, sim::hears_leader(view_));
    return *this;
  }
  Watched& starts() {
    const std::vector<node::Event> events{node::NodeEvent{node::Started{}}};
    view_.events = events;
    check_.observe(view_, sim::hears_leader(view_));
    view_.events = {};
    return *this;
  }
  Watched& hears_leader(std::vector<node::Event> events = {}) {
    raft::AppendEntries message{};
    message.term = view_.term;
    std::vector<std::byte> frame;
    wire::encode(kSender, message, std::span<const wire::Entry>{}, frame);
    view_.heard = frame;
    view_.events = events;
    check_.observe(view_, sim::hears_leader(view_));
    view_.heard = {};
    view_.events = {};
    return *this;
  }
  /// So much later, and is of term `after` then.
  std::string is_asked(Duration later, Term term, Term after) {
    raft::RequestVote message{};
    message.term = term;
    std::vector<std::byte> frame;
    wire::encode(kSender, message, frame);
    view_.heard = frame;
    view_.heard_from = NodeId{1};
    view_.clock = view_.clock + later;
    view_.term = after;
    if (after == term) view_.role = raft::Role::follower;
    const Finding found = check_.observe(view_, sim::hears_leader(view_));
    view_.heard = {};
    return found ? found->property + ": " + found->sentence : "";
  }

 private:
  static constexpr wire::Sender kSender{.cluster = ClusterId{1}, .self = NodeId{1}};
  raft::Log log_;
  StepView view_;
  UndisturbedLeader check_{milliseconds(150)};
};

}  // namespace

TEST_CASE("who has heard from its leader, or leads, follows no request of a newer term") {
  CHECK(Watched{}.hears_leader().is_asked(milliseconds(149), Term{4}, Term{4}) ==
        "undisturbed_leader: node 2 leaves term 3 for term 4 since node 1 asks for its vote, while "
        "it has heard from its leader 149000 us before, by its own clock (seen at 0.000000 s)");
  CHECK(Watched{}.leads().is_asked(seconds(9), Term{4}, Term{4}) ==
        "undisturbed_leader: node 2 leaves term 3 for term 4 since node 1 asks for its vote, while "
        "it leads (seen at 0.000000 s)");
}

TEST_CASE("who has not heard for an election timeout, or was started since, may follow one") {
  CHECK(Watched{}.hears_leader().is_asked(milliseconds(150), Term{4}, Term{4}).empty());
  CHECK(Watched{}.is_asked({}, Term{4}, Term{4}).empty());
  CHECK(Watched{}.hears_leader().starts().is_asked({}, Term{4}, Term{4}).empty());
  CHECK(Watched{}
            .hears_leader({raft::Event{raft::MessageRefused{}}})
            .is_asked({}, Term{4}, Term{4})
            .empty());
}

TEST_CASE("who stays in its term disturbs nobody, and what was heard in another term is over") {
  CHECK(Watched{}.hears_leader().is_asked({}, Term{4}, Term{3}).empty());
  Watched node;
  node.hears_leader();
  CHECK_FALSE(node.is_asked({}, Term{4}, Term{4}).empty());
  CHECK(node.is_asked({}, Term{5}, Term{5}).empty());
}

}  // namespace snowflk::sim
