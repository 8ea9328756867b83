// core/raft/progress.hpp: a leader's belief about one follower, and the window.
#include "core/raft/progress.hpp"

#include <deque>

#include "tests/catch.hpp"
#include "tests/support/property.hpp"

namespace snowflk::raft {
namespace {

TEST_CASE("the first success ends the probing, and sends go on after it") {
  Progress progress;
  progress.next_index = LogIndex{9};
  progress.probe_sent = true;
  CHECK(progress.advance(LogIndex{8}));
  CHECK(progress.state == ProgressState::replicate);
  CHECK(progress.next_index == LogIndex{9});
  CHECK(!progress.probe_sent);
}

TEST_CASE("a success that is no news changes nothing") {
  Progress progress;
  progress.advance(LogIndex{8});
  CHECK(!progress.advance(LogIndex{8}));
  CHECK(!progress.advance(LogIndex{3}));
  CHECK(progress.match_index == LogIndex{8});
  CHECK(progress.next_index == LogIndex{9});
}

TEST_CASE("a success does not move back what was sent ahead") {
  Progress progress;
  progress.advance(LogIndex{1});
  progress.inflight.add(LogIndex{5}, 10);
  progress.inflight.add(LogIndex{9}, 10);
  progress.next_index = LogIndex{10};
  CHECK(progress.advance(LogIndex{5}));
  CHECK(progress.next_index == LogIndex{10});
  CHECK(!progress.inflight.empty());
  CHECK(progress.advance(LogIndex{9}));
  CHECK(progress.inflight.empty());
}

TEST_CASE("to probe is to forget what was under way") {
  Progress progress;
  progress.advance(LogIndex{1});
  progress.inflight.add(LogIndex{5}, 10);
  progress.probe_from(LogIndex{2});
  CHECK(progress.state == ProgressState::probe);
  CHECK(progress.inflight.empty());
  CHECK(!progress.probe_sent);
}

TEST_CASE("a window is full by messages or by bytes, and never full when empty") {
  Inflight window;
  CHECK(!window.full(1, 0));
  window.add(LogIndex{1}, 100);
  CHECK(window.full(1, 1000));
  CHECK(!window.full(2, 101));
  CHECK(window.full(2, 100));
  window.clear();
  CHECK(!window.full(1, 0));
}

TEST_CASE("the ring does what a queue does") {
  testing::check_property(
      "the ring does what a queue does",
      [](const std::vector<u8>& choices) {
        Inflight ring;
        std::deque<std::pair<u64, u64>> queue;  // last index, bytes
        u64 last = 0;
        for (const u8 choice : choices) {
          if (choice % 2 == 0 && queue.size() < Inflight::kMessagesMax) {
            last += 1 + choice % 3;
            ring.add(LogIndex{last}, choice);
            queue.emplace_back(last, choice);
          } else {
            const u64 match = last - std::min<u64>(last, choice % 8);
            ring.acknowledge(LogIndex{match});
            while (!queue.empty() && queue.front().first <= match) queue.pop_front();
          }
          u64 bytes = 0;
          for (const auto& [index, size] : queue) bytes += size;
          RC_ASSERT(ring.empty() == queue.empty());
          RC_ASSERT(ring.full(queue.size() + 1, UINT64_MAX) == false);
          RC_ASSERT(ring.full(queue.size(), UINT64_MAX));
          RC_ASSERT(ring.full(UINT64_MAX, bytes) == !queue.empty());
          RC_ASSERT(!ring.full(UINT64_MAX, bytes + 1));
        }
      },
      500);
}

}  // namespace
}  // namespace snowflk::raft
