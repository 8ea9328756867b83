// Rounds of reads: gathered, asked for, answered.
#include "core/node/reads.hpp"

#include <algorithm>
#include <utility>

#include "core/kv/reply.hpp"

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

// Thesis §6.4, 4. and 5.: "It waits for its state machine to advance at least as far as the
// readIndex", then it "issues the query against its state machine".
std::optional<ReadAnswer> Reads::next_answer(const kv::Machine& machine,
                                             const bitcask::Store& store, bitcask::Output out) {
  if (auto fetched = answer_fetched(machine, store, out)) return fetched;
  while (WaitingRead* read = first_ready(machine.applied())) {
    const auto command = kv::decode_command(read->command);
    SNOWFLK_ASSERT(command.has_value());  // Judged when it was admitted.
    fetch_.clear();
    if (fetch_.ready(machine, *command, store, out)) {
      const ReadAnswer answered = answer(read->origin, machine, *command, fetch_.operands());
      pop_ready();
      return answered;
    }
    fetching_.push_back(
        FetchingRead{.read = std::move(*read), .fetch = std::exchange(fetch_, Fetch{})});
    pop_ready();
  }
  return std::nullopt;
}

std::optional<ReadAnswer> Reads::answer_fetched(const kv::Machine& machine,
                                                const bitcask::Store& store, bitcask::Output out) {
  for (FetchingRead& fetching : fetching_) {
    if (!std::exchange(fetching.news, false)) continue;
    const auto command = kv::decode_command(fetching.read.command);
    SNOWFLK_ASSERT(command.has_value());
    const Origin origin = fetching.read.origin;
    if (!fetching.failed && !fetching.fetch.ready(machine, *command, store, out)) continue;
    if (fetching.failed) {
      reply_.clear();
      kv::ReplyWriter{reply_}.error(kv::ErrorKind::refused, kv::kDiskErrorText);
    } else {
      answer(origin, machine, *command, fetching.fetch.operands());
    }
    fetching_.erase(fetching_.begin() + (&fetching - fetching_.data()));
    return ReadAnswer{.origin = origin, .reply = reply_};
  }
  return std::nullopt;
}

ReadAnswer Reads::answer(const Origin& origin, const kv::Machine& machine,
                         const kv::CommandView& command, const kv::Operands& operands) {
  reply_.clear();
  kv::ReplyWriter reply{reply_};
  machine.read(command, operands, reply);
  return ReadAnswer{.origin = origin, .reply = reply_};
}

Fetched Reads::on_read(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes,
                       const bitcask::Store& store, kv::Machine& machine, bitcask::Output out) {
  for (FetchingRead& fetching : fetching_) {
    const Fetched fetched = fetching.fetch.on_read(id, bytes, store, machine, out);
    if (fetched == Fetched::not_asked) continue;
    if (fetched == Fetched::rot) rotten_ = fetching.fetch.rotten();
    fetching.failed = fetched == Fetched::failed;
    fetching.news = true;
    return fetched == Fetched::failed ? Fetched::taken : fetched;
  }
  return Fetched::not_asked;
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
