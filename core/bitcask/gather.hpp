// Changes that wait for the next batch: entries, a truncation, derived records.
//
// Owns copies of their bytes until a batch takes them. Memory is kept when it is emptied.
#pragma once

#include <span>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/batch.hpp"

namespace snowflk::bitcask {

class Gather {
 public:
  void append(LogIndex index, const EntryRow& row, Bytes payload, u64 ticket);
  /// Drops gathered entries from `from` on. `recorded`: entries from there on have been written
  /// before, so the next batch must say that they are gone.
  void truncate(LogIndex from, bool recorded, u64 ticket);
  void add_derived(LogIndex index, u32 sub, Bytes key, Bytes value);

  /// Entries, or a truncation: something that a batch must be written for.
  [[nodiscard]] bool must_write() const { return !entries_.empty() || trunc_from_ != 0; }
  [[nodiscard]] bool has_derived() const { return !derived_.empty(); }
  /// What its entries, and its derived records, will take of a batch's body.
  [[nodiscard]] u64 entry_load() const {
    return entries_.size() * kEntryRowBytes + payloads_.size();
  }
  [[nodiscard]] u64 derived_load() const {
    return derived_.size() * kDerivedRowBytes + records_.size();
  }
  /// The first ticket that waits here; 0: none.
  [[nodiscard]] u64 first_ticket() const;
  [[nodiscard]] u64 first_index() const { return entries_.empty() ? 0 : first_index_; }
  [[nodiscard]] u64 trunc_from() const { return trunc_from_; }

  /// The longest run from the front that a batch of `load` may take. The first entry and the first
  /// derived record go along whatever they take, so that neither waits for ever; more of either as
  /// far as there is room.
  struct Portion {
    std::size_t entries = 0;
    u64 payload_bytes = 0;
    std::size_t derived = 0;
    u64 record_bytes = 0;
  };
  [[nodiscard]] Portion portion(u64 load) const;
  [[nodiscard]] Portion all() const;
  [[nodiscard]] BatchBody body(const Portion& portion) const;
  /// A batch has taken `portion`, and the truncation.
  void taken(const Portion& portion);

  /// The payload of an entry that waits here. Borrowed until the next change.
  [[nodiscard]] std::span<const DerivedRow> derived() const { return derived_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  u64 first_index_ = 0;
  u64 trunc_from_ = 0;
  u64 trunc_ticket_ = 0;
  std::vector<EntryRow> entries_;
  std::vector<u64> tickets_;  // beside entries_
  std::vector<std::byte> payloads_;
  std::vector<DerivedRow> derived_;
  std::vector<std::byte> records_;
};

}  // namespace snowflk::bitcask
