// The gate for commands as bytes: a log entry's, a peer's.
#include "core/kv/command.hpp"

#include <optional>

#include "core/base/assert.hpp"
#include "core/bitcask/layout.hpp"
#include "core/bitcask/record.hpp"

namespace snowflk::kv {
// So that the log finds a command's records, and masks their checksums with their places.
static_assert(kCommandHeaderBytes == bitcask::kPayloadPrefixBytes);
namespace {

constexpr u16 kAllFlags = kIfAbsent | kIfPresent | kIfEqual | kReturnOld | kReturnInteger;

/// How many records an op has, and whether they hold values.
struct Shape {
  u32 count_min = 0;
  u32 count_max = 0;
  bool values = false;
};

Shape shape_of(Op op, u16 flags) {
  switch (op) {
    case Op::get:
    case Op::strlen:
    case Op::incr_by:
    case Op::getdel: return {1, 1, false};
    case Op::append: return {1, 1, true};
    case Op::set: return (flags & kIfEqual) != 0 ? Shape{2, 2, true} : Shape{1, 1, true};
    case Op::mset: return {1, UINT32_MAX, true};
    case Op::mget:
    case Op::exists:
    case Op::del: return {1, UINT32_MAX, false};
    case Op::dbsize: return {0, 0, false};
  }
  return {1, 0, false};  // No count fits: such an op was refused before.
}

bool flags_fit(Op op, u16 flags) {
  if (flags == 0) return true;
  if (op != Op::set || (flags & ~kAllFlags) != 0) return false;
  const u16 condition = flags & (kIfAbsent | kIfPresent | kIfEqual);
  if ((condition & (condition - 1)) != 0) return false;  // More than one.
  return (flags & kReturnInteger) == 0 || flags == (kIfAbsent | kReturnInteger);
}

std::optional<CommandFault> judge_record(const bitcask::RecordView& record, Op op, u32 i,
                                         const Shape& shape) {
  if (record.key.size() > kKeyBytesMax) return CommandFault::limit;
  if (record.value.size() > kValueBytesMax) return CommandFault::limit;
  if (!shape.values && !record.value.empty()) return CommandFault::shape;
  const bool expected_value = op == Op::set && i == 1;
  if (expected_value && !record.key.empty()) return CommandFault::shape;
  return std::nullopt;
}

/// Judges all records, which must be all that there is.
std::optional<CommandFault> judge_records(Bytes rest, Op op, u32 count, const Shape& shape) {
  for (u32 i = 0; i < count; ++i) {
    const auto record = bitcask::decode_record(rest);
    if (!record) return CommandFault::record;
    if (const auto fault = judge_record(*record, op, i, shape)) return fault;
    rest = rest.subspan(record->bytes);
  }
  if (!rest.empty()) return CommandFault::shape;
  return std::nullopt;
}

}  // namespace

std::string_view name_of(CommandFault fault) {
  switch (fault) {
    case CommandFault::too_short: return "too_short";
    case CommandFault::too_long: return "too_long";
    case CommandFault::version: return "version";
    case CommandFault::op: return "op";
    case CommandFault::flags: return "flags";
    case CommandFault::shape: return "shape";
    case CommandFault::record: return "record";
    case CommandFault::limit: return "limit";
  }
  return "?";
}

CommandRecord CommandView::record_at(u32 offset) const {
  SNOWFLK_ASSERT(offset + bitcask::kRecordHeaderBytes <= payload_.size());
  const std::byte* at = payload_.data() + offset;
  const u32 key_bytes = bitcask::load_le<u32>(at + 4);
  const u32 value_bytes = bitcask::load_le<u32>(at + 8);
  const u32 key_at = offset + bitcask::kRecordHeaderBytes;
  return CommandRecord{.offset = offset,
                       .length = bitcask::record_bytes(key_bytes, value_bytes),
                       .key = payload_.subspan(key_at, key_bytes),
                       .value = payload_.subspan(key_at + key_bytes, value_bytes)};
}

u32 CommandView::next_record(const CommandRecord& record) { return record.offset + record.length; }

std::expected<CommandView, CommandFault> decode_command(Bytes payload) {
  if (payload.size() < kCommandHeaderBytes) return std::unexpected(CommandFault::too_short);
  if (payload.size() > kCommandBytesMax) return std::unexpected(CommandFault::too_long);
  const std::byte* at = payload.data();
  if (std::to_integer<u8>(at[0]) != kCommandVersion) return std::unexpected(CommandFault::version);
  CommandView view;
  view.payload_ = payload;
  view.op_ = static_cast<Op>(at[1]);
  view.flags_ = bitcask::load_le<u16>(at + 2);
  view.count_ = bitcask::load_le<u32>(at + 4);
  view.operand_ = bitcask::load_le<i64>(at + 8);
  if (!is_named(view.op_)) return std::unexpected(CommandFault::op);
  if (!flags_fit(view.op_, view.flags_)) return std::unexpected(CommandFault::flags);
  const Shape shape = shape_of(view.op_, view.flags_);
  if (view.count_ < shape.count_min || view.count_ > shape.count_max) {
    return std::unexpected(CommandFault::shape);
  }
  if (view.op_ != Op::incr_by && view.operand_ != 0) return std::unexpected(CommandFault::shape);
  if (const auto fault =
          judge_records(payload.subspan(kCommandHeaderBytes), view.op_, view.count_, shape)) {
    return std::unexpected(*fault);
  }
  return view;
}

bool is_read_only(const CommandView& command) {
  switch (command.op()) {
    case Op::get:
    case Op::mget:
    case Op::exists:
    case Op::strlen:
    case Op::dbsize: return true;
    case Op::set:
    case Op::mset:
    case Op::append:
    case Op::incr_by:
    case Op::del:
    case Op::getdel: return false;
  }
  return false;
}

}  // namespace snowflk::kv
