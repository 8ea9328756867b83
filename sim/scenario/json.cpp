// nlohmann's parser, fed through an iterator that counts lines.
#include "sim/scenario/json.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/assert.hpp"

namespace snowflk::sim::scenario {
namespace {

/// The parser reads one character beyond a number, so the line that counts is the one on which the
/// character last read stands.
struct Position {
  u32 next_line = 1;
  u32 line = 1;
};

class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor(const char* at, Position* position) : at_(at), position_(position) {}
  reference operator*() const { return *at_; }
  Cursor& operator++() {
    position_->line = position_->next_line;
    if (*at_ == '\n') position_->next_line += 1;
    ++at_;
    return *this;
  }
  Cursor operator++(int) {
    const Cursor before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Cursor& a, const Cursor& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  Position* position_;
};

/// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error …": the rest.
std::string_view after_preamble(std::string_view message) {
  if (const auto bracket = message.find("] "); bracket != std::string_view::npos) {
    message.remove_prefix(bracket + 2);
  }
  const auto column = message.find("column");
  if (column == std::string_view::npos) return message;
  const auto colon = message.find(": ", column);
  return colon == std::string_view::npos ? message : message.substr(colon + 2);
}

class Builder {
 public:
  using Json = nlohmann::json;

  explicit Builder(const Position& position) : position_(position) {}

  bool null() { return add(ValueKind::null) != nullptr; }
  bool boolean(bool value) {
    Value* added = add(ValueKind::boolean);
    if (added != nullptr) added->boolean = value;
    return added != nullptr;
  }
  bool number_integer(Json::number_integer_t value) { return add_integer(value); }
  bool number_unsigned(Json::number_unsigned_t value) {
    if (value <= static_cast<u64>(INT64_MAX)) return add_integer(static_cast<i64>(value));
    return add_text(ValueKind::number, fmt::format("{}", value));
  }
  bool number_float(Json::number_float_t, const std::string& written) {
    return add_text(ValueKind::number, written);
  }
  bool string(const std::string& value) { return add_text(ValueKind::text, value); }
  bool binary(const Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(ValueKind::object); }
  bool start_array(std::size_t) { return open(ValueKind::list); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(const std::string& name) {
    Value& object = *open_.back();
    if (object.find(name) != nullptr) {
      return refuse(fmt::format("the key \"{}\" stands here twice", name));
    }
    object.keys.push_back(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) {
    constexpr int kNumberOverflow = 406;  // of nlohmann's exceptions
    if (error.id == kNumberOverflow) return refuse("the number is beyond any range");
    return refuse(std::string{after_preamble(error.what())});
  }

  std::expected<Value, Fault> take() {
    if (!fault_.text.empty()) return std::unexpected(std::move(fault_));
    return std::move(root_);
  }

 private:
  // Only containers that are open are pointed to, and their lists do not grow while a member of
  // theirs is open.
  Value* add(ValueKind kind) {
    Value value;
    value.kind = kind;
    value.line = position_.line;
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    open_.back()->items.push_back(std::move(value));
    return &open_.back()->items.back();
  }
  bool add_integer(i64 integer) {
    add(ValueKind::integer)->integer = integer;
    return true;
  }
  bool add_text(ValueKind kind, const std::string& text) {
    add(kind)->text = text;
    return true;
  }
  bool open(ValueKind kind) {
    if (open_.size() == kDepthMax) {
      return refuse(fmt::format("nested deeper than {} levels", kDepthMax));
    }
    open_.push_back(add(kind));
    return true;
  }
  bool close() {
    SNOWFLK_ASSERT(!open_.empty());
    open_.pop_back();
    return true;
  }
  bool refuse(std::string text) {
    fault_ = Fault{.line = position_.line, .path = path(), .text = std::move(text)};
    return false;
  }
  [[nodiscard]] std::string path() const {
    std::string path = "$";
    for (std::size_t level = 0; level + 1 < open_.size(); ++level) {
      const Value& container = *open_[level];
      path += container.kind == ValueKind::object ? fmt::format(".{}", container.keys.back())
                                                  : fmt::format("[{}]", container.items.size() - 1);
    }
    if (!open_.empty() && open_.back()->keys.size() > open_.back()->items.size()) {
      path += fmt::format(".{}", open_.back()->keys.back());
    }
    return path;
  }

  const Position& position_;
  Value root_;
  std::vector<Value*> open_;
  Fault fault_;
};

}  // namespace

std::string describe(std::string_view file, const Fault& fault) {
  std::string line{file};
  if (fault.line != 0) line += fmt::format(":{}", fault.line);
  if (!fault.path.empty()) line += fmt::format(": {}", fault.path);
  return fmt::format("{}: {}", line, fault.text);
}

std::string_view name_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::null: return "null";
    case ValueKind::boolean: return "a boolean";
    case ValueKind::integer: return "an integer";
    case ValueKind::number: return "a number with a fraction, or beyond 64 bits";
    case ValueKind::text: return "a text";
    case ValueKind::list: return "a list";
    case ValueKind::object: return "an object";
  }
  return "?";
}

const Value* Value::find(std::string_view key) const {
  const auto found = std::ranges::find(keys, key);
  if (found == keys.end()) return nullptr;
  const auto at = static_cast<std::size_t>(found - keys.begin());
  return at < items.size() ? &items[at] : nullptr;
}

std::expected<Value, Fault> parse_json(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  if (std::ranges::all_of(text, is_space)) {
    return std::unexpected(
        Fault{.path = {}, .text = "the file is empty; expected a scenario, a JSON object"});
  }
  if (text.size() > kFileBytesMax) {
    return std::unexpected(
        Fault{.path = {}, .text = fmt::format("the file has more than {} bytes", kFileBytesMax)});
  }
  Position position;
  Builder builder{position};
  const char* const begin = std::to_address(text.begin());
  const char* const end = std::to_address(text.end());
  // The builder keeps the first fault; what sax_parse returns says no more.
  static_cast<void>(
      nlohmann::json::sax_parse(Cursor{begin, &position}, Cursor{end, &position}, &builder));
  return builder.take();
}

}  // namespace snowflk::sim::scenario
