// One committed entry after the other.
#include "core/node/applier.hpp"

#include <algorithm>

#include "core/base/hash.hpp"
#include "core/kv/reply.hpp"

namespace snowflk::node {

std::optional<AppliedEntry> Applier::next(LogIndex last, const raft::Log& log,
                                          bitcask::Store& store, bitcask::Output out) {
  SNOWFLK_ASSERT(last <= store.durable_index());
  const LogIndex index = machine_.applied().next();
  if (index > last) return std::nullopt;
  const raft::EntryInfo& entry = log.entry(index);
  reply_.clear();
  if (entry.kind == raft::EntryKind::no_op) {
    machine_.skip(index, entry.term, Bytes{});
    return AppliedEntry{
        .index = index, .term = entry.term, .payload_hash = hash64(Bytes{}, 0), .reply = {}};
  }
  const auto payload = ahead_.payload(index, last, store, out);
  if (!payload) return std::nullopt;
  const u64 payload_hash = hash64(*payload, 0);
  if (!apply_command(index, entry, *payload, store, out)) return std::nullopt;
  for (const kv::Derived& derived : derived_) {
    store.add_derived(derived.index, derived.sub, derived.key, derived.value);
  }
  derived_.clear();
  ahead_.applied(index);
  return AppliedEntry{
      .index = index, .term = entry.term, .payload_hash = payload_hash, .reply = reply_};
}

/// False: a value that the command looks at is still on its way.
bool Applier::apply_command(LogIndex index, const raft::EntryInfo& entry, Bytes payload,
                            bitcask::Store& store, bitcask::Output out) {
  const auto command = kv::decode_command(payload);
  if (!command) {
    // Every replica sees the same bytes, and does the same: nothing.
    machine_.skip(index, entry.term, payload);
    kv::ReplyWriter{reply_}.error(kv::ErrorKind::command, "ERR malformed command");
    return true;
  }
  if (!fetch_.ready(machine_, *command, store, out)) return false;
  kv::ReplyWriter reply{reply_};
  derived_.clear();
  machine_.apply(index, entry.term, *command, place_of(index, entry.size, store), fetch_.operands(),
                 {reply, derived_});
  fetch_.clear();
  return true;
}

/// Where the payload lies, and the value that the entry computed, if an earlier incarnation has
/// written that already.
kv::EntryPlace Applier::place_of(LogIndex index, u32 size, const bitcask::Store& store) {
  const bitcask::RecordLocation payload = store.record_location(index, 0, std::max(size, 1U));
  kv::EntryPlace place{.segment = payload.segment, .offset = payload.offset};
  while (recovered_next_ < recovered_.size() && recovered_[recovered_next_].index < index) {
    recovered_next_ += 1;
  }
  if (recovered_next_ == recovered_.size()) return place;
  const bitcask::DerivedDurable& derived = recovered_[recovered_next_];
  if (derived.index == index) place.derived = derived.location;
  return place;
}

Fetched Applier::on_read(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes,
                         const bitcask::Store& store, bitcask::Output out) {
  const Fetched payload = ahead_.on_read(id, bytes, store, out);
  if (payload == Fetched::rot) rotten_ = ahead_.rotten();
  if (payload != Fetched::not_asked) return payload;
  const Fetched operand = fetch_.on_read(id, bytes, store, machine_, out);
  if (operand == Fetched::rot) rotten_ = fetch_.rotten();
  return operand;
}

void Applier::derived_durable(std::span<const bitcask::DerivedDurable> derived) {
  for (const bitcask::DerivedDurable& durable : derived) {
    machine_.derived_durable(durable.index, durable.sub, durable.location);
  }
}

}  // namespace snowflk::node
