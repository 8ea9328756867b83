#include "sim/check/bounded_steps.hpp"

#include "core/kv/reply.hpp"
#include "core/node/node.hpp"
#include "sim/world.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

/// A step of a node that runs, as its check sees it.
class Step {
 public:
  Step() : world_(one_node()) {
    while (world_.node(NodeId{1}).phase() != node::Phase::running) REQUIRE(world_.step());
    view_.node = NodeId{1};
    view_.state = &world_.node(NodeId{1});
    view_.clock = Instant{1'000};
    view_.deadline = Instant{2'000};
  }
  Step& applies(u32 count) {
    for (u32 i = 0; i < count; ++i) events_.emplace_back(node::NodeEvent{node::Applied{}});
    return *this;
  }
  Step& replies(std::size_t bytes) {
    texts_.emplace_back();
    kv::ReplyWriter{texts_.back()}.bulk(std::vector<std::byte>(bytes - 5));
    return *this;
  }
  Step& errors(u32 count) {
    for (u32 i = 0; i < count; ++i) {
      texts_.emplace_back();
      kv::ReplyWriter{texts_.back()}.error(kv::ErrorKind::refused, "a reason of some length");
    }
    return *this;
  }
  Step& goes_on() {
    view_.deadline = Instant{0};
    return *this;
  }
  Finding found() {
    std::vector<node::Reply> replies;
    for (const auto& text : texts_) replies.push_back({.client = {}, .request = {}, .reply = text});
    view_.events = events_;
    view_.replies = replies;
    NodeTimes times;
    times.applies_per_step_max = 3;
    times.reply_bytes_per_step_max = 100;
    return BoundedSteps{times}.observe(view_);
  }

 private:
  static WorldOptions one_node() {
    WorldOptions options;
    options.nodes = 1;
    return options;
  }
  World world_;
  StepView view_;
  std::vector<node::Event> events_;
  std::vector<std::vector<std::byte>> texts_;
};

}  // namespace

TEST_CASE("A step within its bounds may end as it likes") {
  CHECK_FALSE(Step{}.applies(2).replies(60).found());
  CHECK_FALSE(Step{}.errors(50).found());
}

TEST_CASE("A step that reaches a bound asks to go on at once") {
  CHECK_FALSE(Step{}.applies(3).goes_on().found());
  CHECK_FALSE(Step{}.replies(60).replies(60).goes_on().found());
  const Finding by_entries = Step{}.applies(3).found();
  REQUIRE(by_entries);
  CHECK(by_entries->kind == ViolationKind::liveness);
  CHECK(Step{}.replies(500).found());
}

TEST_CASE("A step that goes over a bound is found") {
  const Finding entries = Step{}.applies(4).goes_on().found();
  REQUIRE(entries);
  CHECK(entries->property == "bounded_steps");
  CHECK(entries->kind == ViolationKind::safety);
  CHECK(entries->sentence.starts_with("node 1 applied 4 entries, its bound being 3"));
  const Finding replies = Step{}.replies(60).replies(40).replies(9).goes_on().found();
  REQUIRE(replies);
  CHECK(replies->sentence.starts_with("node 1 gave 109 bytes of replies, and one more after 100"));
}

}  // namespace snowflk::sim
