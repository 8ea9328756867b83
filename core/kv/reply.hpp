// Replies of the machine and of the node, compact: what travels back to a client or through a peer.
//
// One value: a tag byte and what it has.
//
//   0 nil      1 ok      2 integer: i64      3 bulk: u32 length, bytes
//   4 array: u32 count, values that are no arrays      5 error: kind u8, u32 length, text
//
// An error says how much of the request happened: that, not its text, tells a client whether it may
// try again.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/types.hpp"
#include "core/wire/resp_reply.hpp"

namespace snowflk::kv {

enum class ErrorKind : u8 {
  command = 1,  // the command was carried out, and this is its answer
  refused = 2,  // it was not carried out, and never will be: it may be tried again
  unknown = 3,  // it may have been carried out, or may yet be: nobody can say
};
constexpr std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::command: return "command";
    case ErrorKind::refused: return "refused";
    case ErrorKind::unknown: return "unknown";
  }
  return "?";
}

enum class ReplyKind : u8 { nil = 0, ok = 1, integer = 2, bulk = 3, array = 4, error = 5 };
constexpr std::string_view name_of(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::nil: return "nil";
    case ReplyKind::ok: return "ok";
    case ReplyKind::integer: return "integer";
    case ReplyKind::bulk: return "bulk";
    case ReplyKind::array: return "array";
    case ReplyKind::error: return "error";
  }
  return "?";
}

// What a node answers when it cannot carry a request out: RedisRaft's words, where it has them. The
// words are part of the interface, clients look at the first of them.
inline constexpr std::string_view kNoLeaderText = "CLUSTERDOWN No Raft leader";
inline constexpr std::string_view kBusyText = "BUSY snowflk proposal queue full";
inline constexpr std::string_view kLoadingText = "LOADING snowflk is loading the dataset in memory";
inline constexpr std::string_view kDiskErrorText = "MISCONF snowflk disk error: writes disabled";
inline constexpr std::string_view kNoQuorumForReadText = "TIMEOUT no quorum for read";
inline constexpr std::string_view kOutcomeUnknownText = "TIMEOUT outcome unknown";
inline constexpr std::string_view kOverriddenText =
    "ABORTED another command was committed in its place";

/// Appends one reply to a buffer that it borrows for its lifetime.
class ReplyWriter {
 public:
  static constexpr u32 kBulkHeadBytes = 5;
  static constexpr u32 kArrayHeadBytes = 5;

  explicit ReplyWriter(std::vector<std::byte>& out) : out_(&out) {}

  void nil() { tag(ReplyKind::nil); }
  void ok() { tag(ReplyKind::ok); }
  void integer(i64 number);
  void bulk(Bytes bytes);
  /// `count` values follow, none of them an array.
  void array(u32 count);
  /// `text` begins with its code: "ERR …". One line.
  void error(ErrorKind kind, std::string_view text);

  /// The end of the buffer, and what was written since it was there.
  [[nodiscard]] std::size_t position() const { return out_->size(); }
  [[nodiscard]] Bytes since(std::size_t position) const { return Bytes{*out_}.subspan(position); }

 private:
  void tag(ReplyKind kind) { out_->push_back(static_cast<std::byte>(kind)); }
  void number(u32 count);
  std::vector<std::byte>* out_;
};

/// One value of a reply. Borrows its bytes.
struct ReplyValue {
  ReplyKind kind = ReplyKind::nil;
  ErrorKind error = ErrorKind::command;  // of an error
  i64 integer = 0;                       // of an integer
  u32 count = 0;                         // of an array: its items come next
  Bytes bytes;                           // of a bulk; the text of an error
};

/// Reads the values of a reply that was judged, one after another: an array's head, then its items.
class ReplyView {
 public:
  [[nodiscard]] const ReplyValue& head() const { return head_; }
  /// Calls visit(ReplyValue) for each item of an array; not at all for another kind.
  template <class Visit>
  void for_each_item(Visit&& visit) const {
    Bytes rest = items_;
    for (u32 i = 0; i < head_.count; ++i) visit(next(rest));
  }

 private:
  friend std::optional<ReplyView> decode_reply(Bytes reply);
  static ReplyValue next(Bytes& rest);
  ReplyValue head_;
  Bytes items_;
};

/// Judges `reply`, which may be any bytes; nothing if they are no reply.
std::optional<ReplyView> decode_reply(Bytes reply);

/// Appends `reply` as RESP. False, and nothing appended, if it is no reply.
bool write_resp(Bytes reply, wire::Protocol protocol, std::vector<std::byte>& out);

}  // namespace snowflk::kv
