// What can be known beforehand of a key that is only read and set: which write to take next, and
// which never leads anywhere. After P. B. Gibbons, E. Korach, "Testing shared memories", SIAM J.
// Comput. 26 (1997): where no value is written twice, the write and the reads of a value stand in
// one block, and the blocks can be put in order without search.
//
// Hints only order the search and cut branches that are certainly dead; values that are written
// twice weaken them and never make them wrong.
#pragma once

#include <span>
#include <vector>

#include "sim/check/linear_problem.hpp"

namespace snowflk::sim {

class RegisterHints {
 public:
  /// Looks at the operations that take part. Forgets what it knew before.
  void set_up(const LinearProblem& problem, std::span<const u32> members,
              std::span<const Part> parts);
  /// The key is only read and set; without it, nothing below may be asked.
  [[nodiscard]] bool on() const { return on_; }

  void taken(const LinearOperation& operation) { count(operation, -1); }
  void given_back(const LinearOperation& operation) { count(operation, 1); }

  /// No read of the value is invoked after `limit`: its whole block can be put here.
  [[nodiscard]] bool whole_by(ValueId value, u64 limit) const {
    return blocks_[value].last_invoked <= limit;
  }
  /// The first return in the value's block: it must have begun by then.
  [[nodiscard]] u64 due(ValueId value) const { return blocks_[value].first_returned; }
  /// Somebody is still to read `value`, and nobody will write it again.
  [[nodiscard]] bool still_wanted(ValueId value) const {
    return blocks_[value].reads > 0 && blocks_[value].writes == 0;
  }

 private:
  struct Block {
    u64 first_returned = kNoEvent;
    u64 last_invoked = 0;
    u32 reads = 0;   // not yet taken
    u32 writes = 0;  // likewise
  };
  void count(const LinearOperation& operation, int by);

  std::vector<Block> blocks_;  // of each value
  std::vector<ValueId> used_;  // whose blocks are to be forgotten
  bool on_ = false;
};

}  // namespace snowflk::sim
