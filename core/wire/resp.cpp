// Requests: lines, counts, bulks, and words in quotes.
#include "core/wire/resp.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/wire/number.hpp"

namespace snowflk::wire {
namespace {

bool is_blank(char letter) {
  return letter == ' ' || (letter >= '\t' && letter <= '\r') || letter == '\0';
}

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

char unescape(char letter) {
  switch (letter) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'a': return '\a';
  }
  return letter;
}

/// Reads one word of a line, quotes and all, as Redis' sdssplitargs does.
class WordReader {
 public:
  WordReader(std::string_view line, std::vector<std::byte>& out) : line_(line), out_(&out) {}

  /// False: the line is over.
  bool skip_blanks() {
    while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
    return at_ < line_.size();
  }
  /// False: the quotes are broken.
  bool word() {
    while (at_ < line_.size() && !is_blank(line_[at_])) {
      const char letter = line_[at_++];
      if (letter == '"' || letter == '\'') return quoted(letter);
      put(letter);
    }
    return true;
  }

 private:
  bool quoted(char quote) {
    while (at_ < line_.size()) {
      const char letter = line_[at_++];
      if (letter == quote) return at_ == line_.size() || is_blank(line_[at_]);
      if (letter == '\\' && at_ < line_.size()) {
        escape(quote);
      } else {
        put(letter);
      }
    }
    return false;
  }
  void escape(char quote) {
    const char letter = line_[at_];
    if (quote == '\'') {  // Only the quote itself can be escaped.
      if (letter == '\'') ++at_;
      put(letter == '\'' ? '\'' : '\\');
      return;
    }
    if (letter == 'x' && at_ + 2 < line_.size()) {
      const int high = hex_digit(line_[at_ + 1]);
      const int low = hex_digit(line_[at_ + 2]);
      if (high >= 0 && low >= 0) {
        at_ += 3;
        put(static_cast<char>(high * 16 + low));
        return;
      }
    }
    ++at_;
    put(unescape(letter));
  }
  void put(char letter) { out_->push_back(static_cast<std::byte>(letter)); }

  std::string_view line_;
  std::size_t at_ = 0;
  std::vector<std::byte>* out_;
};

}  // namespace

Bytes Words::operator[](std::size_t i) const {
  SNOWFLK_ASSERT(i < ends_.size());
  const u32 from = i == 0 ? 0 : ends_[i - 1];
  return Bytes{text_}.subspan(from, ends_[i] - from);
}

void Words::clear() {
  text_.clear();
  ends_.clear();
}

bool split_line(std::string_view line, Words& words) {
  words.clear();
  WordReader reader(line, words.text_);
  while (reader.skip_blanks()) {
    if (!reader.word()) return false;
    words.ends_.push_back(static_cast<u32>(words.text_.size()));
  }
  return true;
}

// ---- RequestParser -------------------------------------------------------------------------

RequestParser::Status RequestParser::parse(Bytes unread, RequestLimits limits) {
  if (!fault_.empty()) return Status::fault;
  consumed_ = 0;
  if (returned_) restart();
  while (true) {
    switch (start(unread, limits)) {
      case Step::done: continue;
      case Step::more: return Status::need_more;
      case Step::fault: return Status::fault;
      case Step::request:
        consumed_ = at_;
        returned_ = true;
        return Status::request;
    }
  }
}

std::span<const Bytes> RequestParser::args(Bytes unread) {
  SNOWFLK_ASSERT(returned_);
  args_.clear();
  if (inline_) {
    for (std::size_t i = 0; i < words_.size(); ++i) args_.push_back(words_[i]);
  } else {
    for (const Range& range : ranges_) args_.push_back(unread.subspan(range.from, range.size));
  }
  SNOWFLK_ASSERT(!args_.empty());
  return args_;
}

void RequestParser::restart() {
  ranges_.clear();
  words_.clear();
  at_ = 0;
  scanned_ = 0;
  bulks_left_ = 0;
  bulk_size_ = -1;
  inline_ = false;
  returned_ = false;
}

/// One step of a request: its first line, or its next bulk. An empty line, or an array of nothing,
/// is no request: its bytes are consumed, and the next request begins behind them.
RequestParser::Step RequestParser::start(Bytes unread, RequestLimits limits) {
  if (bulks_left_ > 0) return bulk(unread, limits);
  if (at_ >= unread.size()) {
    consumed_ = at_;
    at_ = 0;
    scanned_ = 0;
    return Step::more;
  }
  const Step step = unread[at_] == std::byte{'*'} ? count(unread, limits) : inline_command(unread);
  if (step == Step::more && at_ > 0) {
    consumed_ = at_;  // Empty lines before it; the caller drops them, and offsets begin at 0.
    scanned_ -= std::min(scanned_, at_);
    at_ = 0;
  }
  return step;
}

