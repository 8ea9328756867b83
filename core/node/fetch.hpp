// The values that one command needs, on their way from the log.
#pragma once

#include <vector>

#include "core/bitcask/store.hpp"
#include "core/kv/machine.hpp"
#include "core/node/read_tries.hpp"

namespace snowflk::node {

enum class Fetched : u8 {
  not_asked,  // another's read
  taken,
  rot,     // what was read is not what was written
  failed,  // the disk would not read it, however often it was asked
};

/// A copyable value. Reused: cleared, never freed.
class Fetch {
 public:
  /// Whether all that `command` needs to see, as the state is now, is at hand. Asks for the rest.
  bool ready(const kv::Machine& machine, const kv::CommandView& command,
             const bitcask::Store& store, bitcask::Output out);
  /// Offers a read that is done. A value that arrives is remembered by `machine` as well.
  Fetched on_read(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes,
                  const bitcask::Store& store, kv::Machine& machine, bitcask::Output out);

  [[nodiscard]] const kv::Operands& operands() const { return operands_; }
  /// Where the rot is. REQUIRES: on_read returned rot.
  [[nodiscard]] const bitcask::RecordLocation& rotten() const { return rotten_; }
  void clear() {
    operands_.clear();
    asked_.clear();
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Asked {
    bitcask::DiskReadId id;
    bitcask::RecordLocation location;
    ReadTries tries;
  };
  [[nodiscard]] bool is_asked(const bitcask::RecordLocation& location) const;

  kv::Operands operands_;
  std::vector<Asked> asked_;
  std::vector<bitcask::RecordLocation> wanted_;
  bitcask::RecordLocation rotten_;
};

}  // namespace snowflk::node
