// A warm call of Raft allocates nothing, and equal values given equal inputs do equal things.
#include <optional>

#include "core/raft/raft.hpp"
#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"

namespace snowflk::raft {
namespace {

constexpr NodeId n1{1};
constexpr NodeId n2{2};

Raft server(NodeId id) {
  Options options;
  options.self = id;
  options.voters = {NodeId{1}, NodeId{2}};
  options.check_expensive_invariants = true;
  return Raft{options, HardState{}, Log{}, LogIndex{}, Prng{1, id.value, 0}, Instant{}};
}

/// A leader and its follower, every buffer reused, messages by hand from one to the other.
class Pair {
 public:
  Pair() {
    leader_.campaign(now_, out_);
    pump();
  }

  void propose_and_read(u64 round) {
    now_ = now_ + milliseconds(1);
    out_.clear();
    static_cast<void>(leader_.propose(now_, EntryKind::command, 100, out_));
    pump();
    out_.clear();
    static_cast<void>(leader_.read_index(now_, ReadId{round}, out_));
    pump();
    out_.clear();
    leader_.on_deadline(now_, out_);
    pump();
  }

  [[nodiscard]] const Raft& leader() const { return leader_; }

 private:
  /// Delivers what the leader said, and what is said to that, until nothing is said.
  void pump() {
    queue_.clear();
    take(n1);
    for (std::size_t i = 0; i < queue_.size(); ++i) deliver(queue_[i]);
    leader_.check_invariants();
    follower_.check_invariants();
  }

  struct Letter {
    NodeId from;
    Outgoing outgoing;
  };

  void deliver(const Letter letter) {
    entries_.clear();
    if (const auto* m = std::get_if<AppendEntries>(&letter.outgoing.message)) {
      for (u32 i = 1; i <= m->entry_count; ++i) {
        entries_.push_back(leader_.log().entry(m->prev_log_index + i));
      }
    }
    out_.clear();
    Raft& to = letter.outgoing.to == n1 ? leader_ : follower_;
    to.on(now_, letter.from, letter.outgoing.message, entries_, out_);
    take(letter.outgoing.to);
  }

  void take(NodeId from) {
    for (const Outgoing& outgoing : out_.messages) queue_.push_back({from, outgoing});
  }

  Raft leader_ = server(n1);
  Raft follower_ = server(n2);
  Instant now_;
  Output out_;
  std::vector<Letter> queue_;
  std::vector<EntryInfo> entries_;
};

TEST_CASE("a warm call allocates nothing, on leader and follower") {
  Pair pair;
  // The log itself doubles now and then: at 1024 entries it has room for as many again.
  u64 round = 0;
  while (pair.leader().log().last_index() < LogIndex{1100}) pair.propose_and_read(++round);
  const u64 before = testing::allocations();
  while (pair.leader().log().last_index() < LogIndex{2000}) pair.propose_and_read(++round);
  const u64 after = testing::allocations();
  CHECK(after == before);
  CHECK(pair.leader().commit_index() == LogIndex{2000});
}

TEST_CASE("a copy of a server does what the server does") {
  Raft original = server(n1);
  Output first;
  original.campaign(Instant{5}, first);
  Raft copy = original;
  first.clear();
  Output second;
  for (int i = 0; i < 20; ++i) {
    original.on_deadline(original.deadline(), first);
    copy.on_deadline(copy.deadline(), second);
    REQUIRE(original.deadline() == copy.deadline());
    REQUIRE(original.hard_state() == copy.hard_state());
    REQUIRE(first.messages.size() == second.messages.size());
  }
}

}  // namespace
}  // namespace snowflk::raft
