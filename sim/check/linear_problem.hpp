// A history made ready for the search: commands parsed, keys and values numbered, operations
// parted by key.
//
// Linearizability is local (Herlihy, Wing 1990, theorem 1): a history is linearizable if each
// object's part is. A key is an object; a command of several keys joins them to one, and DBSIZE
// joins all. So the search sees many short histories in place of a long one.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sim/check/model.hpp"
#include "sim/history.hpp"

namespace snowflk::sim {

/// A value by number; equal texts have equal numbers. Zero: no value.
using ValueId = u32;
inline constexpr ValueId kAbsent = 0;

/// Numbers texts in the order of their coming.
class ValueTable {
 public:
  ValueTable();
  ValueId intern(std::string_view value);
  /// Borrowed until the next intern(). REQUIRES: id is not kAbsent.
  [[nodiscard]] std::string_view text(ValueId id) const;
  [[nodiscard]] u32 size() const { return static_cast<u32>(ends_.size()); }

 private:
  void grow();
  std::vector<char> arena_;
  std::vector<u64> ends_;    // of value id: arena_[ends_[id - 1], ends_[id])
  std::vector<u64> hashes_;  // of value id
  std::vector<u32> slots_;   // open addressing; zero is free
};

/// What is to be done with an operation in a search.
enum class Part : u8 {
  required,  // it took effect between its invocation and its return
  optional,  // it took effect after its invocation, or never: its outcome is unknown
  left_out,  // it has no part
};

struct LinearOperation {
  Command command;
  OperationId id;
  u64 invoked = 0;   // event numbers
  u64 returned = 0;  // kNoEvent: optional
  std::string_view reply;
  u32 first_cell = 0;  // into LinearProblem::cells, command.key_count() of them
  Part part = Part::left_out;
  bool any_reply = false;     // what was answered was not recorded
  bool plain_set = false;     // SET key value, answered OK or not known
  bool plain_get = false;     // GET key, whose reply was a value or nil
  bool never_writes = false;  // by its command, or by what it was answered
  ValueId value = kAbsent;    // of a plain set or get
};

/// All operations of a history, and which of them belong together. Borrows the history.
struct LinearProblem {
  std::vector<LinearOperation> operations;  // in the order of invocation
  std::vector<std::string_view> words;      // of all commands
  std::vector<u32> cells;                   // keys by number, of all commands
  std::vector<ValueId> given;               // of each cell of an MSET: what is written to it
  u32 key_count = 0;
  ValueTable values;
  std::vector<u32> members;         // operations, partition after partition
  std::vector<u32> partition_ends;  // into members
  u64 skipped = 0;                  // operations that the model does not know

  [[nodiscard]] std::size_t partition_count() const { return partition_ends.size(); }
  /// Numbers of operations, in the order of invocation.
  [[nodiscard]] std::span<const u32> partition(std::size_t at) const;
  [[nodiscard]] u32 cell(const LinearOperation& operation, std::size_t key) const {
    return cells[operation.first_cell + key];
  }
};

/// REQUIRES: `history` outlives the problem.
LinearProblem make_linear_problem(const History& history);

}  // namespace snowflk::sim
