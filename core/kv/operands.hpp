// Values that one command needs and that lie in files: held by whoever waits to run it.
//
// The machine says which are missing; they are read, checked, and put here; then the command runs.
// Reused: cleared, never freed.
#pragma once

#include <optional>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/record.hpp"

namespace snowflk::kv {

/// A copyable value.
class Operands {
 public:
  void clear();
  /// `value` is what the record at `location` holds. It is copied.
  void add(bitcask::RecordLocation location, Bytes value);
  /// Borrowed until the next add() or clear().
  [[nodiscard]] std::optional<Bytes> find(bitcask::RecordLocation location) const;
  /// Bytes of all values.
  [[nodiscard]] u64 bytes() const { return bytes_.size(); }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Held {
    u64 location = 0;  // packed
    u64 from = 0;
    u64 size = 0;
  };
  [[nodiscard]] std::size_t slot_of(u64 location) const;
  void grow();

  std::vector<Held> held_;
  std::vector<std::byte> bytes_;
  std::vector<u32> table_;  // open addressing, by location: a place in held_ plus 1; 0: empty
};

}  // namespace snowflk::kv
