// How a described struct becomes a line of text: "name key=value key=value".
//
// Numbers are decimal, enums their names, a struct within a struct "outer.inner=value", bytes a
// quoted string with escapes. For people and for grep; nothing reads it back.
#pragma once

#include <charconv>
#include <string>
#include <variant>

#include "core/base/describe.hpp"
#include "core/base/types.hpp"

namespace snowflk::trace {

/// Of longer bytes, so many are shown and the rest counted: "abc"+17.
inline constexpr std::size_t kTextBytesShown = 64;

/// Appends `number` in decimal.
template <std::integral I>
void append_number(std::string& out, I number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

/// Appends `word` as 16 hexadecimal digits.
void append_hex(std::string& out, u64 word);

/// Appends `bytes` as they stand between double quotes: what is not printable ASCII as \n, \r, \t,
/// or as `byte_prefix` and two hexadecimal digits.
void append_escaped(std::string& out, Bytes bytes, std::string_view byte_prefix);

/// Appends `bytes` in double quotes; what is not printable ASCII as \n, \r, \t or \xHH.
void append_quoted(std::string& out, Bytes bytes, std::size_t shown_max = kTextBytesShown);

/// Appends one value that is no described struct.
template <class T>
void append_value(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, Bytes>) {
    append_quoted(out, value);
  } else if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (NamedEnum<T>) {
    out += name_of(value);
  } else if constexpr (std::is_enum_v<T>) {
    append_number(out, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (Scalar<T>) {
    append_number(out, value.value);
  } else {
    append_number(out, value);
  }
}

/// Appends " key=value" for each field; the keys of a struct within have `prefix` and a dot.
template <Described T>
void append_fields(std::string& out, const T& value, const std::string& prefix = {}) {
  for_each_field(value, [&](std::string_view name, const auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (Described<Member>) {
      append_fields(out, member, prefix + std::string{name} + ".");
    } else {
      out += ' ';
      out += prefix;
      out += name;
      out += '=';
      append_value(out, member);
    }
  });
}

/// Appends "name key=value …".
template <Described T>
void append_text(std::string& out, const T& value) {
  out += T::kName;
  append_fields(out, value);
}

/// Of a variant of described structs (or of such variants): the one that it holds.
template <class... Ts>
void append_text(std::string& out, const std::variant<Ts...>& value) {
  std::visit([&](const auto& held) { append_text(out, held); }, value);
}

template <class T>
std::string to_text(const T& value) {
  std::string out;
  append_text(out, value);
  return out;
}

}  // namespace snowflk::trace
