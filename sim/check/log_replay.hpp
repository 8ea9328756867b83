// The committed log replayed by the reference model: what each entry is, answers, and leaves.
//
// Entries are told by the hash of their payload; the commands are the clients', from the history.
// So the log is read without the machine that wrote it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/committed_log.hpp"
#include "sim/check/hash_index.hpp"
#include "sim/check/model.hpp"
#include "sim/history.hpp"

namespace snowflk::sim {

/// All operations that have the same payload: nobody can tell their entries apart.
struct CommandClass {
  std::vector<std::string_view> words;  // borrowed from the history, or constant
  Command command;                      // of `words`
  std::vector<OperationId> operations;  // in the order of invocation; those that failed, too
  u64 starts_at = 0;  // the index at which a log that a script starts with has it; zero: none
};

class LogReplay {
 public:
  static constexpr u32 kNoClass = UINT32_MAX;

  /// `history` must outlive the replay. `starting_entries`: how many entries the longest log has
  /// that a script starts with; entry i of such a log is SET x i (sim/options.hpp).
  LogReplay(const History& history, u64 starting_entries);
  ~LogReplay() = default;
  LogReplay(const LogReplay&) = delete;  // its classes borrow from itself
  LogReplay& operator=(const LogReplay&) = delete;
  /// Follows the log up to its `size`-th entry; from the beginning if it was further already.
  /// False: the next entry is no command of a client's and no no-op.
  bool advance_to(const CommittedLog& log, u64 size);

  /// Entries replayed so far.
  [[nodiscard]] u64 size() const { return replies_.size(); }
  /// Of an entry, from 0: its class, or none for a no-op.
  [[nodiscard]] u32 class_of(u64 entry) const { return classes_of_[entry]; }
  [[nodiscard]] const std::string& reply(u64 entry) const { return replies_[entry]; }
  [[nodiscard]] const std::vector<CommandClass>& classes() const { return classes_; }
  /// The state after size() entries.
  [[nodiscard]] const Model::Map& map() const { return model_.map(); }
  /// How many keys there were after `entries` entries.
  [[nodiscard]] u64 keys_after(u64 entries) const { return key_counts_[entries]; }

  /// What a key held, from when on: after so many entries.
  struct Version {
    u64 after = 0;
    std::optional<std::string> value;
  };
  /// The versions of a key, the oldest first; none: it never had a value.
  [[nodiscard]] std::span<const Version> versions(std::string_view key) const;

 private:
  void add_starting_entry(u64 index);
  void add_operation(const History& history, OperationId id);
  u32 class_with(u64 hash, const Command& command);
  void note_versions(const Command& command);

  std::vector<CommandClass> classes_;
  HashIndex class_by_hash_;
  std::vector<std::string> starting_values_;
  std::vector<std::string_view> words_;  // of one operation, and what it is encoded to
  std::vector<std::byte> scratch_;
  Model model_;
  std::vector<u32> classes_of_;
  std::vector<std::string> replies_;
  std::vector<u64> key_counts_{0};
  std::map<std::string, std::vector<Version>, std::less<>> versions_;
};

}  // namespace snowflk::sim
