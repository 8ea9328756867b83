#include "sim/check/edn.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace snowflk::sim {
namespace {

constexpr std::string_view kBlank = " \t\r\n,";
constexpr std::string_view kEndsAtom = " \t\r\n,()[]{}\";";

}  // namespace

const Edn* Edn::find(std::string_view name) const {
  if (kind != Kind::map) return nullptr;
  for (std::size_t at = 0; at + 1 < items.size(); at += 2) {
    if (items[at].kind == Kind::keyword && items[at].text == name) return &items[at + 1];
  }
  return nullptr;
}

std::unexpected<EdnError> EdnReader::wrong(std::string what) const {
  return std::unexpected(EdnError{.line = line_, .what = std::move(what)});
}

void EdnReader::advance(std::size_t count) {
  SNOWFLK_ASSERT(count <= rest_.size());
  line_ += static_cast<u64>(std::ranges::count(rest_.substr(0, count), '\n'));
  rest_.remove_prefix(count);
}

void EdnReader::skip_blank() {
  for (;;) {
    advance(std::min(rest_.find_first_not_of(kBlank), rest_.size()));
    if (!rest_.starts_with(';')) return;
    advance(std::min(rest_.find('\n'), rest_.size()));
  }
}

bool EdnReader::more() {
  skip_blank();
  return !rest_.empty();
}

EdnReader::Result EdnReader::next() {
  SNOWFLK_ASSERT(!rest_.empty());
  return value(0);
}

// As deep as kDepthMax: value() refuses more.
EdnReader::Result EdnReader::value(u32 depth) {
  skip_blank();
  if (rest_.empty()) return wrong("expected a value before the end of the file");
  if (depth > kDepthMax) {
    return wrong("expected at most " + std::to_string(kDepthMax) + " brackets within each other");
  }
  switch (rest_.front()) {
    case '{': return list('}', Edn::Kind::map, depth);
    case '[': return list(']', Edn::Kind::sequence, depth);
    case '(': return list(')', Edn::Kind::sequence, depth);
    case '"': return string();
    case '#': return dispatch(depth);
    case '}':
    case ']':
    case ')': return wrong(std::string{"expected a value, found '"} + rest_.front() + "'");
    default: return atom();
  }
}

EdnReader::Result EdnReader::list(char close, Edn::Kind kind, u32 depth) {
  Edn out{.kind = kind, .text = {}, .items = {}, .line = line_};
  advance(1);
  for (;;) {
    skip_blank();
    if (rest_.empty()) {
      return wrong(std::string{"expected '"} + close + "' before the end of the file");
    }
    if (rest_.front() == close) break;
    if (rest_.starts_with("#_")) {  // the value behind it is left out
      advance(2);
      if (auto left_out = value(depth + 1); !left_out) return left_out;
      continue;
    }
    auto item = value(depth + 1);
    if (!item) return item;
    out.items.push_back(std::move(*item));
  }
  advance(1);
  if (kind == Edn::Kind::map && out.items.size() % 2 != 0) {
    return wrong("expected a value for each key of the map");
  }
  return out;
}

EdnReader::Result EdnReader::string() {
  Edn out{.kind = Edn::Kind::string, .text = {}, .items = {}, .line = line_};
  std::size_t at = 1;
  for (; at < rest_.size() && rest_[at] != '"'; ++at) {
    if (rest_[at] != '\\') {
      out.text += rest_[at];
      continue;
    }
    at += 1;
    if (at == rest_.size()) break;
    switch (rest_[at]) {
      case 'n': out.text += '\n'; break;
      case 'r': out.text += '\r'; break;
      case 't': out.text += '\t'; break;
      case '"':
      case '\\': out.text += rest_[at]; break;
      default: return wrong("expected \\n, \\r, \\t, \\\\ or \\\" within a string");
    }
  }
  if (at >= rest_.size()) return wrong("expected '\"' before the end of the file");
  advance(at + 1);
  return out;
}

/// #{set}, #tag value, #_left-out value.
EdnReader::Result EdnReader::dispatch(u32 depth) {
  advance(1);
  if (rest_.starts_with('{')) return list('}', Edn::Kind::sequence, depth);
  if (rest_.starts_with('_')) {
    advance(1);
    if (auto left_out = value(depth + 1); !left_out) return left_out;
    return value(depth + 1);
  }
  advance(std::min(rest_.find_first_of(kEndsAtom), rest_.size()));
  return value(depth + 1);
}

Edn EdnReader::atom() {
  const std::size_t size =
      std::max<std::size_t>(1, std::min(rest_.find_first_of(kEndsAtom), rest_.size()));
  const std::string_view word = rest_.substr(0, size);
  Edn out{.kind = Edn::Kind::symbol, .text = std::string{word}, .items = {}, .line = line_};
  advance(size);
  const std::size_t digit = word.starts_with('-') || word.starts_with('+') ? 1 : 0;
  if (word == "nil") out.kind = Edn::Kind::nil;
  if (word == "true" || word == "false") out.kind = Edn::Kind::boolean;
  if (word.size() > digit && word[digit] >= '0' && word[digit] <= '9') out.kind = Edn::Kind::number;
  if (word.starts_with(':')) {
    out.kind = Edn::Kind::keyword;
    out.text.erase(0, 1);
  }
  return out;
}

}  // namespace snowflk::sim
