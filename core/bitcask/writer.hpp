// Cuts batches from what has gathered and writes them, one at a time, into the current segment.
//
// Owns the order of the log on disk: incarnation, sequence, chain, and where the next batch goes.
// The bytes of the batch in flight stay unmoved until it is done.
#pragma once

#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/gather.hpp"
#include "core/bitcask/output.hpp"
#include "core/bitcask/recovered.hpp"
#include "core/bitcask/segment.hpp"

namespace snowflk::bitcask {

/// What a batch says beside its entries.
struct BatchContext {
  Term term;
  NodeId vote;
  LogIndex commit;
};

/// The batch in flight.
struct Flight {
  u64 sequence = 0;  // 0: none
  u64 last_operation = 0;
  u64 first_operation = 0;
  u64 first_ticket = 0;  // 0: nothing in it has a ticket
  u64 first_index = 0;
  u32 count = 0;
  u64 valid_last = 0;  // the last of its entries that no truncation has undone since
  bool witness = false;
  std::vector<DerivedDurable> derived;
};

class Writer {
 public:
  /// Begins an incarnation, in its first segment. `load_max`: of a batch's body.
  void start(const SegmentHeader& segment, u64 load_max);
  /// From now on batches go into `segment`. REQUIRES: nothing in flight.
  void rotate(const SegmentHeader& segment);

  [[nodiscard]] Gather& gather() { return gather_; }
  [[nodiscard]] const Gather& gather() const { return gather_; }
  [[nodiscard]] const Flight& flight() const { return flight_; }
  [[nodiscard]] bool flying() const { return flight_.sequence != 0; }
  [[nodiscard]] u64 load_max() const { return load_max_; }
  [[nodiscard]] const SegmentHeader& segment() const { return segment_; }
  [[nodiscard]] u64 position() const { return position_; }
  /// Something was written and nothing proves yet, in the files, that it was durable.
  [[nodiscard]] bool unwitnessed() const { return sequence_ != 0 && !last_was_witness_; }
  /// The last index that any batch of this log has held and no batch has undone.
  [[nodiscard]] LogIndex written_last() const { return written_last_; }

  /// Whether a batch with `body_bytes` goes into what is left of the segment.
  [[nodiscard]] bool fits(u64 body_bytes) const;
  /// What the next batch's body would take, with `more` beside what has gathered.
  [[nodiscard]] u64 next_body(u64 more) const;

  /// Writes a batch of what has gathered. REQUIRES: nothing in flight; fits(next_body(0)).
  void write(const BatchContext& context, Output out);
  /// The first batch of the incarnation: all that has gathered, and what is kept of those before.
  void write_rehome(const BatchContext& context, Incarnation kept, u64 kept_sequence, Output out);
  /// An empty batch that witnesses the one before.
  void write_witness(const BatchContext& context, Output out);

  /// True if the batch in flight became durable by this; flight() still says what it was, until
  /// land().
  [[nodiscard]] bool landed(u64 up_to) const;
  void land();
  /// Entries from `from` on are gone.
  void truncate(LogIndex from, u64 ticket);
  [[nodiscard]] bool owns(u64 sequence) const;

  /// Where the payload of entry `i` of the batch that was written last lies, by its row.
  [[nodiscard]] u64 payloads_at() const { return payloads_at_; }
  void set_written_last(LogIndex index) { written_last_ = index; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  void write_portion(BatchHeader& header, const Gather::Portion& portion, Output out);
  [[nodiscard]] BatchHeader header_of(const BatchContext& context) const;
  void note_derived(const BatchHeader& header, const BatchBody& body);

  SegmentHeader segment_;
  u32 seed_ = 0;
  u64 position_ = 0;
  u64 sequence_ = 0;  // of the last batch written
  u64 durable_ = 0;   // of the last batch that is durable
  u64 chain_ = 0;
  u64 load_max_ = 0;
  u64 payloads_at_ = 0;
  bool last_was_witness_ = false;
  LogIndex written_last_;
  Gather gather_;
  Flight flight_;
  std::vector<std::byte> bytes_;  // of the batch in flight
};

}  // namespace snowflk::bitcask
