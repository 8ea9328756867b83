// What commands that change nothing answer, and which values any command must see.
#include <algorithm>

#include "core/base/assert.hpp"
#include "core/kv/machine.hpp"

namespace snowflk::kv {
namespace {

constexpr std::string_view kReplyTooLarge = "ERR reply is too large: ask for fewer keys at once";

/// The least that the value of a record of `key` at `location` can have: a location's length is
/// rounded up by at most a sixteenth, and to 128 bytes.
u64 value_bytes_at_least(bitcask::RecordLocation location, Bytes key) {
  const u64 record = u64{location.length} * 16 / 17;
  const u64 rest = bitcask::kRecordHeaderBytes + key.size() + bitcask::kRecordAlign;
  return location.length <= 128 || record <= rest ? 0 : record - rest;
}

/// Whether `command` answers with, or compares, or changes the value that its keys have now.
bool needs_values(const CommandView& command) {
  switch (command.op()) {
    case Op::get:
    case Op::mget:
    case Op::strlen:
    case Op::append:
    case Op::incr_by:
    case Op::getdel: return true;
    case Op::set: return command.has(kReturnOld) || command.has(kIfEqual);
    case Op::exists:
    case Op::dbsize:
    case Op::mset:
    case Op::del: return false;
  }
  return false;
}

}  // namespace

void Machine::missing_operands(const CommandView& command, const Operands& operands,
                               std::vector<bitcask::RecordLocation>& wanted) const {
  if (!needs_values(command)) return;
  if (command.op() == Op::mget && mget_too_large(command, operands)) return;
  u32 keys = command.op() == Op::set ? 1 : command.count();  // IFEQ's second record is no key.
  command.for_each_record([&](const CommandRecord& record) {
    if (keys == 0) return;
    keys -= 1;
    const Found found = find(record.key);
    if (found.where != Found::Where::file || operands.find(found.location)) return;
    wanted.push_back(found.location);
  });
}

void Machine::read(const CommandView& command, const Operands& operands, ReplyWriter& reply) const {
  SNOWFLK_ASSERT(is_read_only(command));
  switch (command.op()) {
    case Op::get: get(command, operands, reply); return;
    case Op::mget: mget(command, operands, reply); return;
    case Op::exists: exists(command, reply); return;
    case Op::strlen: strlen(command, operands, reply); return;
    case Op::dbsize: reply.integer(static_cast<i64>(keydir_.size())); return;
    case Op::set:
    case Op::mset:
    case Op::append:
    case Op::incr_by:
    case Op::del:
    case Op::getdel: break;
  }
}

void Machine::get(const CommandView& command, const Operands& operands, ReplyWriter& reply) const {
  const auto value = value_of(command.first().key, operands);
  value ? reply.bulk(*value) : reply.nil();
}

void Machine::strlen(const CommandView& command, const Operands& operands,
                     ReplyWriter& reply) const {
  const auto value = value_of(command.first().key, operands);
  reply.integer(value ? static_cast<i64>(value->size()) : 0);
}

void Machine::exists(const CommandView& command, ReplyWriter& reply) const {
  i64 count = 0;
  command.for_each_record([&](const CommandRecord& record) {
    if (keydir_.find(record.key)) count += 1;
  });
  reply.integer(count);
}

/// Whether the answer is above the bound. The same with all values in memory as with none: what is
/// counted for a value in a file is never more than it has, and decides only if it is enough.
bool Machine::mget_too_large(const CommandView& command, const Operands& operands) const {
  u64 bytes = ReplyWriter::kArrayHeadBytes;
  command.for_each_record([&](const CommandRecord& record) {
    const Found found = find(record.key);
    bytes += ReplyWriter::kBulkHeadBytes + found.value.size();
    if (found.where != Found::Where::file) return;
    const auto held = operands.find(found.location);
    bytes += held ? held->size() : value_bytes_at_least(found.location, record.key);
  });
  return bytes > kReplyBytesMax;
}

void Machine::mget(const CommandView& command, const Operands& operands, ReplyWriter& reply) const {
  if (mget_too_large(command, operands)) {
    reply.error(ErrorKind::command, kReplyTooLarge);
    return;
  }
  reply.array(command.count());
  command.for_each_record([&](const CommandRecord& record) {
    const auto value = value_of(record.key, operands);
    value ? reply.bulk(*value) : reply.nil();
  });
}

}  // namespace snowflk::kv
