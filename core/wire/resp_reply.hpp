// RESP replies: written for clients, and read by ours (the simulator's, the tests', the tools').
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/types.hpp"
#include "core/wire/limits.hpp"

namespace snowflk::wire {

/// The version that a connection speaks (HELLO 3).
enum class Protocol : u8 { resp2 = 2, resp3 = 3 };

// Each appends to `out`. Simple texts and errors hold no line end: one in them becomes a blank.
void append_simple(std::vector<std::byte>& out, std::string_view text);  // +OK
void append_error(std::vector<std::byte>& out, std::string_view text);   // -ERR …, with its code
void append_integer(std::vector<std::byte>& out, i64 number);
void append_bulk(std::vector<std::byte>& out, Bytes bytes);
inline void append_bulk(std::vector<std::byte>& out, std::string_view text) {
  append_bulk(out, as_bytes(text));
}
void append_null(std::vector<std::byte>& out, Protocol protocol);  // $-1, or _
/// `count` values follow.
void append_array(std::vector<std::byte>& out, u64 count);
/// `pairs` keys and values follow, in turn. RESP2: an array of twice as many.
void append_map(std::vector<std::byte>& out, u64 pairs, Protocol protocol);
/// `count` values follow. RESP2: an array.
void append_set(std::vector<std::byte>& out, u64 count, Protocol protocol);
/// A request: an array of bulks.
void append_request(std::vector<std::byte>& out, std::span<const Bytes> args);
void append_request(std::vector<std::byte>& out, std::span<const std::string_view> args);

/// A reply that was read. The kinds of RESP3 that say the same are one kind here.
struct RespValue {
  enum class Kind : u8 {
    null,     // $-1, *-1, _
    simple,   // +text
    error,    // -text, !bulk
    integer,  // :1
    bulk,     // $bulk, =verbatim (without its "txt:")
    real,     // ,1.5 as text
    boolean,  // #t: integer is 1
    big,      // (123 as text
    array,    // *items, ~items, >items
    map,      // %pairs: key, value, key, value …
  };
  Kind kind = Kind::null;
  i64 integer = 0;
  std::string text;
  std::vector<RespValue> items;

  [[nodiscard]] bool is_error() const { return kind == Kind::error; }
  friend bool operator==(const RespValue&, const RespValue&) = default;
};
std::string_view name_of(RespValue::Kind kind);

/// As redis-cli prints it: `"text"`, `(integer) 1`, `(nil)`, `(error) ERR …`, `1) …`. No line end.
std::string to_text(const RespValue& value);

/// Incremental, as RequestParser is. A copyable value.
class ReplyParser {
 public:
  enum class Status : u8 { need_more, reply, fault };

  /// `unread`: as for RequestParser. After each call drop consumed() bytes from their front.
  Status parse(Bytes unread);
  [[nodiscard]] std::size_t consumed() const { return consumed_; }
  /// REQUIRES: parse() has just returned `reply`.
  [[nodiscard]] const RespValue& reply() const { return reply_; }
  RespValue take() { return std::move(reply_); }
  /// REQUIRES: a fault.
  [[nodiscard]] std::string_view fault() const { return fault_; }

 private:
  struct Open {
    RespValue value;
    u64 left = 0;
  };
  /// One value's head, and its text; false: more bytes are needed, or a fault.
  bool item(Bytes unread);
  bool begin(char type, std::string_view line);
  bool begin_sized(char type, std::string_view line);
  bool begin_counted(char type, std::string_view line);
  bool sized(Bytes unread);
  void finish(RespValue value);
  bool fail(std::string_view why);

  std::vector<Open> open_;  // arrays that lack items, outermost first
  RespValue reply_;
  std::string_view fault_;
  std::size_t consumed_ = 0;
  std::size_t at_ = 0;
  std::size_t scanned_ = 0;
  i64 bulk_size_ = -1;
  char bulk_type_ = '$';
  bool done_ = false;
};

}  // namespace snowflk::wire
