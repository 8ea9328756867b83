// How a leader's belief about a follower changes.
#include "core/raft/progress.hpp"

#include <algorithm>

namespace snowflk::raft {

void Inflight::add(LogIndex last, u64 bytes) {
  SNOWFLK_ASSERT(count_ < kMessagesMax);
  sent_[(first_ + count_) % kMessagesMax] = Sent{.last = last, .bytes = bytes};
  count_ += 1;
  bytes_ += bytes;
}

void Inflight::acknowledge(LogIndex match) {
  while (count_ > 0 && sent_[first_].last <= match) {
    SNOWFLK_ASSERT(bytes_ >= sent_[first_].bytes);
    bytes_ -= sent_[first_].bytes;
    first_ = (first_ + 1) % kMessagesMax;
    count_ -= 1;
  }
}

bool Progress::advance(LogIndex match) {
  // Replies may overtake each other: an older one tells nothing new.
  if (match <= match_index) return false;
  match_index = match;
  next_index = std::max(next_index, match.next());
  inflight.acknowledge(match);
  probe_sent = false;
  if (state == ProgressState::probe) {
    state = ProgressState::replicate;
    next_index = match.next();
    inflight.clear();
  }
  return true;
}

void Progress::probe_from(LogIndex next) {
  SNOWFLK_ASSERT(next > match_index);
  state = ProgressState::probe;
  next_index = next;
  probe_sent = false;
  inflight.clear();
}

}  // namespace snowflk::raft
