// Commands of the key-value machine: from a client's words to the bytes of a log entry, and back.
//
// The bytes are the entry's payload: a header of 16 bytes, then records as bitcask/record.hpp lays
// them out, each on a multiple of 8. A record can be read alone from the log, so the entry is also
// where the value lives.
//
//   0  version u8    1
//   1  op u8
//   2  flags u16     of a set; otherwise 0
//   4  count u32     of records
//   8  operand i64   INCRBY: what is added; otherwise 0
//  16  records
#pragma once

#include <expected>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/describe.hpp"
#include "core/base/types.hpp"
#include "core/kv/command_table.hpp"
#include "core/kv/limits.hpp"

namespace snowflk::kv {

/// What the machine can do. SETNX and GETSET are SETs, DECR and its like INCRBYs, UNLINK a DEL.
enum class Op : u8 {
  get = 1,      // key
  mget = 2,     // keys
  exists = 3,   // keys
  strlen = 4,   // key
  dbsize = 5,   // no record
  set = 6,      // key and value; with kIfEqual a second record: no key, and what must be there
  mset = 7,     // keys and values
  append = 8,   // key and what is appended
  incr_by = 9,  // key
  del = 10,     // keys
  getdel = 11,  // key
};
constexpr std::string_view name_of(Op op) {
  switch (op) {
    case Op::get: return "get";
    case Op::mget: return "mget";
    case Op::exists: return "exists";
    case Op::strlen: return "strlen";
    case Op::dbsize: return "dbsize";
    case Op::set: return "set";
    case Op::mset: return "mset";
    case Op::append: return "append";
    case Op::incr_by: return "incr_by";
    case Op::del: return "del";
    case Op::getdel: return "getdel";
  }
  return "?";
}

// The flags of a set.
inline constexpr u16 kIfAbsent = 1;        // NX
inline constexpr u16 kIfPresent = 2;       // XX
inline constexpr u16 kIfEqual = 4;         // IFEQ old
inline constexpr u16 kReturnOld = 8;       // GET
inline constexpr u16 kReturnInteger = 16;  // SETNX answers 1 or 0

inline constexpr u8 kCommandVersion = 1;
inline constexpr u32 kCommandHeaderBytes = 16;

/// Appends the command that `args` are to `out`: the gate. Words are checked in every respect and
/// answered as Redis answers them; a command of the connection is an error here, too. At an error
/// `out` is as before. `args` are in the order of the client, the name first; at least one.
std::expected<Op, CommandError> encode_command(std::span<const Bytes> args,
                                               std::vector<std::byte>& out);
/// The same for words of text, for tests and tools.
std::expected<Op, CommandError> encode_command(std::span<const std::string_view> args,
                                               std::vector<std::byte>& out);

/// Why bytes are no command.
enum class CommandFault : u8 {
  too_short,
  too_long,
  version,
  op,
  flags,
  shape,   // not the records, or not the operand, that the op has
  record,  // a record is broken, or its CRC is wrong
  limit,   // a key or a value above its bound
};
std::string_view name_of(CommandFault fault);

/// One record of a command. `offset` is from the start of the payload, `length` that of the record
/// as it can be read alone.
struct CommandRecord {
  u32 offset = 0;
  u32 length = 0;
  Bytes key;
  Bytes value;
};

/// A command that was judged. Borrows the payload.
class CommandView {
 public:
  [[nodiscard]] Op op() const { return op_; }
  [[nodiscard]] u16 flags() const { return flags_; }
  [[nodiscard]] bool has(u16 flag) const { return (flags_ & flag) != 0; }
  [[nodiscard]] u32 count() const { return count_; }
  [[nodiscard]] i64 operand() const { return operand_; }
  [[nodiscard]] Bytes payload() const { return payload_; }

  /// Calls visit(CommandRecord) for each record, in order.
  template <class Visit>
  void for_each_record(Visit&& visit) const {
    u32 at = kCommandHeaderBytes;
    for (u32 i = 0; i < count_; ++i) {
      const CommandRecord record = record_at(at);
      visit(record);
      at = next_record(record);
    }
  }
  /// REQUIRES: count() > 0.
  [[nodiscard]] CommandRecord first() const { return record_at(kCommandHeaderBytes); }
  /// REQUIRES: count() > 1.
  [[nodiscard]] CommandRecord second() const { return record_at(next_record(first())); }

 private:
  friend std::expected<CommandView, CommandFault> decode_command(Bytes payload);
  [[nodiscard]] CommandRecord record_at(u32 offset) const;
  [[nodiscard]] static u32 next_record(const CommandRecord& record);

  Bytes payload_;
  i64 operand_ = 0;
  u32 count_ = 0;
  u16 flags_ = 0;
  Op op_ = Op::get;
};

/// Judges `payload`, which may be any bytes (a peer's, a file's): version, op, shape, bounds, and
/// the CRC of each record.
std::expected<CommandView, CommandFault> decode_command(Bytes payload);

/// Whether `command` changes nothing, and so needs no log entry: it is answered through ReadIndex.
[[nodiscard]] bool is_read_only(const CommandView& command);

}  // namespace snowflk::kv
