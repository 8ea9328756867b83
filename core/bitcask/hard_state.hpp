// Writes the metadata: one generation at a time, into both files, through the log lane.
//
// A change that comes while a generation is in flight waits, and the next generation carries all
// that has waited. Owns the slot's bytes while they are on their way.
#pragma once

#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/meta.hpp"
#include "core/bitcask/output.hpp"

namespace snowflk::bitcask {

class MetaWriter {
 public:
  /// Begins from what was found; the next generation is found.generation + 1. What was found is
  /// written again first: it may lie in one of the files alone, or in no more than a cache. So a
  /// generation is begun only when the one before it is durable, which proves the newest
  /// (docs/FORMAT.md). `missing`: bits of the files that are yet to be made.
  void start(const Meta& found, unsigned missing, Output out);

  /// What the next generation will say. Changing it is a wish; flush() writes it.
  [[nodiscard]] const Meta& wanted() const { return wanted_; }
  /// `ticket`: the change's number; 0 for a change that nobody waits for by ticket.
  void set_hard_state(Term term, NodeId vote, u64 ticket);
  void set_manifest(u64 generation, u32 crc);
  void set_incarnation(Incarnation incarnation);

  /// Writes the next generation if something has changed and none is in flight.
  void flush(Output out);
  /// True if a generation became durable by this.
  bool on_done(u64 up_to);
  /// Whether operation `sequence` of the log lane is one of ours.
  [[nodiscard]] bool owns(u64 sequence) const;

  /// The newest generation that is durable, and what it says.
  [[nodiscard]] const Meta& durable() const { return durable_; }
  /// The first ticket whose change is not durable; 0: none.
  [[nodiscard]] u64 first_waiting_ticket() const;

 private:
  template <class>
  friend struct snowflk::StateOf;

  void touch(u64 ticket);
  void write(const Meta& meta, unsigned missing, Output out);

  Meta durable_;
  Meta flying_;
  Meta wanted_;
  bool dirty_ = false;
  u64 dirty_ticket_ = 0;  // the first one of what has changed and is not yet on its way
  u64 flying_ticket_ = 0;
  u64 first_operation_ = 0;  // of the generation in flight; 0: none
  u64 last_operation_ = 0;
  std::vector<std::byte> slot_;
};

}  // namespace snowflk::bitcask
