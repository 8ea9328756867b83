// Replies: written as RESP2 or RESP3, read as either, printed as redis-cli does.
#include "core/wire/resp_reply.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/assert.hpp"
#include "core/trace/text.hpp"
#include "core/wire/number.hpp"

namespace snowflk::wire {
namespace {

void append_text(std::vector<std::byte>& out, std::string_view text) {
  const Bytes bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// A type, a number, a line end.
void append_head(std::vector<std::byte>& out, char type, std::string_view number) {
  out.push_back(static_cast<std::byte>(type));
  append_text(out, number);
  append_text(out, "\r\n");
}

template <std::integral I>
void append_head(std::vector<std::byte>& out, char type, I number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  append_head(out, type, std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

void append_line(std::vector<std::byte>& out, char type, std::string_view text) {
  out.push_back(static_cast<std::byte>(type));
  for (const char letter : text) {
    out.push_back(static_cast<std::byte>(letter == '\r' || letter == '\n' ? ' ' : letter));
  }
  append_text(out, "\r\n");
}

}  // namespace

void append_simple(std::vector<std::byte>& out, std::string_view text) {
  append_line(out, '+', text);
}
void append_error(std::vector<std::byte>& out, std::string_view text) {
  append_line(out, '-', text);
}
void append_integer(std::vector<std::byte>& out, i64 number) { append_head(out, ':', number); }
void append_bulk(std::vector<std::byte>& out, Bytes bytes) {
  append_head(out, '$', bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
  append_text(out, "\r\n");
}
void append_null(std::vector<std::byte>& out, Protocol protocol) {
  append_text(out, protocol == Protocol::resp3 ? "_\r\n" : "$-1\r\n");
}
void append_array(std::vector<std::byte>& out, u64 count) { append_head(out, '*', count); }
void append_map(std::vector<std::byte>& out, u64 pairs, Protocol protocol) {
  if (protocol == Protocol::resp3) {
    append_head(out, '%', pairs);
  } else {
    append_array(out, 2 * pairs);
  }
}
void append_set(std::vector<std::byte>& out, u64 count, Protocol protocol) {
  append_head(out, protocol == Protocol::resp3 ? '~' : '*', count);
}
void append_request(std::vector<std::byte>& out, std::span<const Bytes> args) {
  append_array(out, args.size());
  for (const Bytes arg : args) append_bulk(out, arg);
}
void append_request(std::vector<std::byte>& out, std::span<const std::string_view> args) {
  append_array(out, args.size());
  for (const std::string_view arg : args) append_bulk(out, arg);
}

std::string_view name_of(RespValue::Kind kind) {
  using enum RespValue::Kind;
  switch (kind) {
    case null: return "null";
    case simple: return "simple";
    case error: return "error";
    case integer: return "integer";
    case bulk: return "bulk";
    case real: return "real";
    case boolean: return "boolean";
    case big: return "big";
    case array: return "array";
    case map: return "map";
  }
  return "?";
}

// ---- ReplyParser ---------------------------------------------------------------------------

namespace {

enum class Shape : u8 { line, sized, counted, none };

/// What stands behind the first byte of a value.
Shape shape_of(char type) {
  switch (type) {
    case '+':
    case '-':
    case ':':
    case '_':
    case ',':
    case '#':
    case '(': return Shape::line;
    case '$':
    case '!':
    case '=': return Shape::sized;
    case '*':
    case '%':
    case '~':
    case '>': return Shape::counted;
  }
  return Shape::none;
}

RespValue text_value(RespValue::Kind kind, std::string_view text) {
  return RespValue{.kind = kind, .integer = 0, .text = std::string(text), .items = {}};
}

RespValue integer_value(RespValue::Kind kind, i64 number) {
  return RespValue{.kind = kind, .integer = number, .text = {}, .items = {}};
}

/// The value of one line; nothing if the line says something else.
std::optional<RespValue> line_value(char type, std::string_view line) {
  using enum RespValue::Kind;
  switch (type) {
    case '+': return text_value(simple, line);
    case '-': return text_value(error, line);
    case ',': return text_value(real, line);
    case '(': return text_value(big, line);
    case '_': return line.empty() ? std::optional{RespValue{}} : std::nullopt;
    case '#':
      if (line != "t" && line != "f") return std::nullopt;
      return integer_value(boolean, line == "t" ? 1 : 0);
  }
  SNOWFLK_ASSERT(type == ':');
  const auto number = parse_integer(line);
  if (!number) return std::nullopt;
  return integer_value(integer, *number);
}

}  // namespace

ReplyParser::Status ReplyParser::parse(Bytes unread) {
  if (!fault_.empty()) return Status::fault;
  consumed_ = 0;
  if (done_) {
    done_ = false;
    at_ = 0;
    scanned_ = 0;
  }
  while (!done_) {
    if (!item(unread)) return fault_.empty() ? Status::need_more : Status::fault;
  }
  consumed_ = at_;
  return Status::reply;
}

bool ReplyParser::fail(std::string_view why) {
  fault_ = why;
  return false;
}

bool ReplyParser::item(Bytes unread) {
  if (bulk_size_ >= 0) return sized(unread);
  const std::string_view all = as_text(unread);
  const std::size_t end = all.find("\r\n", std::max(at_, scanned_));
  if (end == std::string_view::npos) {
    // The last byte may be the first half of a line end.
    scanned_ = unread.empty() ? 0 : unread.size() - 1;
    if (unread.size() - at_ > kBulkBytesMax) return fail("a line that does not end");
    return false;
  }
  const std::string_view line = all.substr(at_, end - at_);
  at_ = end + 2;
  scanned_ = at_;
  if (line.empty()) return fail("an empty line where a value should be");
  return begin(line.front(), line.substr(1));
}

bool ReplyParser::begin(char type, std::string_view line) {
  switch (shape_of(type)) {
    case Shape::none: return fail("a value of an unknown type");
    case Shape::line: {
      auto value = line_value(type, line);
      if (!value) return fail("a line that is no value of its type");
      finish(std::move(*value));
      return true;
    }
    case Shape::sized: return begin_sized(type, line);
    case Shape::counted: return begin_counted(type, line);
  }
  return false;
}

bool ReplyParser::begin_sized(char type, std::string_view line) {
  const auto size = parse_integer(line);
  if (!size || *size < -1 || *size > i64{kBulkBytesMax}) return fail("an invalid bulk length");
  if (*size < 0) {
    finish(RespValue{});
    return true;
  }
  bulk_size_ = *size;
  bulk_type_ = type;
  return true;
}

bool ReplyParser::begin_counted(char type, std::string_view line) {
  const auto count = parse_integer(line);
  if (!count || *count < -1 || *count > i64{kArgumentsMax}) return fail("an invalid count");
  if (*count < 0) {
    finish(RespValue{});
    return true;
  }
  const bool map = type == '%';
  RespValue value{.kind = map ? RespValue::Kind::map : RespValue::Kind::array,
                  .integer = 0,
                  .text = {},
                  .items = {}};
  if (*count == 0) {
    finish(std::move(value));
    return true;
  }
  if (open_.size() >= kReplyDepthMax) return fail("arrays nested too deep");
  const u64 left = static_cast<u64>(*count) * (map ? 2 : 1);
  open_.push_back(Open{.value = std::move(value), .left = left});
  return true;
}

bool ReplyParser::sized(Bytes unread) {
  const auto size = static_cast<std::size_t>(bulk_size_);
  if (unread.size() - at_ < size + 2) return false;
  if (as_text(unread.subspan(at_ + size, 2)) != "\r\n") return fail("no line end after a bulk");
  std::string_view text = as_text(unread.subspan(at_, size));
  at_ += size + 2;
  scanned_ = at_;
  bulk_size_ = -1;
  if (bulk_type_ == '=') {
    if (text.size() < 4 || text[3] != ':') return fail("verbatim text without its format");
    text.remove_prefix(4);
  }
  finish(text_value(bulk_type_ == '!' ? RespValue::Kind::error : RespValue::Kind::bulk, text));
  return true;
}

/// `value` is whole: it goes into the innermost array, which may be whole by that.
void ReplyParser::finish(RespValue value) {
  while (!open_.empty()) {
    Open& innermost = open_.back();
    innermost.value.items.push_back(std::move(value));
    innermost.left -= 1;
    if (innermost.left > 0) return;
    value = std::move(innermost.value);
    open_.pop_back();
  }
  reply_ = std::move(value);
  done_ = true;
}

// ---- As redis-cli prints it ----------------------------------------------------------------

namespace {

/// An array or map that is being printed: up to which item, and how far in.
struct Level {
  const RespValue* value;
  std::size_t next;
  std::size_t indent;
  std::size_t width;  // of the numbers of its items

  [[nodiscard]] bool map() const { return value->kind == RespValue::Kind::map; }
};

/// What stands before the next item: its number on a line of its own, or "=>" before a map's value.
void print_before_item(const Level& level, std::string& out) {
  if (level.map() && level.next % 2 == 1) {
    out += " => ";
    return;
  }
  if (level.next > 0) out += '\n' + std::string(level.indent, ' ');
  const std::string number = std::to_string(level.next / (level.map() ? 2 : 1) + 1);
  out += std::string(level.width - number.size(), ' ') + number + (level.map() ? "# " : ") ");
}

/// Prints what is no array or map; of one that is, opens a level.
void print(const RespValue& value, std::size_t indent, std::vector<Level>& open, std::string& out) {
  using enum RespValue::Kind;
  switch (value.kind) {
    case null: out += "(nil)"; return;
    case error: out += "(error) " + value.text; return;
    case integer: out += "(integer) " + std::to_string(value.integer); return;
    case real: out += "(double) " + value.text; return;
    case boolean: out += value.integer != 0 ? "(true)" : "(false)"; return;
    case simple:
    case big: out += value.text; return;
    case bulk: trace::append_quoted(out, as_bytes(value.text), SIZE_MAX); return;
    case array:
    case map: break;
  }
  const std::size_t count = value.items.size() / (value.kind == map ? 2 : 1);
  if (count == 0) {
    out += value.kind == map ? "(empty hash)" : "(empty array)";
    return;
  }
  open.push_back(
      Level{.value = &value, .next = 0, .indent = indent, .width = std::to_string(count).size()});
}

}  // namespace

std::string to_text(const RespValue& value) {
  std::string out;
  std::vector<Level> open;
  print(value, 0, open, out);
  while (!open.empty()) {
    Level& innermost = open.back();
    if (innermost.next == innermost.value->items.size()) {
      open.pop_back();
      continue;
    }
    print_before_item(innermost, out);
    const RespValue& item = innermost.value->items[innermost.next];
    innermost.next += 1;
    print(item, innermost.indent + innermost.width + 2, open, out);
  }
  return out;
}

}  // namespace snowflk::wire
