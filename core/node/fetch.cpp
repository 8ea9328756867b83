// How the values of one command are asked for, and judged when they come.
#include "core/node/fetch.hpp"

#include <algorithm>

namespace snowflk::node {

bool Fetch::ready(const kv::Machine& machine, const kv::CommandView& command,
                  const bitcask::Store& store, bitcask::Output out) {
  wanted_.clear();
  machine.missing_operands(command, operands_, wanted_);
  for (const bitcask::RecordLocation& location : wanted_) {
    if (is_asked(location)) continue;
    asked_.push_back(
        Asked{.id = store.read_record(location, out), .location = location, .tries = {}});
  }
  return wanted_.empty();
}

bool Fetch::is_asked(const bitcask::RecordLocation& location) const {
  return std::ranges::find(asked_, location, &Asked::location) != asked_.end();
}

Fetched Fetch::on_read(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes,
                       const bitcask::Store& store, kv::Machine& machine, bitcask::Output out) {
  const auto asked = std::ranges::find(asked_, id, &Asked::id);
  if (asked == asked_.end()) return Fetched::not_asked;

  const bitcask::RecordLocation location = asked->location;
  const auto record =
      bytes ? store.check_record(location, *bytes) : std::unexpected{bitcask::ReadFault::too_short};
  if (record) {
    operands_.add(location, record->value);
    machine.remember(location, record->value);
    asked_.erase(asked);
    return Fetched::taken;
  }
  const ReadVerdict verdict = asked->tries.missed(record.error());
  if (verdict == ReadVerdict::again) {
    asked->id = store.read_record(location, out);
    return Fetched::taken;
  }
  rotten_ = location;
  asked_.erase(asked);
  return verdict == ReadVerdict::rot ? Fetched::rot : Fetched::failed;
}

}  // namespace snowflk::node
