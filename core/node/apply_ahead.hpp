// Payloads of committed entries, read back from the log before it is their turn to be applied.
//
// Needed after a start, and when the log has outgrown the memory for recent entries.
#pragma once

#include <optional>

#include "core/base/ring.hpp"
#include "core/bitcask/store.hpp"
#include "core/node/fetch.hpp"
#include "core/node/limits.hpp"

namespace snowflk::node {

/// A copyable value.
class ApplyAhead {
 public:
  /// The payload of `index`, from memory or from what was read; nothing while it is on its way.
  /// Then it and those after it, up to `last`, are asked for. Borrowed until the next call.
  std::optional<Bytes> payload(LogIndex index, LogIndex last, const bitcask::Store& store,
                               bitcask::Output out);
  /// Offers a read that is done.
  Fetched on_read(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes,
                  const bitcask::Store& store, bitcask::Output out);
  /// After Fetched::rot: where.
  [[nodiscard]] const bitcask::RecordLocation& rotten() const { return rotten_; }
  /// Entries up to `index` are applied: what was read of them is dropped.
  void applied(LogIndex index);

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Ahead {
    LogIndex index;
    bitcask::DiskReadId id;
    ReadTries tries;
    bool arrived = false;
    std::vector<std::byte> payload;
  };
  Ring<Ahead> ahead_;  // ascending, without gaps
  bitcask::RecordLocation rotten_;
};

}  // namespace snowflk::node
