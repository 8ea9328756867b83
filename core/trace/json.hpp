// How a described struct becomes JSON, and a writer that puts the commas where they belong.
//
// Text that is no ASCII is written byte by byte as \u00HH, so any bytes give valid JSON and can be
// had back. Numbers are written whole, up to 64 bits; a reader that keeps numbers as doubles loses
// the low bits of those above 2^53, so digests are better written as text (trace::append_hex).
#pragma once

#include <string>
#include <variant>

#include "core/base/assert.hpp"
#include "core/base/describe.hpp"
#include "core/base/types.hpp"
#include "core/trace/text.hpp"

namespace snowflk::trace {

/// Appends `bytes` as a JSON string, quotes included.
void append_json_string(std::string& out, Bytes bytes);

/// Writes one JSON value into a string that it borrows for its lifetime.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(&out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  /// REQUIRES: within an object; the member's value comes next.
  JsonWriter& key(std::string_view name) {
    separate();
    append_json_string(*out_, as_bytes(name));
    *out_ += ':';
    first_ = true;  // No comma between a key and its value.
    return *this;
  }

  JsonWriter& value(std::string_view text) {
    separate();
    append_json_string(*out_, as_bytes(text));
    return *this;
  }
  JsonWriter& value(const char* text) { return value(std::string_view{text}); }
  JsonWriter& value(Bytes bytes) { return value(as_text(bytes)); }
  JsonWriter& value(bool truth) { return raw(truth ? "true" : "false"); }
  template <std::integral I>
    requires(!std::is_same_v<I, bool>)
  JsonWriter& value(I number) {
    separate();
    append_number(*out_, number);
    return *this;
  }
  JsonWriter& null() { return raw("null"); }
  /// `json` is one JSON value already.
  JsonWriter& raw(std::string_view json) {
    separate();
    *out_ += json;
    return *this;
  }

  template <class T>
  JsonWriter& member(std::string_view name, const T& of) {
    key(name);
    return value(of);
  }

  /// Each field of `described` as a member of the object that is open.
  template <Described T>
  JsonWriter& members(const T& described) {
    for_each_field(described, [&](std::string_view name, const auto& member_value) {
      key(name);
      field(member_value);
    });
    return *this;
  }

 private:
  template <class T>
  void field(const T& of) {
    if constexpr (Described<T>) {
      begin_object();
      members(of);
      end_object();
    } else if constexpr (NamedEnum<T>) {
      value(name_of(of));
    } else if constexpr (std::is_enum_v<T>) {
      value(static_cast<std::underlying_type_t<T>>(of));
    } else if constexpr (Scalar<T>) {
      value(of.value);
    } else {
      value(of);
    }
  }

  JsonWriter& open(char bracket) {
    separate();
    *out_ += bracket;
    depth_ += 1;
    first_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    SNOWFLK_ASSERT(depth_ > 0);
    *out_ += bracket;
    depth_ -= 1;
    first_ = false;
    return *this;
  }
  void separate() {
    if (!first_) *out_ += ',';
    first_ = false;
  }

  std::string* out_;
  u32 depth_ = 0;
  bool first_ = true;
};

/// Appends {"event":"name","key":value,…}.
template <Described T>
void append_json(std::string& out, const T& value) {
  JsonWriter writer(out);
  writer.begin_object().member("event", T::kName).members(value).end_object();
}

/// Of a variant of described structs (or of such variants): the one that it holds.
template <class... Ts>
void append_json(std::string& out, const std::variant<Ts...>& value) {
  std::visit([&](const auto& held) { append_json(out, held); }, value);
}

template <class T>
std::string to_json(const T& value) {
  std::string out;
  append_json(out, value);
  return out;
}

}  // namespace snowflk::trace
