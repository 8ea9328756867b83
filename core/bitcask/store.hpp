// The one log of a node, as the node sees it: what is durable, what is in flight, what was found.
//
// Owns the directory: metadata, manifest, segments. All wishes go out through Output; all that
// happens comes in through on_done, on_refused and on_read. It knows no Raft: an entry is an index,
// a term, a kind and bytes. The parts: recovery.hpp reads a directory, writer.hpp gathers and cuts
// batches, hard_state.hpp writes metadata, rotation.hpp makes segments, entry_table.hpp and
// entry_cache.hpp know where the entries are.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/disk.hpp"
#include "core/bitcask/entry_cache.hpp"
#include "core/bitcask/entry_table.hpp"
#include "core/bitcask/events.hpp"
#include "core/bitcask/hard_state.hpp"
#include "core/bitcask/output.hpp"
#include "core/bitcask/record.hpp"
#include "core/bitcask/recovered.hpp"
#include "core/bitcask/recovery.hpp"
#include "core/bitcask/rotation.hpp"
#include "core/bitcask/store_options.hpp"
#include "core/bitcask/writer.hpp"

namespace snowflk::bitcask {

enum class StoreState : u8 {
  opening,   // reads the directory, or begins its incarnation
  ready,     // may speak
  refusing,  // rot was found: nothing is written, nothing truncated, for ever; reason() says what
  failed,    // this incarnation is over: the disk failed, or this directory is not ours to start
};
constexpr std::string_view name_of(StoreState state) {
  switch (state) {
    case StoreState::opening: return "opening";
    case StoreState::ready: return "ready";
    case StoreState::refusing: return "refusing";
    case StoreState::failed: return "failed";
  }
  return "?";
}

/// A copyable value. The bytes of Writes that are on their way stay unmoved until they are done,
/// as long as the store itself lives (a copy has its own, and needs no driver to point at them).
class Store {
 public:
  /// Quiet for this long, the last batch gets a witness.
  static constexpr Duration kWitnessAfter = milliseconds(50);

  /// REQUIRES: the ranges of StoreOptions.
  explicit Store(const StoreOptions& options);

  // ---- What happens -----------------------------------------------------------------------

  /// Begins: asks for reads. Once. `files`: all of the directory that is ours.
  void open(std::span<const FoundFile> files, Output out);
  void on_done(Lane lane, u64 up_to, Output out);
  void on_refused(Lane lane, u64 sequence, DiskError error, Output out);
  /// False: not a read of recovery's; the node asked for it (read_payload, read_record).
  bool on_read(DiskReadId id, std::expected<Bytes, DiskError> bytes, Output out);
  /// At the end of each step of the node: writes what has gathered, if nothing is in flight, and
  /// does what is due. `commit`: as far as the node knows; it never goes back.
  void flush(Instant now, LogIndex commit, Output out);
  /// When flush is wanted at the latest; kNever if only completions matter.
  [[nodiscard]] Instant deadline() const;

  [[nodiscard]] StoreState state() const { return state_; }
  /// Refusing or failed: why, in a sentence: which file, which offset, what, by which rule.
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// Where rot was found, and by which rule. Null: the store does not refuse.
  [[nodiscard]] const Rot* rot() const { return rot_ ? &*rot_ : nullptr; }
  /// Failed because of the disk (a restart recovers), not because of what the directory is.
  [[nodiscard]] bool disk_failed() const { return disk_failed_; }

  /// What the directory held. REQUIRES: ready; not forgotten.
  [[nodiscard]] const Recovered& recovered() const;
  /// Frees what recovered() holds, once the node has taken it over.
  void forget_recovered();

  // ---- Changes; REQUIRES of all: ready ------------------------------------------------------

  /// The number of the last change. Changes count 1, 2, 3 …
  [[nodiscard]] u64 ticket() const { return ticket_; }
  /// Every change up to here is durable, or undone by a later one that is.
  [[nodiscard]] u64 durable_ticket() const;

