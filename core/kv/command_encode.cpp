// The gate for clients: from words to the bytes of a command.
#include <array>

#include "core/base/assert.hpp"
#include "core/bitcask/layout.hpp"
#include "core/bitcask/record.hpp"
#include "core/kv/command.hpp"
#include "core/wire/number.hpp"

namespace snowflk::kv {
namespace {

using Args = std::span<const Bytes>;
using Encoded = std::expected<Op, CommandError>;

constexpr std::string_view kNotAnInteger = "ERR value is not an integer or out of range";

std::unexpected<CommandError> refuse(std::string_view text) {
  return std::unexpected(CommandError{std::string(text)});
}

std::unexpected<CommandError> refuse_size(std::string_view what, u64 size, u64 limit) {
  return std::unexpected(CommandError{"ERR " + std::string(what) + " is too large (" +
                                      std::to_string(size) + " bytes; the limit is " +
                                      std::to_string(limit) + ")"});
}

/// A command before it is bytes: its head, and records that borrow the words of the client.
struct Draft {
  Op op = Op::get;
  u16 flags = 0;
  i64 operand = 0;
  Args keys;  // with `values`: a key, its value, a key …
  bool values = false;
  const Bytes* expected = nullptr;  // IFEQ

  [[nodiscard]] std::size_t step() const { return values ? 2 : 1; }
};

/// The size of the draft as a command, or why it is too large.
std::expected<u64, CommandError> measure(const Draft& draft) {
  u64 size = kCommandHeaderBytes;
  for (std::size_t i = 0; i < draft.keys.size(); i += draft.step()) {
    const u64 key = draft.keys[i].size();
    const u64 value = draft.values ? draft.keys[i + 1].size() : 0;
    if (key > kKeyBytesMax) return refuse_size("key", key, kKeyBytesMax);
    if (value > kValueBytesMax) return refuse_size("value", value, kValueBytesMax);
    size += bitcask::record_bytes(key, value);
  }
  if (draft.expected != nullptr) {
    const u64 value = draft.expected->size();
    if (value > kValueBytesMax) return refuse_size("value", value, kValueBytesMax);
    size += bitcask::record_bytes(0, value);
  }
  if (size > kCommandBytesMax) return refuse_size("command", size, kCommandBytesMax);
  return size;
}

void append_header(const Draft& draft, u64 count, std::vector<std::byte>& out) {
  const std::size_t start = out.size();
  out.resize(start + kCommandHeaderBytes);
  std::byte* at = out.data() + start;
  at[0] = std::byte{kCommandVersion};
  at[1] = static_cast<std::byte>(draft.op);
  bitcask::store_le<u16>(at + 2, draft.flags);
  bitcask::store_le<u32>(at + 4, static_cast<u32>(count));
  bitcask::store_le<i64>(at + 8, draft.operand);
}

Encoded encode(const Draft& draft, std::vector<std::byte>& out) {
  const auto size = measure(draft);
  if (!size) return std::unexpected(size.error());
  const std::size_t start = out.size();
  const u64 count = draft.keys.size() / draft.step() + (draft.expected != nullptr ? 1 : 0);
  append_header(draft, count, out);
  for (std::size_t i = 0; i < draft.keys.size(); i += draft.step()) {
    bitcask::encode_record(draft.keys[i], draft.values ? draft.keys[i + 1] : Bytes{}, out);
  }
  if (draft.expected != nullptr) bitcask::encode_record({}, *draft.expected, out);
  SNOWFLK_ASSERT(out.size() - start == *size);
  return draft.op;
}

// ---- SET -----------------------------------------------------------------------------------

bool is_expiry(Bytes word) {
  return is_word(word, "ex") || is_word(word, "px") || is_word(word, "exat") ||
         is_word(word, "pxat");
}

/// Reads the options behind key and value into `draft`.
std::expected<void, CommandError> read_set_options(Args options, Draft& draft) {
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (is_word(options[i], "nx")) {
      draft.flags |= kIfAbsent;
    } else if (is_word(options[i], "xx")) {
      draft.flags |= kIfPresent;
    } else if (is_word(options[i], "get")) {
      draft.flags |= kReturnOld;
    } else if (is_word(options[i], "ifeq") && i + 1 < options.size()) {
      draft.flags |= kIfEqual;
      draft.expected = &options[++i];
    } else if (is_expiry(options[i]) && i + 1 < options.size()) {
      return refuse("ERR expiry is not supported yet: SET takes NX, XX, GET and IFEQ");
    } else if (!is_word(options[i], "keepttl")) {  // No key has a time to live to keep.
      return std::unexpected(syntax_error());
    }
  }
  const int conditions = ((draft.flags & kIfAbsent) != 0 ? 1 : 0) +
                         ((draft.flags & kIfPresent) != 0 ? 1 : 0) +
                         ((draft.flags & kIfEqual) != 0 ? 1 : 0);
  if (conditions > 1) return std::unexpected(syntax_error());
  return {};
}

Encoded encode_set(Args args, std::vector<std::byte>& out) {
  Draft draft{.op = Op::set, .keys = args.subspan(1, 2), .values = true};
  if (const auto read = read_set_options(args.subspan(3), draft); !read) {
    return std::unexpected(read.error());
  }
  return encode(draft, out);
}

Encoded encode_set_with(Args args, u16 flags, std::vector<std::byte>& out) {
  return encode({.op = Op::set, .flags = flags, .keys = args.subspan(1), .values = true}, out);
}

// ---- The others ----------------------------------------------------------------------------

Encoded encode_keys(Op op, Args args, std::vector<std::byte>& out) {
  return encode({.op = op, .keys = args.subspan(1)}, out);
}

Encoded encode_pairs(Op op, Args args, std::vector<std::byte>& out) {
  return encode({.op = op, .keys = args.subspan(1), .values = true}, out);
}

Encoded encode_mset(Args args, std::vector<std::byte>& out) {
  if (args.size() % 2 == 0) return std::unexpected(wrong_arity("mset"));
  return encode_pairs(Op::mset, args, out);
}

Encoded encode_step(Args args, i64 step, std::vector<std::byte>& out) {
  return encode({.op = Op::incr_by, .operand = step, .keys = args.subspan(1, 1)}, out);
}

Encoded encode_incr_by(Args args, std::vector<std::byte>& out) {
  const auto step = wire::parse_integer(as_text(args[2]));
  if (!step) return refuse(kNotAnInteger);
  return encode_step(args, *step, out);
}

Encoded encode_decr_by(Args args, std::vector<std::byte>& out) {
  const auto step = wire::parse_integer(as_text(args[2]));
  if (!step) return refuse(kNotAnInteger);
  if (*step == INT64_MIN) return refuse("ERR decrement would overflow");
  return encode_step(args, -*step, out);
}

struct Encoder {
  std::string_view name;
  Encoded (*encode)(Args args, std::vector<std::byte>& out);
};

// One row for each command of the table that is not the connection's.
constexpr std::array kEncoders = std::to_array<Encoder>({
    {"append", [](Args a, std::vector<std::byte>& o) { return encode_pairs(Op::append, a, o); }},
    {"dbsize", [](Args a, std::vector<std::byte>& o) { return encode_keys(Op::dbsize, a, o); }},
    {"decr", [](Args a, std::vector<std::byte>& o) { return encode_step(a, -1, o); }},
    {"decrby", encode_decr_by},
    {"del", [](Args a, std::vector<std::byte>& o) { return encode_keys(Op::del, a, o); }},
    {"exists", [](Args a, std::vector<std::byte>& o) { return encode_keys(Op::exists, a, o); }},
    {"get", [](Args a, std::vector<std::byte>& o) { return encode_keys(Op::get, a, o); }},
    {"getdel", [](Args a, std::vector<std::byte>& o) { return encode_keys(Op::getdel, a, o); }},
    {"getset", [](Args a, std::vector<std::byte>& o) { return encode_set_with(a, kReturnOld, o); }},
    {"incr", [](Args a, std::vector<std::byte>& o) { return encode_step(a, 1, o); }},
    {"incrby", encode_incr_by},
    {"mget", [](Args a, std::vector<std::byte>& o) { return encode_keys(Op::mget, a, o); }},
    {"mset", encode_mset},
    {"set", encode_set},
    {"setnx",
     [](Args a, std::vector<std::byte>& o) {
       return encode_set_with(a, kIfAbsent | kReturnInteger, o);
     }},
    {"strlen", [](Args a, std::vector<std::byte>& o) { return encode_keys(Op::strlen, a, o); }},
    {"unlink", [](Args a, std::vector<std::byte>& o) { return encode_keys(Op::del, a, o); }},
});

}  // namespace

std::expected<Op, CommandError> encode_command(std::span<const Bytes> args,
                                               std::vector<std::byte>& out) {
  SNOWFLK_ASSERT(out.size() % bitcask::kRecordAlign == 0);
  const auto spec = check_call(args);
  if (!spec) return std::unexpected(spec.error());
  for (const Encoder& encoder : kEncoders) {
    if (encoder.name == (*spec)->name) return encoder.encode(args, out);
  }
  return refuse("ERR '" + std::string((*spec)->name) + "' is a command of the connection");
}

std::expected<Op, CommandError> encode_command(std::span<const std::string_view> args,
                                               std::vector<std::byte>& out) {
  std::vector<Bytes> words;
  for (const std::string_view arg : args) words.push_back(as_bytes(arg));
  return encode_command(words, out);
}

}  // namespace snowflk::kv
