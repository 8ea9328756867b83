// The key-value state machine: committed commands in order in, state, replies and a digest out.
//
// Values stay in the log, where they were committed; the machine holds a keydir that points there,
// the values that commands computed and that are not on disk yet (derived records), and a bounded
// cache. What a command must see and is not in memory is asked for before it runs
// (missing_operands) and given to it (Operands). So nothing that is answered depends on what
// happens to be in memory.
//
//   missing_operands(command, operands, wanted);       // wanted: read and check them, and for each
//   operands.add(location, value); remember(location, value);   // … until nothing is missing, then
//   apply(…, command, place, operands, {reply, derived});  // or read(command, operands, reply)
//
// Not here: which entries are committed, reading files, who asked.
#pragma once

#include <optional>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/keydir.hpp"
#include "core/bitcask/record.hpp"
#include "core/kv/command.hpp"
#include "core/kv/operands.hpp"
#include "core/kv/pending_derived.hpp"
#include "core/kv/reply.hpp"
#include "core/kv/value_cache.hpp"

namespace snowflk::kv {

/// Where an applied entry's payload lies in this node's log; its records lie at their offsets in
/// it.
struct EntryPlace {
  u64 segment = 0;
  u64 offset = 0;  // of the payload's first byte; a multiple of 8
  /// While a directory is recovered: the entry's derived record, if it is on disk already.
  std::optional<bitcask::RecordLocation> derived = std::nullopt;
};

/// A value that a command computed. The log store writes it with the next batch and reports where:
/// derived_durable(). An entry has at most one, with sub 0.
struct Derived {
  LogIndex index;
  u32 sub = 0;
  Bytes key;  // both borrowed from the machine until derived_durable(index, sub)
  Bytes value;
};

/// What a command gives back. Both are appended to.
struct Outcome {
  ReplyWriter& reply;             // one reply
  std::vector<Derived>& derived;  // what was computed
};

/// Where the value of a key is.
struct Found {
  enum class Where : u8 { absent, memory, file };
  Where where = Where::absent;
  Bytes value;                       // memory; borrowed until the machine changes
  bitcask::RecordLocation location;  // file
};

/// A copyable value.
class Machine {
 public:
  struct Options {
    u64 cache_bytes = 64ULL << 20;  // for values; 0: every value is read from its file
    u64 salt = 0;                   // keys the hash of the keydir; changes no answer and no digest
  };
  explicit Machine(const Options& options);

  [[nodiscard]] Found find(Bytes key) const;

  /// Appends to `wanted` where each value lies that `command` must see now and that is neither
  /// in memory nor in `operands`. It is what the state as it is now wants: asked again after a
  /// wait.
  void missing_operands(const CommandView& command, const Operands& operands,
                        std::vector<bitcask::RecordLocation>& wanted) const;

  /// Offers the cache a value that was read: never needed, only quicker. Another may have to go.
  void remember(bitcask::RecordLocation location, Bytes value) { cache_.put(location, value); }

  /// Carries out the entry at `index`. REQUIRES: index == applied().next(), nothing is missing, the
  /// entry is durable at `place`. `command` and `operands` borrow nothing from this machine.
  void apply(LogIndex index, Term term, const CommandView& command, const EntryPlace& place,
             const Operands& operands, const Outcome& outcome);

  /// An entry that changes nothing: a no-op, or a payload that is no command (which every replica
  /// sees alike). REQUIRES: index == applied().next().
  void skip(LogIndex index, Term term, Bytes payload);

  /// Answers a command that changes nothing, from the state as it is now. REQUIRES:
  /// is_read_only(command), nothing is missing.
  void read(const CommandView& command, const Operands& operands, ReplyWriter& reply) const;

  /// The derived record (index, sub) is durable at `location`: a key that still has this value has
  /// it there now. Of one that is not pending: nothing happens.
  void derived_durable(LogIndex index, u32 sub, bitcask::RecordLocation location);

  /// The last entry applied; zero at first.
  [[nodiscard]] LogIndex applied() const { return applied_; }
  /// A chain over the index, term and payload of every entry applied, over every reply and every
  /// value computed. Equal histories have equal digests, wherever values were and however often a
  /// node was started.
  [[nodiscard]] u64 digest() const { return digest_; }
  [[nodiscard]] u64 keys() const { return keydir_.size(); }

  /// Computed values that wait for the disk: the node lets no more entries in when they are many.
  [[nodiscard]] const PendingDerived& pending() const { return pending_; }
  [[nodiscard]] const bitcask::Keydir& keydir() const { return keydir_; }
  [[nodiscard]] const ValueCache& cache() const { return cache_; }

  /// Calls visit(Bytes key, Found) for each key, in the keydir's order. For checks.
  template <class Visit>
  void for_each(Visit&& visit) const {
    keydir_.for_each([&](Bytes key, u64 slot) { visit(key, resolve(slot)); });
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  /// What apply() knows of the entry that it is at.
  struct Entry {
    LogIndex index;
    const CommandView& command;
    const EntryPlace& place;
    const Operands& operands;
    ReplyWriter& reply;
    std::vector<Derived>& derived;
  };

  [[nodiscard]] Found resolve(u64 slot) const;
  [[nodiscard]] std::optional<Bytes> value_of(Bytes key, const Operands& operands) const;
  void run(const Entry& entry);
  void set(const Entry& entry);
  void mset(const Entry& entry);
  void append(const Entry& entry);
  void incr_by(const Entry& entry);
  void del(const Entry& entry);
  void getdel(const Entry& entry);
  void get(const CommandView& command, const Operands& operands, ReplyWriter& reply) const;
  void strlen(const CommandView& command, const Operands& operands, ReplyWriter& reply) const;
  void exists(const CommandView& command, ReplyWriter& reply) const;
  void mget(const CommandView& command, const Operands& operands, ReplyWriter& reply) const;
  [[nodiscard]] bool mget_too_large(const CommandView& command, const Operands& operands) const;
  void store_record(const Entry& entry, const CommandRecord& record);
  void store_computed(const Entry& entry, Bytes key);
  void chain(Term term, Bytes payload, Bytes reply);

  bitcask::Keydir keydir_;
  ValueCache cache_;
  PendingDerived pending_;
  std::vector<std::byte> computed_;  // the value being computed
  LogIndex applied_;
  u64 digest_ = 0;
};

}  // namespace snowflk::kv
