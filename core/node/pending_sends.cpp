// How a message gathers its payloads.
#include "core/node/pending_sends.hpp"

#include <algorithm>

#include "core/base/maybe.hpp"
#include "core/node/limits.hpp"

namespace snowflk::node {
namespace {

std::size_t payload_offset(std::span<const wire::Entry> rows, u32 row) {
  std::size_t offset = 0;
  for (u32 i = 0; i < row; ++i) offset += rows[i].info.size;
  return offset;
}

}  // namespace

void PendingSends::add(NodeId to, const raft::AppendEntries& message,
                       std::span<const wire::Entry> rows, const bitcask::Store& store,
                       bitcask::Output out) {
  SNOWFLK_ASSERT(message.entry_count == rows.size());
  const auto to_same = std::ranges::count(waiting_, to, &Waiting::to);
  SNOWFLK_MAYBE(to_same > 0);
  if (static_cast<std::size_t>(to_same) >= limits::kPendingSendsMax) return;

  Waiting waiting;
  waiting.to = to;
  waiting.message = message;
  waiting.rows.assign(rows.begin(), rows.end());
  for (u32 i = 0; i < rows.size(); ++i) {
    const LogIndex index = message.prev_log_index + i + 1;
    if (const auto payload = store.payload(index)) {
      waiting.payloads.insert(waiting.payloads.end(), payload->begin(), payload->end());
      continue;
    }
    waiting.payloads.resize(waiting.payloads.size() + rows[i].info.size);
    waiting.wanted.push_back(Wanted{.id = store.read_payload(index, out), .row = i, .tries = {}});
  }
  SNOWFLK_ASSERT(!waiting.wanted.empty());
  waiting_.push_back(std::move(waiting));
}

std::size_t PendingSends::find(bitcask::DiskReadId id) const {
  for (std::size_t at = 0; at < waiting_.size(); ++at) {
    if (std::ranges::find(waiting_[at].wanted, id, &Wanted::id) != waiting_[at].wanted.end()) {
      return at;
    }
  }
  return waiting_.size();
}

Fetched PendingSends::fill(Waiting& waiting, bitcask::DiskReadId id,
                           std::expected<Bytes, bitcask::DiskError> bytes,
                           const bitcask::Store& store, bitcask::Output out) {
  const auto wanted = std::ranges::find(waiting.wanted, id, &Wanted::id);
  const u32 row = wanted->row;
  const LogIndex index = waiting.message.prev_log_index + row + 1;
  const MutableBytes payload = MutableBytes{waiting.payloads}.subspan(
      payload_offset(waiting.rows, row), waiting.rows[row].info.size);
  const auto good = bytes ? store.check_payload(index, *bytes, payload)
                          : std::unexpected{bitcask::ReadFault::too_short};
  if (good) {
    waiting.wanted.erase(wanted);
    return Fetched::taken;
  }
  const ReadVerdict verdict = wanted->tries.missed(good.error());
  if (verdict == ReadVerdict::again) {
    wanted->id = store.read_payload(index, out);
    return Fetched::taken;
  }
  if (verdict == ReadVerdict::failed) return Fetched::failed;
  rotten_ = store.payload_location(index);
  return Fetched::rot;
}

std::span<const wire::Entry> PendingSends::entries(std::size_t at) {
  Waiting& waiting = waiting_[at];
  std::size_t offset = 0;
  for (wire::Entry& row : waiting.rows) {
    row.payload = Bytes{waiting.payloads}.subspan(offset, row.info.size);
    offset += row.info.size;
  }
  return waiting.rows;
}

}  // namespace snowflk::node
