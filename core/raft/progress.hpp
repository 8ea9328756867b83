// What a leader believes of one follower, and how much it may have in flight to it.
//
// Invariant: match_index < next_index. In `probe` the leader does not know where the logs agree and
// sends one message a heartbeat; in `replicate` it sends ahead, up to the window.
#pragma once

#include <array>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"

namespace snowflk::raft {

enum class ProgressState : u8 { probe, replicate };

/// The messages sent ahead of their answers: a small ring of what each ends in.
class Inflight {
 public:
  static constexpr std::size_t kMessagesMax = 16;

  [[nodiscard]] bool full(std::size_t messages_max, u64 bytes_max) const {
    return count_ >= messages_max || (count_ > 0 && bytes_ >= bytes_max);
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t count() const { return count_; }
  /// What the `at`-th of them ends in, oldest first. REQUIRES: at < count().
  [[nodiscard]] LogIndex last_of(std::size_t at) const {
    SNOWFLK_ASSERT(at < count_);
    return sent_[(first_ + at) % kMessagesMax].last;
  }
  void add(LogIndex last, u64 bytes);
  /// Forgets the messages that end at or before `match`.
  void acknowledge(LogIndex match);
  void clear() {
    count_ = 0;
    bytes_ = 0;
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Sent {
    LogIndex last;
    u64 bytes = 0;
  };
  std::array<Sent, kMessagesMax> sent_{};
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  u64 bytes_ = 0;
};

struct Progress {
  // "for each server, index of the next log entry to send to that server" (Figure 2)
  LogIndex next_index{1};
  // "for each server, index of highest log entry known to be replicated on server"
  LogIndex match_index;
  ProgressState state = ProgressState::probe;
  bool probe_sent = false;  // probe: wait for an answer or the next heartbeat
  LogIndex commit_sent;     // the highest leader_commit it has been told
  u64 read_round = 0;       // the highest read round it has echoed
  Instant last_contact;     // when it last answered in this term
  Inflight inflight;

  /// It answered: the logs are equal up to `match`. Returns whether that is news.
  bool advance(LogIndex match);
  /// A refusal, or a loss: look for the agreement again, from `next` on.
  void probe_from(LogIndex next);
};

}  // namespace snowflk::raft
