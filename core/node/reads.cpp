// Rounds of reads: gathered, asked for, answered.
#include "core/node/reads.hpp"

#include <algorithm>

namespace snowflk::node {

void Reads::add(const Origin& origin, Bytes command, Instant deadline) {
  WaitingRead& read = waiting_.extend();
  read.origin = origin;
  read.command.assign(command.begin(), command.end());
  read.deadline = deadline;
  read.round = gathering_round_;
  read.index = LogIndex{};
  read.confirmed = false;
}

bool Reads::gathered() const { return !waiting_.empty() && !waiting_.back().confirmed; }

void Reads::round_asked(raft::ReadId id, Instant ask_again_at) {
  SNOWFLK_ASSERT(gathered());
  if (!asked_) {
    asked_ = true;
    asked_round_ = gathering_round_;
    gathering_round_ += 1;
    first_asked_ = id;
  }
  SNOWFLK_ASSERT(first_asked_ <= id);
  last_asked_ = id;
  ask_again_at_ = ask_again_at;
}

void Reads::round_answered(const raft::ReadOutcome& outcome) {
  if (!asked_ || outcome.read < first_asked_ || outcome.read > last_asked_) return;
  asked_ = false;
  if (!outcome.confirmed) return;  // Its reads are in the next round.
  for (std::size_t at = 0; at < waiting_.size(); ++at) {
    WaitingRead& read = waiting_[at];
    if (read.confirmed || read.round > asked_round_) continue;
    read.confirmed = true;
    read.index = outcome.index;
  }
}

WaitingRead* Reads::first_ready(LogIndex applied) {
  if (waiting_.empty()) return nullptr;
  WaitingRead& first = waiting_.front();
  return first.confirmed && first.index <= applied ? &first : nullptr;
}

void Reads::set_aside(Fetch&& fetch) {
  fetching_.push_back(FetchingRead{.read = std::move(waiting_.front()), .fetch = std::move(fetch)});
  waiting_.pop_front();
}

void Reads::forget(ClientId client) {
  waiting_.remove_if([&](const WaitingRead& read) { return read.origin.is_client(client); });
  std::erase_if(fetching_, [&](const FetchingRead& fetching) {
    return fetching.read.origin.is_client(client);
  });
  if (!gathered()) asked_ = false;
}

Instant Reads::deadline() const {
  Instant earliest = waiting_.empty() ? kNever : waiting_.front().deadline;
  for (const FetchingRead& fetching : fetching_) {
    earliest = std::min(earliest, fetching.read.deadline);
  }
  if (asked_) earliest = std::min(earliest, ask_again_at_);
  return earliest;
}

}  // namespace snowflk::node
