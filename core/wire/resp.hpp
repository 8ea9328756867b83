// RESP requests: bytes of a client's connection in, commands out. No I/O, no copies.
//
// Reads RESP arrays of bulks and inline commands (a line of words, with quotes), as Redis does
// (networking.c), with its limits and its words when they are broken. After a fault the connection
// is to be told fault() and closed: where the next request begins cannot be known.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.hpp"
#include "core/wire/limits.hpp"

namespace snowflk::wire {

/// The words of an inline command or of a line on the terminal: text that was unquoted.
class Words {
 public:
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] Bytes operator[](std::size_t i) const;
  void clear();

 private:
  friend bool split_line(std::string_view line, Words& words);
  std::vector<std::byte> text_;
  std::vector<u32> ends_;
};

/// Splits `line` into words as Redis does: blanks separate; "…" with \n \r \t \b \a \xHH and \",
/// and '…' with \'. False if a quote is open at the end, or something other than a blank follows a
/// closing quote.
bool split_line(std::string_view line, Words& words);

/// The rules that one connection is under.
struct RequestLimits {
  bool authenticated = true;  // if not, only small requests are read
};

/// Incremental: fed with the unread bytes of one connection, again and again as they grow. Each
/// byte is looked at once, however the stream was cut. A copyable value.
class RequestParser {
 public:
  enum class Status : u8 {
    need_more,  // no whole request yet
    request,    // args() are one request
    fault,      // fault() says why; for ever
  };

  /// `unread`: all bytes of the connection that were not consumed: those of the call before, and
  /// any number behind them. After each call drop consumed() bytes from their front.
  Status parse(Bytes unread, RequestLimits limits = {});

  /// Bytes that are done with: the request just returned, and empty lines.
  [[nodiscard]] std::size_t consumed() const { return consumed_; }

  /// The words of the request, at least one. They borrow `unread`, as it was given to parse(), or
  /// this parser, and stand until the next call of parse().
  std::span<const Bytes> args(Bytes unread);

  /// "ERR Protocol error: …", to be sent as an error. REQUIRES: a fault.
  [[nodiscard]] std::string_view fault() const { return fault_; }

 private:
  struct Range {
    u32 from = 0;
    u32 size = 0;
  };
  enum class Step : u8 { request, more, done, fault };

  Step start(Bytes unread, RequestLimits limits);
  Step inline_command(Bytes unread);
  Step count(Bytes unread, RequestLimits limits);
  Step bulk(Bytes unread, RequestLimits limits);
  Step bulk_head(Bytes unread, RequestLimits limits);
  Step unexpected(std::byte got);
  Step fail(std::string_view why);
  /// The line at at_, without its end; false if its end is not there yet.
  bool line(Bytes unread, std::string_view& text, std::size_t& next);
  void restart();

  std::vector<Range> ranges_;
  std::vector<Bytes> args_;
  Words words_;
  std::string fault_;
  std::size_t consumed_ = 0;
  std::size_t at_ = 0;       // the first byte not understood yet
  std::size_t scanned_ = 0;  // of the line at at_: up to here there is no line end
  u32 bulks_left_ = 0;       // of the array that is being read
  i64 bulk_size_ = -1;       // of the bulk that is being read; -1: its length comes next
  bool inline_ = false;      // the request just returned was a line
  bool returned_ = false;    // the call before returned a request
};

}  // namespace snowflk::wire
