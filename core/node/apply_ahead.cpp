// Reading ahead of apply, a bounded number of entries at a time.
#include "core/node/apply_ahead.hpp"

namespace snowflk::node {

std::optional<Bytes> ApplyAhead::payload(LogIndex index, LogIndex last, const bitcask::Store& store,
                                         bitcask::Output out) {
  applied(index.previous());
  if (!ahead_.empty() && ahead_.front().index == index) {
    if (!ahead_.front().arrived) return std::nullopt;
    return Bytes{ahead_.front().payload};
  }
  if (const auto in_memory = store.payload(index)) return in_memory;

  SNOWFLK_ASSERT(ahead_.empty());
  for (LogIndex next = index; next <= last; next = next.next()) {
    if (ahead_.size() == limits::kApplyReadAheadMax || store.payload(next)) break;
    Ahead& ahead = ahead_.extend();
    ahead.index = next;
    ahead.id = store.read_payload(next, out);
    ahead.tries = {};
    ahead.arrived = false;
  }
  return std::nullopt;
}

Fetched ApplyAhead::on_read(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes,
                            const bitcask::Store& store, bitcask::Output out) {
  for (std::size_t at = 0; at < ahead_.size(); ++at) {
    Ahead& ahead = ahead_[at];
    if (ahead.id != id || ahead.arrived) continue;
    ahead.payload.resize(store.payload_location(ahead.index).length);
    const auto good = bytes ? store.check_payload(ahead.index, *bytes, ahead.payload)
                            : std::unexpected{bitcask::ReadFault::too_short};
    if (good) {
      ahead.arrived = true;
      return Fetched::taken;
    }
    const ReadVerdict verdict = ahead.tries.missed(good.error());
    if (verdict == ReadVerdict::again) {
      ahead.id = store.read_payload(ahead.index, out);
      return Fetched::taken;
    }
    if (verdict == ReadVerdict::failed) return Fetched::failed;
    rotten_ = store.payload_location(ahead.index);
    return Fetched::rot;
  }
  return Fetched::not_asked;
}

void ApplyAhead::applied(LogIndex index) {
  while (!ahead_.empty() && ahead_.front().index <= index) ahead_.pop_front();
}

}  // namespace snowflk::node