  /// REQUIRES: index == last_index() + 1; payload.size() <= kBatchBytesMax; kind != 0.
  /// Copies `payload`. Returns the ticket. May be called whatever can_append says.
  u64 append(LogIndex index, Term term, u8 kind, WallTime time, Bytes payload);
  /// Entries from `from` on are gone. REQUIRES: 1 <= from; none of them is committed.
  u64 truncate(LogIndex from);
  /// REQUIRES: the term does not go back, and within a term a vote does not change.
  u64 set_hard_state(Term term, NodeId vote);
  /// A value that the entry at `index` computed, its `sub`-th. It rides with the next batch, has no
  /// fsync of its own and no ticket: until it is durable it can be derived again.
  /// REQUIRES: index <= durable_index().
  void add_derived(LogIndex index, u32 sub, Bytes key, Bytes value);

  /// Whether entries of `bytes` more would find room without waiting long: false when the disk
  /// gives no space or cannot keep up.
  [[nodiscard]] bool can_append(u64 bytes) const;

  // ---- What is known ------------------------------------------------------------------------

  [[nodiscard]] LogIndex last_index() const { return entries_.last_index(); }
  /// The stamp that the entry was appended with. REQUIRES: 1 <= index <= last_index().
  [[nodiscard]] WallTime time_at(LogIndex index) const;
  /// The disk has refused a segment for want of space, and without it there is no room left for an
  /// entry of `bytes`.
  [[nodiscard]] bool out_of_space(u64 bytes) const;
  /// Entries up to here are durable, as the log has them now.
  [[nodiscard]] LogIndex durable_index() const { return durable_index_; }
  /// Derived records that became durable by the last on_done; valid until the next.
  [[nodiscard]] std::span<const DerivedDurable> derived_durable() const;

  /// The payload, if it is in memory. Borrowed until the next call that is not const. An entry that
  /// is not durable is always in memory. REQUIRES: 1 <= index <= last_index().
  [[nodiscard]] std::optional<Bytes> payload(LogIndex index) const;
  /// Asks for the payload; the answer is judged by check_payload. REQUIRES: index <= durable.
  DiskReadId read_payload(LogIndex index, Output out) const;
  /// Copies the payload out of what was read, if that is what was written. REQUIRES: as
  /// read_payload; payload.size() is the entry's.
  std::expected<void, ReadFault> check_payload(LogIndex index, Bytes read,
                                               MutableBytes payload) const;
  /// Where that is; not to be packed, its length is the payload's. REQUIRES: as read_payload.
  [[nodiscard]] RecordLocation payload_location(LogIndex index) const;

  /// Where the record lies that starts at `offset` in the payload and takes `bytes`.
  /// REQUIRES: index <= durable_index(); offset is a multiple of 8.
  [[nodiscard]] RecordLocation record_location(LogIndex index, u32 offset, u32 bytes) const;
  DiskReadId read_record(const RecordLocation& location, Output out) const;
  /// Borrowed from `read`. What is written elsewhere, of whatever key, is no record here.
  [[nodiscard]] std::expected<RecordView, ReadFault> check_record(const RecordLocation& location,
                                                                  Bytes read) const;
  /// Bytes that were durable are not what was written: no more writes; state refusing.
  void refuse_rotten(const RecordLocation& location, Output out);

  void check_invariants() const;

 private:
  template <class>
  friend struct snowflk::StateOf;

  void fail(std::string why, bool disk);
  void after_recovery(Output out);
  void begin_incarnation(Output out);
  void write_rehome(Output out);
  void after_batch(u64 up_to, Output out);
  void after_meta(Output out);
  void make_next_segment(Output out);
  bool find_room(Output out);
  void cut(LogIndex commit, Output out);
  void witness(Instant now, LogIndex commit, Output out);
  void place_entries();
  [[nodiscard]] BatchContext context(LogIndex commit) const;
  [[nodiscard]] SegmentHeader next_header(u64 bytes) const;
  [[nodiscard]] bool stopped() const {
    return state_ == StoreState::refusing || state_ == StoreState::failed;
  }

  StoreOptions options_;
  StoreState state_ = StoreState::opening;
  bool disk_failed_ = false;
  std::string reason_;
  std::optional<Rot> rot_;  // refusing: what was found
  Recovery recovery_;
  Recovered recovered_;
  MetaWriter meta_;
  Rotation rotation_;
  Writer writer_;
  EntryTable entries_;
  EntryCache cache_;
  u64 ticket_ = 0;
  LogIndex durable_index_;
  std::optional<Instant> witness_at_;
  std::vector<DerivedDurable> derived_durable_;
};

}  // namespace snowflk::bitcask
