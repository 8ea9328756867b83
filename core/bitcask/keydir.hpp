// The directory of keys: from a key to 64 bits that the state machine understands, a packed
// RecordLocation or a handle of its own.
//
// A table of tables: keys go by their hash to one of many small open-addressing tables, each of
// which grows by an eighth, and splits in two when it is large. So no call touches more than one
// small table, and the load never falls below three quarters, however many keys there are.
#pragma once

#include <optional>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/keydir_table.hpp"

namespace snowflk::bitcask {

/// A copyable value. Equal histories of calls give equal directories, and equal orders.
class Keydir {
 public:
  /// `salt` keys the hash: clients cannot choose keys that collide.
  explicit Keydir(u64 salt = 0);

  [[nodiscard]] std::optional<u64> find(Bytes key) const;
  /// Returns what stood there before. REQUIRES: key.size() <= kKeyBytesMax.
  std::optional<u64> put(Bytes key, u64 value);
  /// Puts `value` only where `expected` stands. True if it did.
  bool replace(Bytes key, u64 expected, u64 value);
  /// Returns what stood there.
  std::optional<u64> erase(Bytes key);
  void clear();

  [[nodiscard]] u64 size() const { return size_; }
  /// Bytes held, allocated or not yet used, the keys' own bytes included.
  [[nodiscard]] u64 memory() const;

  /// Calls visit(Bytes key, u64 value) for each key, in an order that the history of calls alone
  /// decides. `key` is borrowed for the call; the directory must not change meanwhile.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const KeydirTable& table : tables_) table.for_each(visit);
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  [[nodiscard]] u32 table_of(u64 hash) const;
  void split(u32 table);

  u64 salt_ = 0;
  u64 size_ = 0;
  unsigned depth_ = 0;          // directory_ has 2^depth_ rows, by the top bits of the hash
  std::vector<u32> directory_;  // to tables_; a table of a smaller depth stands in several rows
  std::vector<KeydirTable> tables_;
};

}  // namespace snowflk::bitcask