RequestParser::Step RequestParser::fail(std::string_view why) {
  fault_ = "ERR Protocol error: ";
  fault_ += why;
  return Step::fault;
}

bool RequestParser::line(Bytes unread, std::string_view& text, std::size_t& next) {
  const std::size_t from = std::max(at_, scanned_);
  const std::string_view all = as_text(unread);
  const std::size_t end = all.find('\n', from);
  if (end == std::string_view::npos) {
    scanned_ = unread.size();
    return false;
  }
  text = all.substr(at_, end - at_);
  if (text.ends_with('\r')) text.remove_suffix(1);
  next = end + 1;
  return true;
}

RequestParser::Step RequestParser::inline_command(Bytes unread) {
  std::string_view text;
  std::size_t next = 0;
  const bool whole = line(unread, text, next);
  if ((whole ? next : unread.size()) - at_ > kInlineBytesMax) {
    return fail("too big inline request");
  }
  if (!whole) return Step::more;
  if (!split_line(text, words_)) return fail("unbalanced quotes in request");
  at_ = next;
  scanned_ = next;
  if (words_.size() == 0) return Step::done;
  inline_ = true;
  return Step::request;
}

RequestParser::Step RequestParser::count(Bytes unread, RequestLimits limits) {
  std::string_view text;
  std::size_t next = 0;
  const bool whole = line(unread, text, next);
  if ((whole ? next : unread.size()) - at_ > kInlineBytesMax) {
    return fail("too big mbulk count string");
  }
  if (!whole) return Step::more;
  const auto number = parse_integer(text.substr(1));
  if (!number || *number > i64{kArgumentsMax}) {
    return fail("invalid multibulk length");
  }
  if (*number > i64{kUnauthenticatedArgumentsMax} && !limits.authenticated) {
    return fail("unauthenticated multibulk length");
  }
  at_ = next;
  scanned_ = next;
  if (*number <= 0) return Step::done;
  bulks_left_ = static_cast<u32>(*number);
  return Step::done;
}

RequestParser::Step RequestParser::bulk(Bytes unread, RequestLimits limits) {
  if (bulk_size_ < 0) {
    const Step step = bulk_head(unread, limits);
    if (step != Step::done) return step;
  }
  const auto size = static_cast<std::size_t>(bulk_size_);
  if (unread.size() - at_ < size + 2) return Step::more;
  if (as_text(unread.subspan(at_ + size, 2)) != "\r\n") {
    return fail("expected a line end after a bulk");
  }
  ranges_.push_back(Range{.from = static_cast<u32>(at_), .size = static_cast<u32>(size)});
  at_ += size + 2;
  scanned_ = at_;
  bulk_size_ = -1;
  bulks_left_ -= 1;
  return bulks_left_ == 0 ? Step::request : Step::done;
}

RequestParser::Step RequestParser::bulk_head(Bytes unread, RequestLimits limits) {
  if (at_ < unread.size() && unread[at_] != std::byte{'$'}) return unexpected(unread[at_]);
  std::string_view text;
  std::size_t next = 0;
  const bool whole = line(unread, text, next);
  if ((whole ? next : unread.size()) - at_ > kInlineBytesMax) {
    return fail("too big bulk count string");
  }
  if (!whole) return Step::more;
  const auto number = parse_integer(text.substr(1));
  if (!number || *number < 0 || *number > i64{kBulkBytesMax}) {
    return fail("invalid bulk length");
  }
  if (*number > i64{kUnauthenticatedBulkBytesMax} && !limits.authenticated) {
    return fail("unauthenticated bulk length");
  }
  if (next + static_cast<u64>(*number) > kRequestBytesMax) return fail("too big request");
  at_ = next;
  scanned_ = next;
  bulk_size_ = *number;
  return Step::done;
}

RequestParser::Step RequestParser::unexpected(std::byte got) {
  std::string why = "expected '$', got '";
  const char letter = static_cast<char>(got);
  why += letter == '\r' || letter == '\n' ? ' ' : letter;  // An error is one line.
  why += '\'';
  return fail(why);
}

}  // namespace snowflk::wire
