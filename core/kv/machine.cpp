// What each command does.
#include "core/kv/machine.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/assert.hpp"
#include "core/base/hash.hpp"
#include "core/wire/number.hpp"

namespace snowflk::kv {
namespace {

// Slots of the keydir: a packed location, or, with the top bit, the handle of a computed value.
constexpr u64 kComputed = 1ULL << 63;

constexpr std::string_view kNotAnInteger = "ERR value is not an integer or out of range";
constexpr std::string_view kOverflow = "ERR increment or decrement would overflow";
constexpr std::string_view kValueTooLong =
    "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

}  // namespace

Machine::Machine(const Options& options) : keydir_(options.salt), cache_(options.cache_bytes) {}

Found Machine::resolve(u64 slot) const {
  if ((slot & kComputed) != 0) {
    return Found{
        .where = Found::Where::memory, .value = pending_.value(slot & ~kComputed), .location = {}};
  }
  const auto location = bitcask::RecordLocation::unpack(slot);
  const auto cached = cache_.find(location);
  if (cached) return Found{.where = Found::Where::memory, .value = *cached, .location = location};
  return Found{.where = Found::Where::file, .value = {}, .location = location};
}

Found Machine::find(Bytes key) const {
  const auto slot = keydir_.find(key);
  return slot ? resolve(*slot) : Found{};
}

std::optional<Bytes> Machine::value_of(Bytes key, const Operands& operands) const {
  const Found found = find(key);
  switch (found.where) {
    case Found::Where::absent: return std::nullopt;
    case Found::Where::memory: return found.value;
    case Found::Where::file: break;
  }
  const auto value = operands.find(found.location);
  SNOWFLK_ASSERT(value);  // missing_operands() named it.
  return value;
}

// ---- Changes -------------------------------------------------------------------------------

void Machine::apply(LogIndex index, Term term, const CommandView& command, const EntryPlace& place,
                    const Operands& operands, const Outcome& outcome) {
  SNOWFLK_ASSERT(index == applied_.next());
  const std::size_t reply_from = outcome.reply.position();
  computed_.clear();
  run(Entry{index, command, place, operands, outcome.reply, outcome.derived});
  applied_ = index;
  chain(term, command.payload(), outcome.reply.since(reply_from));
}

void Machine::skip(LogIndex index, Term term, Bytes payload) {
  SNOWFLK_ASSERT(index == applied_.next());
  computed_.clear();
  applied_ = index;
  chain(term, payload, {});
}

void Machine::chain(Term term, Bytes payload, Bytes reply) {
  u64 digest = mix64(digest_ ^ applied_.value);
  digest = hash64(payload, digest ^ mix64(term.value));
  digest = hash64(computed_, digest);
  digest_ = hash64(reply, digest);
}

void Machine::run(const Entry& entry) {
  switch (entry.command.op()) {
    case Op::get:
    case Op::mget:
    case Op::exists:
    case Op::strlen:
    case Op::dbsize: read(entry.command, entry.operands, entry.reply); return;
    case Op::set: set(entry); return;
    case Op::mset: mset(entry); return;
    case Op::append: append(entry); return;
    case Op::incr_by: incr_by(entry); return;
    case Op::del: del(entry); return;
    case Op::getdel: getdel(entry); return;
  }
}

void Machine::set(const Entry& entry) {
  const CommandView& command = entry.command;
  const CommandRecord record = command.first();
  const bool exists = keydir_.find(record.key).has_value();
  std::optional<Bytes> old;
  if (command.has(kReturnOld) || command.has(kIfEqual)) old = value_of(record.key, entry.operands);

  bool met = true;
  if (command.has(kIfAbsent)) met = !exists;
  if (command.has(kIfPresent)) met = exists;
  if (command.has(kIfEqual)) met = old && std::ranges::equal(*old, command.second().value);

  if (command.has(kReturnOld)) {
    old ? entry.reply.bulk(*old) : entry.reply.nil();
  } else if (command.has(kReturnInteger)) {
    entry.reply.integer(met ? 1 : 0);
  } else {
    met ? entry.reply.ok() : entry.reply.nil();
  }
  if (met) store_record(entry, record);  // Last: it may move what `old` borrows.
}

void Machine::mset(const Entry& entry) {
  entry.command.for_each_record([&](const CommandRecord& record) { store_record(entry, record); });
  entry.reply.ok();
}

void Machine::append(const Entry& entry) {
  const CommandRecord record = entry.command.first();
  const auto old = value_of(record.key, entry.operands);
  const u64 size = (old ? old->size() : 0) + record.value.size();
  if (size > kValueBytesMax) {
    entry.reply.error(ErrorKind::command, kValueTooLong);
    return;
  }
  entry.reply.integer(static_cast<i64>(size));
  if (!old) {
    store_record(entry, record);  // The value is what was sent: nothing is computed.
  } else if (!record.value.empty()) {
    computed_.assign(old->begin(), old->end());
    computed_.insert(computed_.end(), record.value.begin(), record.value.end());
    store_computed(entry, record.key);
  }
}

void Machine::incr_by(const Entry& entry) {
  const Bytes key = entry.command.first().key;
  const auto old = value_of(key, entry.operands);
  const auto number = old ? wire::parse_integer(as_text(*old)) : std::optional<i64>{0};
  if (!number) {
    entry.reply.error(ErrorKind::command, kNotAnInteger);
    return;
  }
  i64 sum = 0;
  if (__builtin_add_overflow(*number, entry.command.operand(), &sum)) {
    entry.reply.error(ErrorKind::command, kOverflow);
    return;
  }
  entry.reply.integer(sum);
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, sum).ptr;
  const auto text = as_bytes(std::string_view(digits, static_cast<std::size_t>(end - digits)));
  computed_.assign(text.begin(), text.end());
  store_computed(entry, key);
}

void Machine::del(const Entry& entry) {
  i64 deleted = 0;
  entry.command.for_each_record([&](const CommandRecord& record) {
    if (keydir_.erase(record.key)) deleted += 1;
  });
  entry.reply.integer(deleted);
}

void Machine::getdel(const Entry& entry) {
  const Bytes key = entry.command.first().key;
  const auto old = value_of(key, entry.operands);
  old ? entry.reply.bulk(*old) : entry.reply.nil();
  keydir_.erase(key);
}

/// The key's value is the record, where it lies in the log.
void Machine::store_record(const Entry& entry, const CommandRecord& record) {
  const auto location = bitcask::RecordLocation::of(
      entry.place.segment, entry.place.offset + record.offset, record.length);
  keydir_.put(record.key, location.pack());
  cache_.put(location, record.value);
}

/// The key's value is what was computed: on disk already, or in memory until it is.
void Machine::store_computed(const Entry& entry, Bytes key) {
  if (entry.place.derived) {
    keydir_.put(key, entry.place.derived->pack());
    cache_.put(*entry.place.derived, computed_);
    return;
  }
  const u64 handle = pending_.add(entry.index, 0, key, computed_);
  keydir_.put(key, kComputed | handle);
  entry.derived.push_back(Derived{.index = entry.index,
                                  .sub = 0,
                                  .key = pending_.key(handle),
                                  .value = pending_.value(handle)});
}

void Machine::derived_durable(LogIndex index, u32 sub, bitcask::RecordLocation location) {
  const auto handle = pending_.find(index, sub);
  if (!handle) return;  // Known from before, or said twice.
  // Only if no later command has given the key another value meanwhile.
  if (keydir_.replace(pending_.key(*handle), kComputed | *handle, location.pack())) {
    cache_.put(location, pending_.value(*handle));
  }
  pending_.done(*handle);
}

}  // namespace snowflk::kv
