// "If commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] to state machine"
// (Figure 2), once the entry is durable here as well.
//
// Owns the state machine, and what an entry needs before it is its turn: its payload, where memory
// no longer has it, and the values that its command looks at. Who waits for an entry is the node's.
#pragma once

#include <optional>
#include <vector>

#include "core/bitcask/store.hpp"
#include "core/kv/machine.hpp"
#include "core/node/apply_ahead.hpp"
#include "core/node/fetch.hpp"
#include "core/raft/log.hpp"

namespace snowflk::node {

/// An entry that has gone into the state machine.
struct AppliedEntry {
  LogIndex index;
  Term term;
  u64 payload_hash = 0;  // hash64(payload, 0)
  Bytes reply;           // empty of a no-op. Borrowed until the next call that is not const.
};

/// A copyable value.
class Applier {
 public:
  explicit Applier(const kv::Machine::Options& options) : machine_(options) {}

  /// Values that entries after the machine's last have computed, and an earlier incarnation
  /// written.
  void start(std::vector<bitcask::DerivedDurable>&& recovered) {
    recovered_ = std::move(recovered);
  }

  /// Applies the next entry. Nothing: it is beyond `last`, or something of it is still on its way
  /// from the disk. REQUIRES: last <= store.durable_index(), and all to there is committed.
  std::optional<AppliedEntry> next(LogIndex last, const raft::Log& log, bitcask::Store& store,
                                   bitcask::Output out);
  /// Offers a read that is done.
  Fetched on_read(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes,
                  const bitcask::Store& store, bitcask::Output out);
  /// Where the rot is. REQUIRES: on_read returned rot.
  [[nodiscard]] const bitcask::RecordLocation& rotten() const { return rotten_; }
  /// Values that entries have computed are durable now, and where.
  void derived_durable(std::span<const bitcask::DerivedDurable> derived);

  [[nodiscard]] LogIndex applied() const { return machine_.applied(); }
  [[nodiscard]] const kv::Machine& machine() const { return machine_; }
  [[nodiscard]] kv::Machine& machine() { return machine_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  bool apply_command(LogIndex index, const raft::EntryInfo& entry, Bytes payload,
                     bitcask::Store& store, bitcask::Output out);
  kv::EntryPlace place_of(LogIndex index, u32 size, const bitcask::Store& store);

  kv::Machine machine_;
  ApplyAhead ahead_;
  Fetch fetch_;
  bitcask::RecordLocation rotten_;
  std::vector<bitcask::DerivedDurable> recovered_;  // ascending, of entries not applied yet
  std::size_t recovered_next_ = 0;

  // Reused from entry to entry.
  std::vector<std::byte> reply_;
  std::vector<kv::Derived> derived_;
};

}  // namespace snowflk::node
