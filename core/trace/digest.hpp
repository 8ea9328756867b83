// How a described struct goes into a digest: field by field, never by its memory, so that padding
// bytes have no say.
//
// A field is a word; Bytes are their length and their words. The name of the struct goes in too:
// two events with equal numbers are two events.
#pragma once

#include <variant>

#include "core/base/describe.hpp"
#include "core/base/hash.hpp"

namespace snowflk::trace {

/// Adds one field: a number, an enum, a scalar, Bytes, or each field of a described struct.
template <class T>
void add_field(Digest& digest, const T& value) {
  if constexpr (std::is_same_v<T, Bytes>) {
    digest.add(value);
  } else if constexpr (Described<T>) {
    for_each_field(value, [&](std::string_view, const auto& member) { add_field(digest, member); });
  } else if constexpr (Scalar<T>) {
    digest.add(static_cast<u64>(value.value));
  } else {
    digest.add(static_cast<u64>(value));
  }
}

/// Adds the name of `value` and its fields.
template <Described T>
void add(Digest& digest, const T& value) {
  digest.add(as_bytes(T::kName));
  add_field(digest, value);
}

/// Of a variant of described structs (or of such variants): the one that it holds.
template <class... Ts>
void add(Digest& digest, const std::variant<Ts...>& value) {
  std::visit([&](const auto& held) { add(digest, held); }, value);
}

}  // namespace snowflk::trace
