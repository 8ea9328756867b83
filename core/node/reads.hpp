// Reads that wait: for the index from which they are linearizable, for the state machine to reach
// it, and for values from disk; then they are answered (thesis §6.4).
//
// Reads are asked for in rounds: while one round is under way, later reads gather for the next, so
// that many reads cost one question.
#pragma once

#include <optional>
#include <vector>

#include "core/base/ring.hpp"
#include "core/kv/machine.hpp"
#include "core/node/fetch.hpp"
#include "core/node/origin.hpp"
#include "core/raft/output.hpp"

namespace snowflk::node {

struct WaitingRead {
  Origin origin;
  std::vector<std::byte> command;
  Instant deadline;
  u64 round = 0;
  LogIndex index;  // may be answered from any state at or after it, once confirmed
  bool confirmed = false;
};

/// A read whose values are being fetched.
struct FetchingRead {
  WaitingRead read;
  Fetch fetch;
  bool news = false;    // something came since it was looked at last
  bool failed = false;  // the disk would not read
};

/// An answer to a read.
struct ReadAnswer {
  Origin origin;
  Bytes reply;  // borrowed until the next call that is not const
};

/// A copyable value.
class Reads {
 public:
  void add(const Origin& origin, Bytes command, Instant deadline);
  [[nodiscard]] std::size_t size() const { return waiting_.size() + fetching_.size(); }

  /// Whether a round is to be asked for now: reads have gathered, and none is under way.
  [[nodiscard]] bool round_due() const { return !asked_ && gathered(); }
  /// The round under way has had no answer since `due`, and is to be asked for again.
  [[nodiscard]] bool round_overdue(Instant now) const { return asked_ && now >= ask_again_at_; }
  /// The gathered reads, or again those under way, are asked for as `id`.
  void round_asked(raft::ReadId id, Instant ask_again_at);
  /// No answer is waited for any more: the reads under way gather again.
  void round_given_up() { asked_ = false; }
  /// An answer came. To any question of the round under way it will do, for all of its reads came
  /// before the first: where an answer takes longer than the patience, one comes all the same. One
  /// to an older round is ignored; one that is not confirmed makes its reads gather again.
  void round_answered(const raft::ReadOutcome& outcome);

  /// The first read that may be answered from a state with `applied`; null if there is none.
  [[nodiscard]] WaitingRead* first_ready(LogIndex applied);
  /// It was answered, or waits aside.
  void pop_ready() { waiting_.pop_front(); }
  /// The next answer that can be given from `machine` as it is; nothing: none can. Values that are
  /// not in memory are asked for, and their read waits aside.
  std::optional<ReadAnswer> next_answer(const kv::Machine& machine, const bitcask::Store& store,
                                        bitcask::Output out);
  /// Offers a read of the disk that is done.
  Fetched on_read(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes,
                  const bitcask::Store& store, kv::Machine& machine, bitcask::Output out);
  /// Where the rot is. REQUIRES: on_read returned rot.
  [[nodiscard]] const bitcask::RecordLocation& rotten() const { return rotten_; }

  /// Calls expired(origin) for each read whose deadline has passed.
  template <class Expired>
  void expire(Instant now, Expired expired) {
    while (!waiting_.empty() && waiting_.front().deadline <= now) {
      expired(waiting_.front().origin);
      waiting_.pop_front();
    }
    std::erase_if(fetching_, [&](const FetchingRead& fetching) {
      if (fetching.read.deadline > now) return false;
      expired(fetching.read.origin);
      return true;
    });
    if (waiting_.empty()) asked_ = false;
  }
  void forget(ClientId client);
  [[nodiscard]] Instant deadline() const;

 private:
  template <class>
  friend struct snowflk::StateOf;

  [[nodiscard]] bool gathered() const;
  std::optional<ReadAnswer> answer_fetched(const kv::Machine& machine, const bitcask::Store& store,
                                           bitcask::Output out);
  ReadAnswer answer(const Origin& origin, const kv::Machine& machine,
                    const kv::CommandView& command, const kv::Operands& operands);

  Ring<WaitingRead> waiting_;  // in the order they came, so the confirmed ones are in front
  std::vector<FetchingRead> fetching_;
  u64 gathering_round_ = 1;
  u64 asked_round_ = 0;
  bool asked_ = false;
  raft::ReadId first_asked_;  // of the round under way
  raft::ReadId last_asked_;
  Instant ask_again_at_ = kNever;

  bitcask::RecordLocation rotten_;
  // Reused from answer to answer.
  Fetch fetch_;
  std::vector<std::byte> reply_;
};

}  // namespace snowflk::node
